"""What a child gives up before it touches a stranger's file: memory, time, the network, other folders."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 256 * 1024 * 1024  # of data; with the code that is shared, below 300 MB in all (safety.md U3)
CPU_SECONDS = 45
FILE_BYTES = 64 * 1024 * 1024
OPEN_FILES = 64
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
FORBIDDEN = (
    "socket.",
    "subprocess.",
    "ctypes.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "os.kill",
)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
)


class Forbidden(Exception):
    """The child tried something that it has no business with."""


def confine(folder: Path) -> None:
    """Keep this process to `folder` and its limits for the rest of its life."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # never outlive the server
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)  # where the kernel allows it there is no network at all
    for kind, most in (
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    sys.addaudithook(_guard(folder.resolve()))


def _guard(folder: Path) -> Any:
    """A hook that cannot be taken off: no sockets, no programs, no change outside the folder."""
    inside = f"{folder}{os.sep}"

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise Forbidden(event)
        if (event == "open" and arguments[2] is not None and arguments[2] & WRITES) or event in CHANGES:
            _check_inside(arguments[0], inside)

    return check


def _check_inside(path: Any, inside: str) -> None:
    if isinstance(path, int):
        return
    place = os.path.realpath(os.fsdecode(path))
    if not f"{place}{os.sep}".startswith(inside):
        raise Forbidden(place)
