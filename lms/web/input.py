"""What no address and no form carries: numbers beyond every row's, and NUL, which no text of PostgreSQL holds.

Kept away at the door, so that no query has to think of either (safety.md I13)."""

from __future__ import annotations

from typing import Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError

LARGEST = 2**31 - 1  # of the integer columns of PostgreSQL


class RowNumber(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have; any other address does not exist."""

    def to_python(self, value: str) -> Any:
        if len(value) > len(str(LARGEST)) or int(value) > LARGEST:
            raise ValidationError
        return super().to_python(value)


class Word(UnicodeConverter):
    """A part of an address without NUL."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.regex = self.regex.replace("[^/]", "[^/\0]")


class CleanValues(ImmutableMultiDict[str, Any]):
    """The fields of a form or of an address without NUL."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = iter_multi_items(mapping) if mapping is not None else ()
        super().__init__([(_clean(name), _clean(value)) for name, value in pairs])


class CleanRequest(Request):
    """A request with clean values."""

    parameter_storage_class = CleanValues


def init_input(app: Flask) -> None:
    """Take the two converters; before the first route is made."""
    app.url_map.converters |= {"int": RowNumber, "string": Word, "default": Word}


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value
