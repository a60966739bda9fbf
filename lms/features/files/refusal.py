"""Why an archive or a file in it is refused: a code, the name it concerns, figures. Pages put it into words."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The archive cannot be taken; nothing has been unpacked."""

    def __init__(self, code: str, name: str = "", **figures: Any) -> None:
        super().__init__(f"{code}: {name}" if name else code)
        self.code = code
        self.name = name
        self.figures = figures

    def as_dict(self) -> dict[str, Any]:
        """The refusal as it is kept with the report."""
        return {"code": self.code, "name": self.name[:200], "figures": self.figures}
