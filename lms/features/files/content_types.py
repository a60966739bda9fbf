"""What a file really is: its first and last bytes must agree with its name (safety.md U2, U5).

Pictures are walked from their first byte to their last, so that nothing else can hide behind or inside them."""

from __future__ import annotations

import struct
from pathlib import PurePosixPath

from lms.features.files.refusal import Refused

MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
TEXT_SUFFIXES = frozenset({".md", ".yaml", ".svg"})
SUFFIXES = frozenset(MEDIA_TYPES) | TEXT_SUFFIXES
ALLOWED_CONTROLS = frozenset(b"\t\n\r")
MAX_SIDE = 16_384
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def check_content(name: str, data: bytes, *, pixels: int) -> None:
    """Raise unless `data` is what the suffix of `name` says, whole and nothing besides.

    :raises Refused: with the name
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise Refused("suffix", name)
    if suffix in TEXT_SUFFIXES:
        _check_text(name, data)
        return
    width, height = image_size(name, data)
    if width * height > pixels or max(width, height) > MAX_SIDE or not width * height:
        raise Refused("pixels", name, w=width, h=height)


def image_size(name: str, data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a picture with dots.

    :raises Refused: it is not what its name says
    """
    suffix = PurePosixPath(name).suffix.lower()
    try:
        if suffix == ".png":
            return _png(data)
        return _webp(data) if suffix == ".webp" else _jpeg(data)
    except (struct.error, IndexError, ValueError):
        raise Refused("content", name) from None


def _check_text(name: str, data: bytes) -> None:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("not_utf8", name) from None
    if any(byte < 32 and byte not in ALLOWED_CONTROLS for byte in set(data)):
        raise Refused("content", name)
    if name.lower().endswith(".svg") and "<svg" not in text:
        raise Refused("content", name)


def _png(data: bytes) -> tuple[int, int]:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise ValueError("no PNG")
    at = 8
    while True:
        length, kind = struct.unpack_from(">L4s", data, at)
        at += 12 + length
        if kind == b"IEND":
            break
    if at != len(data):
        raise ValueError("bytes behind the end")
    width, height = struct.unpack_from(">LL", data, 16)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk the segments to the scan; what follows it ends with the end mark, which is the last thing."""
    if data[:2] != b"\xff\xd8" or data[-2:] != b"\xff\xd9":
        raise ValueError("no JPEG")
    size, at = (0, 0), 2
    while data[at + 1] != 0xDA:
        if data[at] != 0xFF:
            raise ValueError("no segment")
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker in JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        at += 2 + length
    if data.find(b"\xff\xd9", at) != len(data) - 2:
        raise ValueError("bytes behind the end")
    return size


def _webp(data: bytes) -> tuple[int, int]:
    riff, length, webp, kind = struct.unpack_from("<4sL4s4s", data)
    if (riff, webp) != (b"RIFF", b"WEBP") or length + 8 != len(data):
        raise ValueError("no WebP")
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture")
