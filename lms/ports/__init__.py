"""Doors to the outside: a Protocol, the real thing and a test double in one file each."""
