"""The curriculum as files, and the package that reads them."""
