"""Texts in the reader's language, typed: Flask-Babel says nothing about what it returns."""

from __future__ import annotations

from typing import Any

import flask_babel


def gettext(message: str, **figures: Any) -> str:
    """The message in the page's language, its placeholders filled in."""
    return str(flask_babel.gettext(message, **figures))


def ngettext(one: str, many: str, n: int, **figures: Any) -> str:
    """The form for `n` things; `%(num)d` stands for it."""
    return str(flask_babel.ngettext(one, many, n, **figures))


def format_date(value: Any, pattern: str) -> str:
    """A calendar day by a pattern of Unicode TR35."""
    return str(flask_babel.format_date(value, pattern))
