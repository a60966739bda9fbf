"""Terrace: the learning platform, a Flask application."""
