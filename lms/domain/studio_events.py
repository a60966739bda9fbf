"""News of the studio: uploads, drafts and the wishes to show a module; `lms/app.py` says who listens."""

from __future__ import annotations

from dataclasses import dataclass

from lms.domain.events import Event


@dataclass(frozen=True)
class ModuleUploaded(Event):
    """An archive with a module was taken in; `state` tells whether it can be imported."""

    upload_id: int
    state: str


@dataclass(frozen=True)
class UploadRemoved(Event):
    """An upload of which nothing was made was removed with its files."""

    upload_id: int
    path: str


@dataclass(frozen=True)
class DraftBegun(Event):
    """A draft is made of an upload."""

    upload_id: int
    path: str


@dataclass(frozen=True)
class ApprovalAsked(Event):
    """An instructor asks others to look at the draft made of an upload."""

    upload_id: int
    path: str


@dataclass(frozen=True)
class DraftSentBack(Event):
    """The second person did not agree to a draft."""

    upload_id: int
    path: str


@dataclass(frozen=True)
class SecondApprovalSwitched(Event):
    """From now on an enterprise's uploads are published by a second person, or by the uploader too."""

    organization_id: int
    path: str
    is_needed: bool


@dataclass(frozen=True)
class ShowAsked(Event):
    """An enterprise asks the district to show its module to everybody there."""

    module_id: int
    path: str


@dataclass(frozen=True)
class ShowRefused(Event):
    """A supervisor does not show an enterprise's module to the district."""

    module_id: int
    path: str


@dataclass(frozen=True)
class DraftSkillAdded(Event):
    """An instructor has accepted a proposed skill: the draft made of this upload teaches it to `level`."""

    upload_id: int
    skill: str
    level: int
