"""Modules, their versions, and everything a version consists of."""
