"""What the product does, one package per feature; a feature imports only those left of it."""
