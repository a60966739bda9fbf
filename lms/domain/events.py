"""News that features publish; `lms/app.py` says who listens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that has happened in this transaction."""


@dataclass(frozen=True)
class CurriculumSynced(Event):
    """New module versions, skills or roles were loaded from files."""


@dataclass(frozen=True)
class RoleChanged(Event):
    """A person's job role is another one now."""

    learner_id: int


@dataclass(frozen=True)
class PersonalisationChanged(Event):
    """A person switched personal recommendations on or off."""

    learner_id: int


@dataclass(frozen=True)
class EnrollmentChanged(Event):
    """A learner enrolled in, withdrew from or completed a module."""

    learner_id: int
    module_id: int


@dataclass(frozen=True)
class ModuleCompleted(Event):
    """A learner completed a module version: lessons read and the graded quiz passed (REQ-013)."""

    learner_id: int
    module_version_id: int
    attempt_id: int
    score_percent: int


@dataclass(frozen=True)
class ModuleRecognised(Event):
    """A learner's prior learning was assessed and the module counts as held (REQ-013)."""

    learner_id: int
    module_version_id: int
    attempt_id: int | None  # None when an assessor did without our test
    score_percent: int


@dataclass(frozen=True)
class EvidenceRecorded(Event):
    """A learner's skill levels rest on new evidence (REQ-020)."""

    learner_id: int
