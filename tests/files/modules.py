"""Files of a sound module as an instructor would pack them."""

from __future__ import annotations

import json
import struct
import zlib
from random import Random
from typing import Any

from tests.factories.curriculum import KINDS, READING, both, question

SLUG = "own-module"
UUID = "7a8e3c52-5a39-4a45-9b0c-1f5a3a9b1c01"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360"><rect width="9" height="9"/></svg>'
LESSON = """## One

Text {marker}.

::: check Is it so?
Think.
:::: answer
Yes.
::::
:::

## Two

![A figure](media/figure.svg "Caption")

::: tomorrow
Do it.
:::
"""


def module_files(
    *, slug: str = SLUG, uuid: str = UUID, marker: str = "", lessons: int = 2, **changes: Any
) -> dict[str, bytes]:
    """name → bytes of a module that can be imported; `changes` replace keys of module.yaml."""
    heads = [{"slug": f"{n:02}-part", **both(f"{slug} {n}")} for n in range(1, lessons + 1)]
    meta = {
        "uuid": uuid,
        "slug": slug,
        "layer": "foundation",
        "status": "complete",
        "title": both(f"Own {slug}"),
        "short_title": both("Own"),
        "summary": both("brought by an enterprise"),
        "industries": ["all"],
        "periods": {"reading": 16, "exercise": 0, "drill": 0, "class": 0, "practice": 0},
        "credit": 1.0,
        "delivery": "online",
        "review": {"cadence": "quarterly"},
        "owner": "data-bureau",
        "prerequisites": [],
        "teaches": [{"skill": READING, "level": 2}],
        "outcomes": [{"id": "o1", **both("can read")}],
        "basis": [{"name": both("a rule"), "status": "sourced"}],
        "lessons": heads,
        "place": {"row": 1, "column": 1},
    } | changes
    bank = [question(slug, n, kind) for n, kind in enumerate(KINDS, start=1)]
    files = {"module.yaml": as_yaml(meta), "quiz.yaml": as_yaml({"questions": bank})}
    for head in heads:
        for language in ("zh", "en"):
            text = LESSON.format(marker=f"{marker} {head[language]}").replace("::: check", ":::: check", 1)
            files[f"lessons/{head['slug']}.{language}.md"] = _nested(text).encode()
    files["media/figure.svg"] = SVG.encode()
    return files


def _nested(text: str) -> str:
    """The outer block needs more colons than the inner one."""
    return text.replace(":::: answer\nYes.\n::::\n:::", "::: answer\nYes.\n:::\n::::")


def as_yaml(data: Any) -> bytes:
    """JSON is YAML."""
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def png(width: int = 4, height: int = 4, *, seed: int = 0) -> bytes:
    """A grey picture; its pixels are noise, so that it hardly packs."""
    chance = Random(seed)  # noqa: S311
    shown = min(width * height, 10_000)
    rows = b"".join(b"\0" + chance.randbytes(width) for _ in range(shown // width)) if width <= 1000 else b""
    chunks = (
        (b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in chunks
    )
