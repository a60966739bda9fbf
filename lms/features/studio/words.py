"""Why an upload is refused and what to do about it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.web.text import gettext as _


def refusal_words(refusal: Mapping[str, Any]) -> tuple[str, str]:
    """The reason, and what to do."""
    code, name = refusal["code"], refusal.get("name", "")
    figures = {"name": name, **refusal.get("figures", {})}
    for group in (_structure, _entry, _name, _size, _content, _child):
        words = group(code, figures)
        if words is not None:
            return words
    return _("The archive cannot be read."), _pack_again()


def _pack_again() -> str:
    return _("Pack the folder again with the archiver of your system, as an ordinary zip, and upload that.")


def _structure(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    words = {
        "not_zip": _("This is no zip archive."),
        "trailing": _("Bytes stand behind the end of the archive."),
        "two_ends": _("The archive has two ends; programs would read it differently."),
        "prepended": _("Bytes stand before the archive's first entry, or between its parts."),
        "directory": _("The archive's table of contents is damaged."),
        "volumes": _("The archive is one part of several."),
        "zip64": _("The archive's long sizes contradict one another."),
        "extra": _("The archive has extra fields that do not add up."),
    }
    return (words[code], _pack_again()) if code in words else None


def _entry(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    name = figures["name"]
    words = {
        "overlap": _("%(name)s shares its bytes with another entry.", name=name),
        "gap": _("Behind %(name)s there are bytes that belong to no file.", name=name),
        "mismatch": _("%(name)s is described in two ways that contradict one another.", name=name),
        "descriptor": _("The sizes behind %(name)s are not those of the table of contents.", name=name),
        "sizes": _("%(name)s is not as long as the archive says.", name=name),
        "crc": _("The check sum of %(name)s is wrong.", name=name),
        "damaged": _("%(name)s is damaged.", name=name),
        "method": _("%(name)s is packed in an unusual way.", name=name),
    }
    if code in words:
        return words[code], _pack_again()
    others = {
        "encrypted": (_("%(name)s is encrypted.", name=name), _("Pack the folder without a password.")),
        "link": (
            _("%(name)s is a link to another place.", name=name),
            _("Put the file itself into the folder and pack it again."),
        ),
        "device": (
            _("%(name)s is neither a file nor a folder.", name=name),
            _("Take it out of the folder and pack it again."),
        ),
    }
    return others.get(code)


def _name(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    name = figures["name"]
    words = {
        "name_empty": _("An entry has no name."),
        "name_long": _("A name is longer than %(n)s bytes: %(name)s", n=figures.get("n", ""), name=name),
        "name_two": _("An entry has two names: %(name)s", name=name),
        "name_encoding": _("A name cannot be read: %(name)s", name=name),
        "name_control": _("A name has invisible characters: %(name)s", name=name),
        "name_backslash": _("A name has a backslash: %(name)s", name=name),
        "name_absolute": _("A name begins at the root of a disk: %(name)s", name=name),
        "name_drive": _("A name has a drive letter: %(name)s", name=name),
        "name_dots": _("A name leads out of the folder: %(name)s", name=name),
        "name_nfd": _("A name's accents are written in two pieces: %(name)s", name=name),
        "name_character": _("A name has characters that not every system knows: %(name)s", name=name),
        "name_reserved": _("A name is reserved on some systems: %(name)s", name=name),
        "name_clash": _("Two names are the same on some systems: %(name)s", name=name),
        "duplicate": _("A name is there twice: %(name)s", name=name),
        "depth": _("%(name)s lies more than %(n)s folders deep.", n=figures.get("n", ""), name=name),
    }
    return (words[code], _("Rename the file and pack the folder again.")) if code in words else None


def _size(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    n, name = figures.get("n", ""), figures["name"]
    words = {
        "archive_size": _("The archive is larger than %(n)s MB.", n=n),
        "total_size": _("Unpacked the archive is larger than %(n)s MB.", n=n),
        "file_size": _("%(name)s is larger than %(n)s MB.", name=name, n=n),
        "text_size": _("%(name)s is larger than %(n)s kB.", name=name, n=n),
        "files": _("The archive has more than %(n)s files.", n=n),
        "ratio": _("Unpacked the archive is more than %(n)s times as large.", n=n),
        "pixels": _(
            "%(name)s has too many pixels: %(w)s × %(h)s.",
            name=name,
            w=figures.get("w", ""),
            h=figures.get("h", ""),
        ),
    }
    return (words[code], _("Make it smaller, or upload the module in parts.")) if code in words else None


def _content(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    name = figures["name"]
    words = {
        "malware": (_("The virus scanner found something in the archive. Nothing of it was kept."), ""),
        "scanner_down": (
            _("The virus scanner does not answer, so nothing is taken. Try again in a few minutes."),
            "",
        ),
        "no_module": (
            _("There is no module.yaml in the archive."),
            _("Pack a module's folder: module.yaml, quiz.yaml, lessons and media."),
        ),
        "foreign": (
            _("%(name)s is no part of a module.", name=name),
            _(
                "Allowed are module.yaml, quiz.yaml, lessons/*.md and media/*.svg, png, jpg, webp. Remove the rest."
            ),
        ),
        "suffix": (
            _("Files of this kind are not taken: %(name)s", name=name),
            _("Use SVG, PNG, JPEG or WebP for pictures."),
        ),
        "content": (
            _("%(name)s is not what its name says.", name=name),
            _("Save the picture again in the format of its name."),
        ),
        "not_utf8": (
            _("%(name)s is not written in UTF-8.", name=name),
            _("Save the file with the encoding UTF-8."),
        ),
    }
    return words.get(code)


def _child(code: str, figures: Mapping[str, Any]) -> tuple[str, str] | None:
    words = {
        "time": _("Reading the archive took too long and was stopped."),
        "memory": _("Reading the archive took too much memory and was stopped."),
        "crash": _("Reading the archive failed. Nothing of it was kept but the archive itself."),
        "lost": _("What was made of the archive is not there any more."),
    }
    if code not in words:
        return None
    return words[code], _("Upload it again. If that does not help, send us the file.")


def remedy(rule: str) -> str:
    """What to do about a breach of a rule of the linter; empty where the message says it."""
    words = {
        "C001": _("Correct the line; the field and what is expected are named above."),
        "C002": _("Give each its own name."),
        "C004": _("Number the questions <slug>-1, <slug>-2 and so on."),
        "C005": _("Use a name of the curriculum's lists, or add the missing thing."),
        "C006": _("Take one of the prerequisites away."),
        "C007": _("Choose prerequisites of the same layer or below."),
        "C008": _("Grant a lower level, or name a prerequisite that teaches the step before."),
        "C009": _("Grant level 4 at most."),
        "C012": _("Enter the credit that follows from the periods."),
        "C014": _("Translate the place, or take it away."),
        "C015": _("List the lesson in module.yaml, or remove the file."),
        "C017": _("Close the block with as many colons as it was opened with."),
        "C018": _("Put the file into the media folder, or take the line away."),
        "C019": _("Write between the square brackets what the figure shows."),
        "C021": _("Export the figure as plain SVG without scripts and outside references."),
        "U003": _("Choose another slug and make a new uuid."),
        "U004": _("Write at least one question into quiz.yaml."),
        "U008": _("Keep the uuid of the first upload, or choose another slug."),
    }
    return words.get(rule, "")
