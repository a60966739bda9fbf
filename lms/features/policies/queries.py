"""Reads of policy versions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Select, select
from sqlalchemy.orm import Session

from lms.domain.policy import Policy, policy_from
from lms.features.policies.models import PolicyVersion


def parameters_query(*, on: date | BindParameter[date]) -> Select[tuple[dict[str, Any]]]:
    """The stored parameters in force on a day; no row before any version was made."""
    return (
        select(PolicyVersion.parameters)
        .where(PolicyVersion.valid_from_on <= on)
        .order_by(PolicyVersion.valid_from_on.desc())
        .limit(1)
    )


def get_policy(db: Session, *, on: date) -> Policy:
    """The parameters in force on a day; the defaults before any version was made (REQ-044)."""
    return policy_from(db.scalar(parameters_query(on=on)) or {})
