"""The three layers 三层架构 and the states of modules and versions (REQ-013, REQ-014)."""

from __future__ import annotations

from enum import StrEnum

PERIOD_MINUTES = 45


class Layer(StrEnum):
    """基础能力, 专业领域, 前沿技术, from the ground up."""

    FOUNDATION = "foundation"
    SPECIALISM = "specialism"
    FRONTIER = "frontier"


class Origin(StrEnum):
    """Where a module comes from; sync touches only the curriculum's own."""

    CURRICULUM = "curriculum"
    UPLOAD = "upload"


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ModuleState(StrEnum):
    """A learner's state in a module, as tiles and lists show it."""

    COMPLETED = "completed"
    ACTIVE = "active"
    OPEN = "open"
    LOCKED = "locked"
    IN_PREPARATION = "in_preparation"


def module_state(
    *, is_complete: bool, is_active: bool, is_done: bool, missing_prerequisites: int
) -> ModuleState:
    """The one state shown everywhere: done and begun come first, then what keeps it shut (REQ-013)."""
    if is_done:
        return ModuleState.COMPLETED
    if is_active:
        return ModuleState.ACTIVE
    if not is_complete:
        return ModuleState.IN_PREPARATION
    return ModuleState.LOCKED if missing_prerequisites else ModuleState.OPEN
