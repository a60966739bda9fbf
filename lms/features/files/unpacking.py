"""Taking the data out of an archive whose structure was found sound. Runs in the child process only.

The directory's figures are promises: sizes and check sums are enforced while the data flow, first for the whole
archive without keeping anything, then again for what is written (safety.md U3)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from lms.features.files.archive import DEFLATED, Entry
from lms.features.files.refusal import Refused

CHUNK = 64 * 1024


def verify(file: BinaryIO, entries: Iterable[Entry]) -> None:
    """Read every entry through and keep nothing.

    :raises Refused: data that are not what the directory promised
    """
    for entry in entries:
        for _ in read_data(file, entry):
            pass


def read_data(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """The entry's data in pieces of at most 64 KiB; the last check comes before the iterator ends.

    :raises Refused: more or fewer bytes than promised, a wrong check sum, a damaged stream
    """
    size, crc = 0, 0
    for piece in _inflate(file, entry) if entry.method == DEFLATED else _stored(file, entry):
        size += len(piece)
        if size > entry.size:
            raise Refused("sizes", entry.name)
        crc = zlib.crc32(piece, crc)
        yield piece
    if size != entry.size:
        raise Refused("sizes", entry.name)
    if crc != entry.crc:
        raise Refused("crc", entry.name)


def _stored(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    file.seek(entry.data_at)
    left = entry.packed
    while left:
        piece = file.read(min(CHUNK, left))
        if not piece:
            raise Refused("sizes", entry.name)
        left -= len(piece)
        yield piece


def _inflate(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _stored(file, entry):
            waiting = packed
            while waiting:
                piece = stream.decompress(waiting, CHUNK)
                waiting = stream.unconsumed_tail
                if piece:
                    yield piece
                elif stream.eof:
                    break
            while not stream.eof and (piece := stream.decompress(b"", CHUNK)):
                yield piece  # what the window still holds
            if stream.unused_data:
                raise Refused("sizes", entry.name)
    except zlib.error:
        raise Refused("damaged", entry.name) from None
    if not stream.eof:
        raise Refused("damaged", entry.name)
