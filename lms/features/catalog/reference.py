"""Files of the curriculum that belong to no module: read once per process, and again when they change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from content.reader.reference_schema import GlossaryFile, Term
from content.reader.schema import ShippingScenario, ShippingTradeFile
from content.reader.source import read_optional

__all__ = ["ShippingScenario", "Term", "glossary_terms", "shipping_scenarios"]


def shipping_scenarios(content_dir: Path) -> tuple[ShippingScenario, ...]:
    """The twelve shipping-trade scenarios with the topics proposed for 周一30分, by number (REQ-017, REQ-018)."""
    return _shipping_scenarios(content_dir, _stamp(content_dir / "shipping-trade.yaml"))


@lru_cache(maxsize=2)
def _shipping_scenarios(content_dir: Path, stamp: int) -> tuple[ShippingScenario, ...]:
    found, _, _ = read_optional(content_dir, Path("shipping-trade.yaml"), ShippingTradeFile)
    return tuple(sorted(found.scenarios, key=lambda row: row.number)) if found else ()


def glossary_terms(content_dir: Path) -> tuple[Term, ...]:
    """The terms of the glossary, as the file lists them."""
    return _glossary_terms(content_dir, _stamp(content_dir / "glossary.yaml"))


@lru_cache(maxsize=2)
def _glossary_terms(content_dir: Path, stamp: int) -> tuple[Term, ...]:
    found, _, _ = read_optional(content_dir, Path("glossary.yaml"), GlossaryFile)
    return found.terms if found else ()


def _stamp(path: Path) -> int:
    """Changes with the file; 0 while there is none."""
    return path.stat().st_mtime_ns if path.is_file() else 0
