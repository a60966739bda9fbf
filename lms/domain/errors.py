"""Errors of the programme's rules.

Each carries a message id in English; pages translate it and fill in the figures."""

from __future__ import annotations

from typing import Any


class RuleError(Exception):
    """A rule forbids what was asked. `message` is a catalogue entry, `figures` its placeholders."""

    def __init__(self, message: str, **figures: Any) -> None:
        super().__init__(message % figures if figures else message)
        self.message = message
        self.figures = figures


class Conflict(RuleError):
    """What was asked no longer fits the state of things (HTTP 409)."""
