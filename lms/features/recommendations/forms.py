"""What learners send to a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms.features.recommendations.models import RecommendationAnswerKind
from lms.web.text import gettext as _


@dataclass(frozen=True)
class Said:
    """The answer; None takes an earlier one back."""

    kind: RecommendationAnswerKind | None

    @property
    def is_undo(self) -> bool:
        return self.kind is None

    def confirmation(self, title: str) -> str:
        """What the toast says."""
        if self.is_undo:
            return str(_("“%(module)s” may be recommended again.", module=title))
        if self.kind == RecommendationAnswerKind.LATER:
            return str(_("“%(module)s” is put off.", module=title))
        return str(_("“%(module)s” is not recommended any more.", module=title))


def read_answer(form: Mapping[str, str]) -> Said | None:
    """The answer sent, None when it is none that the page offers."""
    if "undo" in form:
        return Said(None)
    try:
        return Said(RecommendationAnswerKind(form.get("answer", "")))
    except ValueError:
        return None
