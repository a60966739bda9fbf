"""Why a module is required of a learner."""

from __future__ import annotations

from enum import StrEnum


class Basis(StrEnum):
    """岗位法定: a rule makes a skill of the role compulsory. 本单位指定: somebody assigned it."""

    LAW = "law"
    EMPLOYER = "employer"
