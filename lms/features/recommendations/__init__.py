"""What to learn next, and why."""
