"""Uploads are looked through before anybody can fetch them; a scanner that is down holds them back (U7)."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.ports.virus_scanner import ClamdScanner, Verdict, make_scanner
from tests.files.zips import Part, Zip

# the anti-malware test file, in two pieces, so that no scanner takes this file for it
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def read_stream(door: socket.socket) -> bytes:
    """What a client sends by INSTREAM."""
    with door.makefile("rb") as file:
        assert file.read(10) == b"zINSTREAM\0"
        found = b""
        while length := struct.unpack(">L", file.read(4))[0]:
            found += file.read(length)
        return found


@pytest.fixture
def clamd() -> Iterator[str]:
    """A daemon that knows one signature."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                door, _ = server.accept()
            except OSError:
                return
            with door:
                found = EICAR in read_stream(door)
                door.sendall(b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(timeout=5)


def test_clean_and_infected_files_are_told_apart(clamd: str, tmp_path: Path) -> None:
    sound, ill = tmp_path / "sound.zip", tmp_path / "ill.zip"
    sound.write_bytes(Zip([Part(b"a.md", b"x" * 200_000)]).build())
    ill.write_bytes(Zip([Part(b"a.md", EICAR, method=0)]).build())
    assert ClamdScanner(clamd).scan(sound) is Verdict.CLEAN
    assert ClamdScanner(clamd).scan(ill) is Verdict.INFECTED


def hang_up(server: socket.socket) -> None:
    """Take a call and say nothing."""
    server.accept()[0].close()


def test_no_answer_is_no_yes(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x")
    assert ClamdScanner("127.0.0.1:1").scan(file) is Verdict.UNKNOWN
    assert ClamdScanner(str(tmp_path / "no-socket")).scan(file) is Verdict.UNKNOWN
    with socket.create_server(("127.0.0.1", 0)) as mute:
        threading.Thread(target=hang_up, args=(mute,), daemon=True).start()
        assert ClamdScanner(f"127.0.0.1:{mute.getsockname()[1]}").scan(file) is Verdict.UNKNOWN


def test_without_an_address_nobody_is_asked(tmp_path: Path) -> None:
    assert make_scanner(None).scan(tmp_path / "anything") is Verdict.NOT_ASKED
