"""What the studio's forms send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage, MultiDict

from lms.domain.permissions import Actor, Hat, Scope
from lms.web.text import gettext as _

MOST_TEXT = 1000


@dataclass(frozen=True)
class UploadForm:
    """An archive, and for which of the instructor's places it is brought."""

    scope: Scope | None
    file: FileStorage | None
    error: str = ""

    @classmethod
    def of(cls, actor: Actor, form: Mapping[str, str], files: MultiDict[str, FileStorage]) -> UploadForm:
        """The form's values; `error` says what is missing."""
        scopes = own_scopes(actor)
        wanted = form.get("organization", "")
        scope = next((row for row in scopes if str(row.organization_id) == wanted), None)
        if not wanted and len(scopes) == 1:
            scope = scopes[0]
        file = files.get("archive")
        if file is None or not file.filename:
            return cls(scope, None, _("Choose a zip file."))
        return cls(scope, file, "" if scope else _("Choose for whom the module is."))


def own_scopes(actor: Actor) -> list[Scope]:
    """Where the actor is an instructor."""
    return [scope for scope in actor.scopes if scope.hat == Hat.INSTRUCTOR]


def read_text(form: Mapping[str, str], name: str) -> str:
    """A text of at most a thousand characters, without blanks around it and without control characters."""
    text = form.get(name, "").strip()[:MOST_TEXT]
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")
