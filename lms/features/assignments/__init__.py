"""Somebody's wish, with a due date, that a learner takes a module."""
