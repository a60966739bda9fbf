"""The report of an upload: what was found, what will be made of it, every fault with its place and its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lms.domain.permissions import Actor, Hat
from lms.features.studio.models import UploadState
from lms.features.studio.queries import UploadRow
from lms.features.studio.taught import Proposal, list_proposals
from lms.features.studio.words import refusal_words, remedy
from lms.web.context import language
from lms.web.text import gettext as _
from lms.web.text import ngettext


@dataclass(frozen=True)
class ShownFinding:
    """A fault or reminder as the page shows it."""

    text: str
    path: str
    line: int
    excerpt: Sequence[Sequence[Any]]
    remedy: str
    is_error: bool


@dataclass(frozen=True)
class ReportPage:
    """An upload as one reader sees it."""

    upload: UploadRow
    findings: list[ShownFinding]
    actor: Actor

    @property
    def errors(self) -> list[ShownFinding]:
        return [row for row in self.findings if row.is_error]

    @property
    def reminders(self) -> list[ShownFinding]:
        return [row for row in self.findings if not row.is_error]

    @property
    def refusal(self) -> tuple[str, str] | None:
        """Why nothing was unpacked, and what to do."""
        refusal = self.upload.report["refusal"]
        return refusal_words(refusal) if refusal else None

    @property
    def summary(self) -> dict[str, Any] | None:
        summary: dict[str, Any] | None = self.upload.report["summary"]
        return summary

    @property
    def proposals(self) -> list[Proposal]:
        """Skills that the draft might teach too, for those who may decide about it."""
        return list_proposals(self.upload.report) if self.upload.is_draft and self.may_edit else []

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Skills that came to the draft's own by acceptance."""
        return list(self.upload.report.get("accepted", ()))

    @property
    def hidden_count(self) -> int:
        """Findings beyond those that are kept."""
        return max(0, int(self.upload.report.get("findings_count", 0)) - len(self.findings))

    @property
    def bad_paths(self) -> set[str]:
        return {row.path for row in self.errors}

    @property
    def size_words(self) -> str:
        """The archive's size with one decimal."""
        size = self.upload.size_bytes
        return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, size // 1024)} kB"

    @property
    def title(self) -> str:
        """The finding in one line."""
        if self.upload.published_at:
            return _("Published: version %(n)d", n=self.upload.version_number or 0)
        if self.upload.state == UploadState.IMPORTED:
            return _("Draft: version %(n)d", n=self.upload.version_number or 0)
        if self.upload.state == UploadState.IMPORTING:
            done, total = self.upload.steps_done, self.upload.steps_total
            return _("Import: %(n)d of %(total)d", n=done, total=total)
        if self.refusal:
            return _("Upload: the archive was not taken")
        faults = ngettext("%(num)d fault", "%(num)d faults", len(self.errors))
        reminders = ngettext("%(num)d reminder", "%(num)d reminders", len(self.reminders))
        return _("Upload: %(faults)s, %(reminders)s", faults=faults, reminders=reminders)

    @property
    def step(self) -> int:
        """Which of the four steps is the present one."""
        if self.upload.state in (UploadState.IMPORTING, UploadState.IMPORTED):
            return 4
        if self.refusal:
            return 1
        return 3 if self.errors else 4

    @property
    def steps(self) -> list[str]:
        return [
            _("1 Received and checked"),
            _("2 Structure read"),
            _("3 Faults mended"),
            _("4 Imported as a draft"),
        ]

    @property
    def progress_percent(self) -> int:
        return 100 * self.upload.steps_done // max(1, self.upload.steps_total)

    @property
    def may_edit(self) -> bool:
        return self.actor.covers(self.upload.path, Hat.INSTRUCTOR)

    @property
    def may_publish(self) -> bool:
        """Where two are needed, not the one who uploaded it."""
        is_own = self.upload.uploaded_by_id == self.actor.user_id
        return self.upload.is_draft and not (self.upload.needs_second_approval and is_own)


def read_report(upload: UploadRow, actor: Actor) -> ReportPage:
    """The report in the reader's language."""
    return ReportPage(upload, [_shown(row) for row in upload.report["findings"]], actor)


def _shown(row: dict[str, Any]) -> ShownFinding:
    if "code" in row:  # a file that is not what it should be
        text, what_to_do = refusal_words(row)
    else:
        text, what_to_do = row[language()], remedy(row["rule"])
    return ShownFinding(text, row["path"], row["line"], row["excerpt"], what_to_do, row["is_error"])
