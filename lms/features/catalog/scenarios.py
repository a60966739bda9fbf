"""Branching drills of a version: rendered when it is loaded, walked when somebody reads (REQ-015)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from content.reader.loader import Module as ModuleSource
from content.reader.scenario_schema import Scenario
from content.reader.schema import Bilingual
from content.reader.walk import NoSuchChoice, Step, Walk, survey, walk
from lms.features.catalog.rendering import Figure, clean_html, render_lesson

__all__ = ["Drill", "NoSuchChoice", "Step", "Walk", "find_drill", "scenario_to_store"]

FACT = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def scenario_to_store(source: ModuleSource, figures: Mapping[str, Figure]) -> dict[str, Any] | None:
    """The scenario as JSON, its situations and debriefs as clean HTML, and the best way; None without one.

    Facts of the forms stay placeholders: both forms come from one text."""
    if source.scenario is None or not source.is_complete:
        return None
    data = source.scenario.model_dump(mode="json")
    for node in data["nodes"]:
        node["text"] = _rendered(node["text"], figures)
        for choice in node["choices"]:
            choice["debrief"] = choice["debrief"] and _rendered(choice["debrief"], figures)
    for end in data["ends"]:
        end["debrief"] = _rendered(end["debrief"], figures)
    return {"graph": data, "best": list(survey(source.scenario).best_choices)}


def clean_scenario(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored scenario with its HTML cleaned once more; one that is clean stays as it is."""
    graph = dict(stored["graph"])
    graph["nodes"] = [
        {
            **node,
            "text": _clean(node["text"]),
            "choices": [{**choice, "debrief": _clean(choice["debrief"])} for choice in node["choices"]],
        }
        for node in graph["nodes"]
    ]
    graph["ends"] = [{**end, "debrief": _clean(end["debrief"])} for end in graph["ends"]]
    return {**stored, "graph": graph}


def _clean(text: dict[str, str] | None) -> dict[str, str] | None:
    return text and {language: clean_html(html) for language, html in text.items()}


def _rendered(text: dict[str, str], figures: Mapping[str, Figure]) -> dict[str, str]:
    return {
        language: render_lesson(words, language=language, media=figures).html
        for language, words in text.items()
    }


@dataclass(frozen=True)
class Drill:
    """A stored scenario in one of its forms; a scenario without forms is form a without facts."""

    scenario: Scenario
    form: str
    best: tuple[str, ...]

    @property
    def has_other_form(self) -> bool:
        """Whether there is a second form to walk."""
        return len(self.scenario.forms) > 1

    def walk(self, choices: list[str]) -> Walk:
        """The walk that makes these choices.

        :raises NoSuchChoice: a choice that is not there"""
        return walk(self.scenario, choices)

    def best_choices(self) -> dict[str, str]:
        """Node → the choice of the best way."""
        return {step.node.id: step.choice.id for step in self.walk(list(self.best)).steps}

    def words(self, text: Bilingual, language: str) -> str:
        """A plain text with the facts of the form filled in."""
        return self._filled(text, language, is_html=False)

    def html(self, text: Bilingual, language: str) -> str:
        """A rendered text with the facts filled in, escaped."""
        return self._filled(text, language, is_html=True)

    def _filled(self, text: Bilingual, language: str, *, is_html: bool) -> str:
        facts = self.scenario.forms.get("b" if self.form == "b" else "a", {})

        def fact(match: re.Match[str]) -> str:
            value = facts.get(match[1])
            words = "" if value is None else value.zh if language == "zh" else value.en
            return escape(words) if is_html else words

        return FACT.sub(fact, text.zh if language == "zh" else text.en)


def find_drill(details: Mapping[str, Any], form: str) -> Drill | None:
    """The drill among a version's details in the form asked for; None without one."""
    stored = details.get("scenario")
    if not stored:
        return None
    scenario = Scenario.model_validate(stored["graph"])
    return Drill(scenario, form if form in scenario.forms else "a", tuple(stored["best"]))
