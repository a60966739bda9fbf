"""Message catalogues: one PO file per feature and language, merged and compiled at start.

Message ids are the English texts, so the folder `en` holds plural forms and exceptions only."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent
LANGUAGES = ("zh", "en")


def read_catalogue(language: str) -> Catalog:
    """All PO files of a language in one catalogue.

    :raises ValueError: two files translate the same text differently
    """
    merged = Catalog(locale=language)
    for path in sorted((CATALOGUES / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id or message.fuzzy:
                    continue
                known = merged.get(message.id, message.context)
                if known is not None and known.string != message.string:
                    raise ValueError(f"{path.name}: {message.id!r} is translated differently elsewhere")
                merged.add(message.id, message.string, context=message.context, flags=message.flags)
    return merged


def compile_catalogues() -> None:
    """Write `messages.mo` of each language when a PO file is newer."""
    for language in LANGUAGES:
        folder = CATALOGUES / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / "messages.mo"
        newest = max((path.stat().st_mtime for path in folder.glob("*.po")), default=0.0)
        if target.exists() and target.stat().st_mtime >= newest:
            continue
        with target.open("wb") as file:
            write_mo(file, read_catalogue(language))
