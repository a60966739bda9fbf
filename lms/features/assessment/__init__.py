"""Attempts at a module's quiz."""
