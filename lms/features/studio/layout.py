"""What a module's folder consists of: the names that an archive may hold, and what else is passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lms.features.files.archive import Entry
from lms.features.files.content_types import MEDIA_TYPES

KNOWN = ("module.yaml", "quiz.yaml", "scenario.yaml", "lab.yaml")
LESSON = re.compile(r"lessons/[a-z0-9]+(-[a-z0-9]+)*\.(zh|en)\.md")
MEDIA = re.compile(r"media/[^\W_][\w.-]{0,99}\.(\w+)")
LEFT_BY_SYSTEMS = re.compile(r"(.*/)?(__MACOSX/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)")


def files_of(entries: Sequence[Entry]) -> list[Entry]:
    """The files, without folders and without what file managers leave in archives."""
    return [entry for entry in entries if not entry.is_folder and not LEFT_BY_SYSTEMS.fullmatch(entry.name)]


def common_folder(names: Sequence[str]) -> str:
    """The one folder in which everything lies, with its slash; empty when module.yaml lies at the top."""
    heads = {name.partition("/")[0] for name in names if "/" in name}
    is_wrapped = len(heads) == 1 and all("/" in name for name in names) and not heads & {"lessons", "media"}
    return f"{heads.pop()}/" if is_wrapped else ""


def is_part_of_module(name: str) -> bool:
    """Whether a module's folder has a file of this name."""
    if name in KNOWN or LESSON.fullmatch(name):
        return True
    found = MEDIA.fullmatch(name)
    return found is not None and f".{found[1].lower()}" in MEDIA_TYPES
