"""Figures that depend on the year: texts name them, and the value in force is filled in when a text is loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .reference_schema import Parameter

REFERENCE = re.compile(r"\{\{\s*(param|value):\s*([a-z0-9-]+)\s*\}\}")


@dataclass
class Filler:
    """Fills in parameters and remembers which; an unknown one is left as it stands, for the linter."""

    parameters: Mapping[str, Parameter]
    used: dict[str, Parameter] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """The text with `{{param:key}}` as 2,740 and `{{value:key}}` as 2740."""
        return REFERENCE.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        found = self.parameters.get(match[2])
        if found is None:
            return match[0]
        self.used[match[2]] = found
        return found.written if match[1] == "param" else found.plain
