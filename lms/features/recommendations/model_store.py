"""What the nights have learned about next steps: versions of `blend.npz` below `<data_dir>/models`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.features.recommendations.versions import DamagedVersion, VersionStore, read_manifest
from recommender import Mixture

MODELS = "recommender_models"
BLEND = "blend.npz"


@dataclass(frozen=True, eq=False)  # arrays have no equality of their own
class Model:
    """A version in memory.

    `facts`: what it rests on: `modules`, `roles` (ids) and `skills` (slugs) by row, `n_learners`, `n_completions`,
    `n_choices`; `chosen`: the weights and why they are in force."""

    version: str
    made_at: datetime
    mixture: Mixture
    facts: dict[str, Any]
    chosen: dict[str, Any]

    @cached_property
    def rows(self) -> dict[int, int]:
        """Module id → row."""
        return {module_id: row for row, module_id in enumerate(self.facts["modules"])}

    @cached_property
    def cohorts(self) -> dict[int, int]:
        """Role id → number of its cohort."""
        return {role_id: number for number, role_id in enumerate(self.facts["roles"])}


class ModelStore(VersionStore[Model]):
    """The versions of the recommender."""

    file = BLEND

    def read(self, folder: Path) -> Model:
        return read_version(folder)


def read_version(folder: Path) -> Model:
    """Read and check one version.

    :raises ValueError: when a file is damaged or of another format
    :raises OSError: when one is missing
    """
    manifest = read_manifest(folder)
    mixture, chosen = Mixture.load(folder / BLEND)
    if mixture.n_modules != len(manifest["modules"]):
        raise DamagedVersion(f"{mixture.n_modules} modules, {len(manifest['modules'])} in the manifest")
    made_at = datetime.fromisoformat(manifest["made_at"])
    return Model(manifest["version"], made_at, mixture, manifest, chosen)


def model_in_force(db: Session) -> Model | None:
    """What this installation has learned; None where nothing has been, or nothing keeps it."""
    store: ModelStore | None = db.info.get(MODELS)
    return store.current() if store else None
