"""A writer of zip archives that can lie: every field of every record may be set to anything."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
REGULAR, LINK, PIPE = 0o100644 << 16, 0o120777 << 16, 0o010644 << 16
NOTHING = b""


@dataclass
class Part:
    """An entry: what it holds, and what its two headers say where that differs."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0x0800
    crc: int | None = None
    size: int | None = None
    packed_size: int | None = None
    packed: bytes | None = None
    attributes: int = REGULAR
    extra: bytes = b""
    local_extra: bytes | None = None
    local_name: bytes | None = None
    local_flags: int | None = None
    local_method: int | None = None
    local_crc: int | None = None
    local_size: int | None = None
    descriptor: bytes | None = None
    made_by: int = 0x0314
    needed: int = 20
    disk: int = 0
    offset: int | None = None
    is_listed: bool = True
    padding: bytes = b""

    @property
    def stream(self) -> bytes:
        """The packed data."""
        if self.packed is not None:
            return self.packed
        return deflate(self.data) if self.method == 8 else self.data


@dataclass
class Zip:
    """An archive as bytes; what is not set is as it should be."""

    parts: Sequence[Part] = field(default_factory=list)
    prefix: bytes = b""
    suffix: bytes = b""
    comment: bytes = b""
    before_directory: bytes = b""
    entries: int | None = None
    directory_size: int | None = None
    directory_offset: int | None = None
    disk: int = 0

    def build(self) -> bytes:
        """The whole archive."""
        body, central = self.prefix, b""
        for part in self.parts:
            at = len(body) if part.offset is None else part.offset
            if part.offset is None:
                body += _local(part) + part.stream + _descriptor(part) + part.padding
            if part.is_listed:
                central += _central(part, at)
        body += self.before_directory
        count = sum(part.is_listed for part in self.parts) if self.entries is None else self.entries
        size = len(central) if self.directory_size is None else self.directory_size
        offset = len(body) if self.directory_offset is None else self.directory_offset
        fields = (END, self.disk, self.disk, count & 0xFFFF, count & 0xFFFF, size, offset, len(self.comment))
        return body + central + struct.pack("<4s4H2LH", *fields) + self.comment + self.suffix


def deflate(data: bytes) -> bytes:
    """Raw deflate, as zip has it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _figures(part: Part) -> tuple[int, int, int]:
    crc = zlib.crc32(part.data) if part.crc is None else part.crc
    packed = len(part.stream) if part.packed_size is None else part.packed_size
    size = len(part.data) if part.size is None else part.size
    return crc, packed, size


def _local(part: Part) -> bytes:
    crc, packed, size = _figures(part)
    if part.descriptor is not None:
        crc = packed = size = 0
    crc = crc if part.local_crc is None else part.local_crc
    size = size if part.local_size is None else part.local_size
    name = part.name if part.local_name is None else part.local_name
    extra = part.extra if part.local_extra is None else part.local_extra
    flags = part.flags if part.local_flags is None else part.local_flags
    method = part.method if part.local_method is None else part.local_method
    fields = (LOCAL, part.needed, flags, method, 0, 0x21, crc, packed, size, len(name), len(extra))
    return struct.pack("<4s5H3L2H", *fields) + name + extra


def _central(part: Part, at: int) -> bytes:
    crc, packed, size = _figures(part)
    fields = (
        *(CENTRAL, part.made_by, part.needed, part.flags, part.method, 0, 0x21, crc, packed, size),
        *(len(part.name), len(part.extra), 0, part.disk, 0, part.attributes, at),
    )
    return struct.pack("<4s6H3L5H2L", *fields) + part.name + part.extra


def _descriptor(part: Part) -> bytes:
    return part.descriptor or b""


def descriptor(data: bytes, *, has_signature: bool = True, size: int | None = None) -> bytes:
    """The descriptor behind deflated data; another `size` makes it lie."""
    figures = (zlib.crc32(data), len(deflate(data)), len(data) if size is None else size)
    return (b"PK\x07\x08" if has_signature else b"") + struct.pack("<LLL", *figures)


def extra_field(kind: int, data: bytes) -> bytes:
    """One extra field."""
    return struct.pack("<HH", kind, len(data)) + data
