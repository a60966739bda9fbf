"""Macros that draw the same thing for the same arguments are drawn once per language.

A page prints dozens of icons, marks and bars; drawing each anew took half of its time (bench `pages`)."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2.runtime import Macro
from markupsafe import Markup

from lms.web.context import language

# in the order of their imports: what a macro calls must be wrapped before its own module is made
PURE_MACROS = {
    "components/icons.html": ("icon", "brand_mark", "brand"),
    "components/marks.html": ("layer_name", "layer_mark", "tick", "card_sign"),
    "components/art.html": ("contour_lines", "landscape"),
    "components/progress.html": ("progress",),
    "components/gap.html": ("gap_text", "gap_bar", "gap_legend"),
    "components/buttons.html": ("button", "link_button", "chip", "filter_chip"),
    "components/terraces.html": ("terraces_legend",),
}
MOST_KEPT = 4096


class PureMacro:
    """A macro whose result depends on its arguments and the language alone."""

    def __init__(self, macro: Macro) -> None:
        self._macro = macro
        self._kept: dict[Any, Markup] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Markup:
        try:
            key = (language(), args, tuple(kwargs.items()))
            known = self._kept.get(key)
        except TypeError:  # a list among the arguments, or the body of a call block
            return Markup(self._macro(*args, **kwargs))  # noqa: S704 – macros escape their arguments
        if known is None:
            known = Markup(self._macro(*args, **kwargs))  # noqa: S704 – as above
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = known
        return known


def init_memo(app: Flask) -> None:
    """Wrap the pure macros of the components; needs the globals that they use."""
    with app.test_request_context():
        for name, macros in PURE_MACROS.items():
            module = app.jinja_env.get_template(name).module
            for macro in macros:
                setattr(module, macro, PureMacro(getattr(module, macro)))
