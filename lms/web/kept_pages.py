"""A page whose facts have not changed is not drawn again.

The facts are read from the database on every request, so what a person may see is decided every time; only the
drawing is kept, under a digest of everything it was drawn from. What belongs to one answer alone, the nonce and the
form token, stands in the kept text as a placeholder."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from threading import Lock
from typing import Any

from flask import current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from lms.web.context import current_actor, language
from lms.web.headers import csp_nonce

MOST_KEPT = 1024
# drawn by lot, so that nothing that somebody writes into a page or an address is taken for one of them
NONCE = f"@@nonce-{secrets.token_hex(16)}@@"
TOKEN = f"@@form-token-{secrets.token_hex(16)}@@"
EXTENSION = "kept_pages"


class KeptPages:
    """The texts of one application; the ones not asked for longest go first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[bytes, str] = OrderedDict()
        self._guard = Lock()

    def get(self, digest: bytes) -> str | None:
        with self._guard:
            text = self._texts.get(digest)
            if text is not None:
                self._texts.move_to_end(digest)
            return text

    def put(self, digest: bytes, text: str) -> None:
        with self._guard:
            self._texts[digest] = text
            if len(self._texts) > MOST_KEPT:
                self._texts.popitem(last=False)


def page_nonce() -> str:
    """The nonce of this answer, or its placeholder while a page is drawn to be kept."""
    return NONCE if g.get("is_drawing_to_keep") else csp_nonce()


def page_token() -> str:
    """The form token of this session, or its placeholder while a page is drawn to be kept."""
    return TOKEN if g.get("is_drawing_to_keep") else str(generate_csrf())


def render_kept(template: str, *, facts: object, **values: Any) -> str:
    """Render a template, or take the text kept from the last time with the same facts.

    `facts` must hold everything that the page shows, as values whose `repr` tells them apart."""
    if "_flashes" in session:
        return render_template(template, **values)
    unread = getattr(current_user, "unread_count", 0)
    everything = (template, language(), request.full_path, current_actor(), unread, facts)
    digest = hashlib.blake2b(repr(everything).encode(), digest_size=20).digest()
    kept: KeptPages = current_app.extensions.setdefault(EXTENSION, KeptPages())
    text = kept.get(digest)
    if text is None:
        text = _draw(template, values)
        kept.put(digest, text)
    return text.replace(NONCE, csp_nonce()).replace(TOKEN, generate_csrf())


def _draw(template: str, values: dict[str, Any]) -> str:
    g.is_drawing_to_keep = True
    try:
        return render_template(template, **values)
    finally:
        g.is_drawing_to_keep = False
