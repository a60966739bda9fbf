"""People who sign in: passwords, sessions, throttling, profile."""
