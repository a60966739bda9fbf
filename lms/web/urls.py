"""Redirects only to this installation's own pages (safety.md I10)."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit


def safe_next(target: str, default: str = "/") -> str:
    """`target` when it is a path on this host, else `default`."""
    plain = unquote(unquote(target))
    if not target.startswith("/") or plain.startswith(("//", "/\\")):
        return default
    if any(ord(letter) < 32 for letter in plain) or "\\" in plain:
        return default
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else default
