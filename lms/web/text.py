"""Texts in the reader's language: catalogues are read once, a text is one look-up."""

from __future__ import annotations

from datetime import date
from functools import cache
from gettext import NullTranslations
from typing import Any

from babel.dates import format_date as format_day
from babel.support import Translations
from flask import Flask, has_request_context

from lms.i18n import CATALOGUES
from lms.web.context import language


@cache
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [code])


def _here() -> NullTranslations:
    return _catalogue(language() if has_request_context() else "en")


def gettext(message: str, **figures: Any) -> str:
    """The message in the page's language, its placeholders filled in."""
    text = _here().gettext(message)
    return text % figures if figures else text


def ngettext(one: str, many: str, n: int, **figures: Any) -> str:
    """The form for `n` things; `%(num)d` stands for it."""
    return _here().ngettext(one, many, n) % {"num": n, **figures}


def format_date(value: date, pattern: str) -> str:
    """A calendar day by a pattern of Unicode TR35."""
    return format_day(value, pattern, locale=language())


def init_text(app: Flask) -> None:
    """Let templates translate by the same look-up."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _here().gettext(text),
        lambda one, many, n: _here().ngettext(one, many, n),
        newstyle=True,
    )
