"""Panels: a page of a left feature shows facts of a right one without importing it (architecture.md §1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

Panel = Callable[..., str]


def register_panel(app: Flask, slot: str, panel: Panel) -> None:
    """Let `panel(**facts)` fill the named slot of a page."""
    app.extensions.setdefault("panels", {}).setdefault(slot, []).append(panel)


def render_slot(slot: str, **facts: Any) -> Markup:
    """What the features to the right have to say in this slot."""
    panels: list[Panel] = current_app.extensions.get("panels", {}).get(slot, [])
    pieces = (panel(**facts) for panel in panels)
    return Markup("").join(Markup(piece) for piece in pieces)  # noqa: S704 – rendered by our own templates
