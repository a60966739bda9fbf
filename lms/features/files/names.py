"""Names inside archives: read in the encoding that they claim, and refused when a file system could misread them.

Nothing is ever written under such a name; but what a person sees must be what everybody's unpacker would make of
it (safety.md U4)."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable

from lms.features.files.refusal import Refused

MAX_NAME_BYTES = 255
UTF8_NAMES = 1 << 11
UNICODE_PATH = 0x7075  # Info-ZIP's extra field with the name in UTF-8
DRIVE = re.compile(r"^[A-Za-z]:")
FORBIDDEN_CHARACTERS = frozenset('<>:"|?*')
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE)


def read_name(raw: bytes, *, flags: int, extras: Iterable[tuple[int, bytes]]) -> str:
    """The name of an entry: UTF-8, or GBK as Chinese archivers write it without saying so.

    :raises Refused: undecodable, or the archive gives two names for one entry
    """
    if not raw:
        raise Refused("name_empty")
    if len(raw) > MAX_NAME_BYTES:
        raise Refused("name_long", raw[:60].decode("utf-8", "replace"), n=MAX_NAME_BYTES)
    name = _decode(raw, is_utf8=bool(flags & UTF8_NAMES))
    for kind, data in extras:
        if kind == UNICODE_PATH and _unicode_path(data, raw) != name:
            raise Refused("name_two", name)
    return name


def _decode(raw: bytes, *, is_utf8: bool) -> str:
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = ""
    if name and (is_utf8 or not any("\u0080" <= letter <= "\u07ff" for letter in name)):
        return name
    # a Chinese word in GBK may pass for UTF-8 of two bytes a letter, in which no Chinese word is written
    if not is_utf8:
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            pass
    raise Refused("name_encoding", raw.decode("utf-8", "replace"))


def _unicode_path(data: bytes, raw: bytes) -> str | None:
    if len(data) < 5 or data[0] != 1 or int.from_bytes(data[1:5], "little") != zlib.crc32(raw):
        return None
    try:
        return data[5:].decode("utf-8")
    except UnicodeDecodeError:
        return None


def check_name(name: str, *, depth: int) -> None:
    """Raise unless the name is a plain relative path that means the same on every system.

    :raises Refused: with the code of the first fault
    """
    if any(unicodedata.category(letter) in INVISIBLE for letter in name):
        raise Refused("name_control", _shown(name))
    if "\\" in name:
        raise Refused("name_backslash", name)
    if name.startswith("/"):
        raise Refused("name_absolute", name)
    if DRIVE.match(name):
        raise Refused("name_drive", name)
    parts = name.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts):
        raise Refused("name_dots", name)
    if unicodedata.normalize("NFC", name) != name:
        raise Refused("name_nfd", name)
    if any(FORBIDDEN_CHARACTERS & set(part) or part[-1] in " ." or part[0] == " " for part in parts):
        raise Refused("name_character", name)
    if any(RESERVED.fullmatch(part) for part in parts):
        raise Refused("name_reserved", name)
    if len(parts) > depth:
        raise Refused("depth", name, n=depth)


def check_apart(names: Iterable[str]) -> None:
    """Raise when two names are one on some system: same, other case, or a file where a folder is.

    :raises Refused: naming the second of the two
    """
    kept: dict[str, str] = {}
    for name in names:
        key = _folded(name)
        if key in kept:
            raise Refused("duplicate" if kept[key] == name else "name_clash", name)
        kept[key] = name
    for name in kept.values():
        parts = name.removesuffix("/").split("/")
        for n in range(1, len(parts)):
            above = kept.get(_folded("/".join(parts[:n])))
            if above is not None and not above.endswith("/"):
                raise Refused("name_clash", name)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name.removesuffix("/")).casefold()


def _shown(name: str) -> str:
    """The name with what cannot be seen made visible."""
    return "".join("�" if unicodedata.category(letter) in INVISIBLE else letter for letter in name)
