"""What pages say, by the message in the code, in the language of the reader."""

from __future__ import annotations

from functools import cache
from typing import Any

from babel.messages.catalog import Catalog

from lms.i18n import read_catalogue


@cache
def _chinese() -> Catalog:
    return read_catalogue("zh")


def say(language: str, text: str, **figures: Any) -> str:
    """The text as the page shows it.

    :raises LookupError: nothing shows this text any more
    """
    shown = text
    if language == "zh":
        entry = _chinese().get(text)
        if entry is None or not entry.string:
            raise LookupError(f"no translation of {text!r}")
        shown = entry.string if isinstance(entry.string, str) else entry.string[0]
    return shown % figures if figures else shown
