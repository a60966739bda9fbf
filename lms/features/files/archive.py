"""Our own reader of a zip's directory: what does not add up is refused before a byte is unpacked.

Python 3.11.7 reads overlapping entries without an error (CVE-2024-0450), so nothing here relies on `zipfile`.
An archive is accepted only when its parts tile the file from the first byte to the last: entries one after the
other, the central directory, its end. Whatever else lies in the file, or lies twice, is a refusal (safety.md U3).
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from lms.features.files.archive_end import Directory, find_directory
from lms.features.files.limits import Limits
from lms.features.files.names import check_apart, check_name, read_name
from lms.features.files.refusal import Refused

CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
ENCRYPTED = 0x2041  # bits 0, 6, 13
DESCRIPTOR = 0x0008
KNOWN_FLAGS = ENCRYPTED | DESCRIPTOR | 0x0006 | 0x0800
STORED, DEFLATED = 0, 8
ZIP64 = 1
FULL = 0xFFFFFFFF
REPARSE_POINT = 0x400
FREE_BYTES = 64 * 1024  # a file or archive this small is never a bomb


@dataclass(frozen=True)
class Entry:
    """A file or folder of the archive; sizes in bytes, places from the archive's first byte."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    raw_name: bytes
    data_at: int = 0

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


class _Sizes(NamedTuple):
    size: int
    packed: int


def read_entries(file: BinaryIO, limits: Limits) -> list[Entry]:
    """All entries in the order of their places, once the whole structure has been found sound.

    :raises Refused: anything that two unpackers could read differently, or that is larger than allowed
    """
    end = file.seek(0, 2)
    if end > limits.archive_bytes:
        raise Refused("archive_size", n=limits.archive_bytes // (1024 * 1024))
    directory = find_directory(file, end)
    if directory.entries > limits.files:
        raise Refused("files", n=limits.files)
    entries = list(_central_entries(file, directory, limits))
    check_apart(entry.name for entry in entries)
    _check_sizes(entries, limits, archive=end)
    return _check_places(file, entries, directory)


def _central_entries(file: BinaryIO, directory: Directory, limits: Limits) -> Iterator[Entry]:
    """Entries as the central directory lists them; it must be filled by them to its last byte."""
    file.seek(directory.offset)
    data = file.read(directory.size)
    at = 0
    for _ in range(directory.entries):
        if len(data) - at < CENTRAL.size or data[at : at + 4] != b"PK\x01\x02":
            raise Refused("directory")
        fields = CENTRAL.unpack_from(data, at)
        lengths = fields[10:13]
        variable = data[at + CENTRAL.size : at + CENTRAL.size + sum(lengths)]
        if len(variable) != sum(lengths):
            raise Refused("directory")
        at += CENTRAL.size + sum(lengths)
        yield _entry(fields, variable[: lengths[0]], variable[lengths[0] : lengths[0] + lengths[1]], limits)
    if at != len(data):
        raise Refused("directory")


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes, limits: Limits) -> Entry:
    _, _, needed, flags, method, _, _, crc, packed, size, _, _, _, disk, _, attributes, offset = fields
    extras = parse_extras(extra)
    name = read_name(raw_name, flags=flags, extras=extras)
    if flags & ENCRYPTED:
        raise Refused("encrypted", name)
    if flags & ~KNOWN_FLAGS or needed & 0xFF > 45 or method not in (STORED, DEFLATED):
        raise Refused("method", name)
    if disk:
        raise Refused("volumes", name)
    check_name(name, depth=limits.depth)
    wide = zip64_fields(extras, size, packed, offset)
    entry = Entry(name, flags, method, crc, wide[1], wide[0], wide[2], raw_name)
    _check_kind(entry, attributes)
    return entry


def _check_kind(entry: Entry, attributes: int) -> None:
    """Only plain files and folders: no links, devices, pipes, sockets."""
    kind = stat.S_IFMT(attributes >> 16)
    if kind == stat.S_IFLNK or attributes & REPARSE_POINT:
        raise Refused("link", entry.name)
    expected = stat.S_IFDIR if entry.is_folder else stat.S_IFREG
    if kind not in (0, expected):
        raise Refused("device" if kind not in (stat.S_IFDIR, stat.S_IFREG) else "mismatch", entry.name)
    if entry.is_folder and entry.size:
        raise Refused("mismatch", entry.name)
    if entry.method == STORED and entry.packed != entry.size:
        raise Refused("sizes", entry.name)


