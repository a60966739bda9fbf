"""The end of a zip file: where its directory lies. There must be exactly one way to read it."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from lms.features.files.refusal import Refused

END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR = struct.Struct("<4sLQL")
SIGNATURE, SIGNATURE64, SIGNATURE_LOCATOR = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
MAX_COMMENT = 65535
MAX_DIRECTORY = 8 * 1024 * 1024
FULL_SHORT, FULL = 0xFFFF, 0xFFFFFFFF


class Directory(NamedTuple):
    """Where the central directory lies and how many entries it lists."""

    offset: int
    size: int
    entries: int


def find_directory(file: BinaryIO, end: int) -> Directory:
    """The central directory of an archive of `end` bytes; it ends where the end record begins.

    :raises Refused: no archive, several ends, bytes behind the end, several volumes, zip64 values that differ
    """
    start = max(0, end - END.size - MAX_COMMENT)
    file.seek(start)
    tail = file.read()
    at = _find_end(tail)
    _, disk, first_disk, here, count, size, offset, _ = END.unpack_from(tail, at)
    place = start + at
    directory = Directory(offset, size, count)
    if tail[max(0, at - LOCATOR.size) : at].startswith(SIGNATURE_LOCATOR):
        wide = _read_end64(file, place)
        _check_same(wide, directory)
        if (disk, first_disk, here) != (0, 0, min(here, count)) or here not in (wide.entries, FULL_SHORT):
            raise Refused("volumes")
        return _check_span(wide, place - LOCATOR.size - END64.size)
    if FULL_SHORT in (here, count) or FULL in (size, offset):
        raise Refused("zip64")
    if disk or first_disk or here != count:
        raise Refused("volumes")
    return _check_span(directory, place)


def _find_end(tail: bytes) -> int:
    """Where the end record stands whose comment reaches the last byte; there is no other one in it."""
    at = tail.find(SIGNATURE)
    if at < 0:
        raise Refused("not_zip")
    while at >= 0:
        fits = len(tail) - at >= END.size
        if fits and at + END.size + END.unpack_from(tail, at)[-1] == len(tail):
            break
        at = tail.find(SIGNATURE, at + 1)
    if at < 0:
        raise Refused("trailing")
    if tail.find(SIGNATURE, at + 1) >= 0:
        raise Refused("two_ends")
    return at


def _read_end64(file: BinaryIO, place: int) -> Directory:
    """The zip64 end record, which stands right before its locator."""
    at = place - LOCATOR.size - END64.size
    if at < 0:
        raise Refused("zip64")
    file.seek(at)
    data = file.read(END64.size + LOCATOR.size)
    signature, length, _, _, disk, first_disk, here, count, size, offset = END64.unpack_from(data)
    _, locator_disk, locator_at, disks = LOCATOR.unpack_from(data, END64.size)
    if signature != SIGNATURE64 or length != END64.size - 12 or locator_at != at:
        raise Refused("zip64")
    if disk or first_disk or locator_disk or disks > 1 or here != count:
        raise Refused("volumes")
    return Directory(offset, size, count)


def _check_same(wide: Directory, narrow: Directory) -> None:
    """The short record says the same, or is full."""
    pairs = zip(narrow, wide, (FULL, FULL, FULL_SHORT), strict=True)
    if any(short not in (long, full) for short, long, full in pairs):
        raise Refused("zip64")


def _check_span(directory: Directory, end: int) -> Directory:
    """The directory fills the space up to `end`."""
    last = directory.offset + directory.size
    if last < end:
        raise Refused("prepended")
    if last > end or directory.size > MAX_DIRECTORY:
        raise Refused("directory")
    return directory
