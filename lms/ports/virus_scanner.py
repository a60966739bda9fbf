"""Looking for malware in what people bring, by a ClamAV daemon; a scanner that is down lets nothing pass (U7)."""

from __future__ import annotations

import socket
import struct
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 64 * 1024
SECONDS = 60


class Verdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"  # no answer: what is not known to be clean is held back
    NOT_ASKED = "not_asked"  # this installation has no scanner


class VirusScanner(Protocol):
    """Looks through a file."""

    def scan(self, path: Path) -> Verdict: ...


class NoScanner:
    """An installation without a scanner, as it is after `make run`."""

    def scan(self, path: Path) -> Verdict:
        return Verdict.NOT_ASKED


class ClamdScanner:
    """clamd at `host:port` or at the path of its socket; it looks into archives by itself."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, path: Path) -> Verdict:
        """Send the file through; any trouble is no answer."""
        try:
            with path.open("rb") as file, self._connect() as door:
                reply = _talk(door, file)
        except OSError:
            return Verdict.UNKNOWN
        if reply.endswith(b"FOUND"):
            return Verdict.INFECTED
        return Verdict.CLEAN if reply == b"stream: OK" else Verdict.UNKNOWN

    def _connect(self) -> socket.socket:
        if self._address.startswith("/"):
            door = socket.socket(socket.AF_UNIX)
            door.settimeout(SECONDS)
            door.connect(self._address)
            return door
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=SECONDS)


def _talk(door: socket.socket, file: BinaryIO) -> bytes:
    """clamd's INSTREAM: pieces with their lengths, an empty one at the end."""
    door.sendall(b"zINSTREAM\0")
    while piece := file.read(CHUNK):
        door.sendall(struct.pack(">L", len(piece)) + piece)
    door.sendall(struct.pack(">L", 0))
    reply = b""
    while not reply.endswith(b"\0") and (piece := door.recv(1024)):
        reply += piece
    return reply.rstrip(b"\0")


class ScannerDouble:
    """A scanner for tests: knows what it is told."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def scan(self, path: Path) -> Verdict:
        return self.verdict


def make_scanner(address: str | None) -> VirusScanner:
    """The scanner of this installation."""
    return ClamdScanner(address) if address else NoScanner()