def parse_extras(extra: bytes) -> list[tuple[int, bytes]]:
    """The extra fields, which must fill their space exactly.

    :raises Refused: they do not, or the sizes are there twice
    """
    found, at = [], 0
    while at < len(extra):
        if len(extra) - at < 4:
            raise Refused("extra")
        kind, length = struct.unpack_from("<HH", extra, at)
        data = extra[at + 4 : at + 4 + length]
        if len(data) != length:
            raise Refused("extra")
        found.append((kind, data))
        at += 4 + length
    if sum(kind == ZIP64 for kind, _ in found) > 1:
        raise Refused("zip64")
    return found


def zip64_fields(extras: Sequence[tuple[int, bytes]], *values: int) -> list[int]:
    """Size, packed size and place with the zip64 values in: those that are full, in this order.

    Some archivers give both sizes although they are not full; then both count, as in every reader.

    :raises Refused: a value is announced and missing, or one is left over
    """
    data = next((data for kind, data in extras if kind == ZIP64), b"")
    full = [value == FULL for value in values]
    if len(data) >= 16 and not any(full[:2]):
        full[:2] = [True, True]
    result = []
    for value, is_full in zip(values, full, strict=True):
        if is_full and len(data) < 8:
            raise Refused("zip64")
        result.append(int.from_bytes(data[:8], "little") if is_full else value)
        data = data[8:] if is_full else data
    if data:
        raise Refused("zip64")
    return result


def _check_sizes(entries: Sequence[Entry], limits: Limits, *, archive: int) -> None:
    total = 0
    for entry in entries:
        if entry.size > limits.file_bytes:
            raise Refused("file_size", entry.name, n=limits.file_bytes // (1024 * 1024))
        if entry.size > FREE_BYTES and entry.size > limits.ratio * entry.packed:
            raise Refused("ratio", entry.name, n=limits.ratio)
        total += entry.size
    if total > limits.total_bytes:
        raise Refused("total_size", n=limits.total_bytes // (1024 * 1024))
    if total > 16 * FREE_BYTES and total > limits.ratio * archive:
        raise Refused("ratio", n=limits.ratio)


def _check_places(file: BinaryIO, entries: Sequence[Entry], directory: Directory) -> list[Entry]:
    """Entries stand one behind the other from the first byte to the directory, without gap or overlap."""
    ordered = sorted(entries, key=lambda entry: entry.offset)
    if (ordered[0].offset if ordered else directory.offset) != 0:
        raise Refused("prepended")
    ends = [entry.offset for entry in ordered[1:]] + [directory.offset]
    return [_check_local(file, entry, end) for entry, end in zip(ordered, ends, strict=True)]


def _check_local(file: BinaryIO, entry: Entry, end: int) -> Entry:
    """The entry's own header says what the directory says, and its data end where the next part begins."""
    file.seek(entry.offset)
    head = file.read(LOCAL.size)
    if len(head) != LOCAL.size or head[:4] != b"PK\x03\x04":
        raise Refused("overlap" if end <= entry.offset else "mismatch", entry.name)
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = LOCAL.unpack(head)
    variable = file.read(name_length + extra_length)
    data_at = entry.offset + LOCAL.size + name_length + extra_length
    if data_at + entry.packed > end:
        raise Refused("overlap", entry.name)
    if (variable[:name_length], flags, method) != (entry.raw_name, entry.flags, entry.method):
        raise Refused("mismatch", entry.name)
    extras = parse_extras(variable[name_length:])
    read_name(entry.raw_name, flags=flags, extras=extras)
    has_descriptor = bool(flags & DESCRIPTOR)
    wide = _Sizes(*zip64_fields(extras, size, packed))
    own, told = (crc, wide.packed, wide.size), (entry.crc, entry.packed, entry.size)
    if own != told and not (has_descriptor and own == (0, 0, 0)):
        raise Refused("mismatch", entry.name)
    gap = end - data_at - entry.packed
    if has_descriptor:
        file.seek(data_at + entry.packed)
        _check_descriptor(entry, file.read(min(gap, 32)), gap)
    elif gap:
        raise Refused("gap", entry.name)
    return Entry(**{**vars(entry), "data_at": data_at})


def _check_descriptor(entry: Entry, data: bytes, gap: int) -> None:
    """Behind the data stands the descriptor, with or without signature, in 4-byte or 8-byte sizes."""
    if gap in (16, 24) and data[:4] != b"PK\x07\x08":
        raise Refused("descriptor", entry.name)
    shape = {12: "<LLL", 16: "<4xLLL", 20: "<LQQ", 24: "<4xLQQ"}.get(gap)
    if shape is None or struct.unpack(shape, data) != (entry.crc, entry.packed, entry.size):
        raise Refused("descriptor", entry.name)
