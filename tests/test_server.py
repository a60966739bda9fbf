"""The product as one process: it starts, somebody signs in over HTTP, and Ctrl-C ends it within seconds."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.app import open_database
from lms.cli import main
from lms.config import ConfigurationError, Settings, read_settings
from lms.db.transaction import Database
from lms.server import greeting, listening, make_wsgi, open_checked
from tests.factories.accounts import PASSWORD, make_user

PATIENCE = 60


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`lms serve` as a process; killed if a test leaves it running."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment |= {"LMS_DATA_DIR": str(folder), "LMS_PORT": str(port), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "lms.cli", "serve"]
    process = subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    """Read the process's lines up to one that holds `text`; a process that ends first fails the test."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if text in line:
            return
    raise AssertionError("".join(seen))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_somebody_signs_in_and_a_signal_stops_everything(
    tmp_path: Path, migrated_sqlite: Path, number: signal.Signals
) -> None:
    shutil.copyfile(migrated_sqlite, tmp_path / "terrace.db")
    database = open_database(read_settings({"LMS_DATA_DIR": str(tmp_path)}))
    with database.writing() as db:
        make_user(db)
    database.close()
    port = free_port()
    with running(tmp_path, port) as process:
        wait_for(process, "Ctrl-C stops it.")
        assert signs_in(f"http://127.0.0.1:{port}")
        second = CliRunner().invoke(main, ["serve"], env={"LMS_DATA_DIR": str(tmp_path)})
        assert (second.exit_code, f"Process {process.pid} has the database" in second.output) == (1, True)
        process.send_signal(number)
        said, _ = process.communicate(timeout=PATIENCE)
        assert (process.returncode, said) == (0, "Stopped.\n")


def signs_in(base: str) -> bool:
    """Whether the form lets wu.min in: the start page answers under its own address."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = browser.open(f"{base}/", timeout=PATIENCE).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None
    fields = {"name": "wu.min", "password": PASSWORD, "csrf_token": token[1]}
    data = urllib.parse.urlencode(fields).encode()
    page = browser.open(f"{base}/sign-in", data=data, timeout=PATIENCE)
    return bool(page.status == 200 and page.url == f"{base}/")


def test_a_busy_port_is_named_and_another_proposed(settings: Settings, busy_port: int) -> None:
    with pytest.raises(ConfigurationError) as refused, listening(replace(settings, port=busy_port)):
        pass
    sentence = str(refused.value)
    assert f"Port {busy_port} is taken on 127.0.0.1" in sentence
    proposed = re.search(r"LMS_PORT=(\d+)", sentence)
    assert proposed is not None
    with listening(replace(settings, port=int(proposed[1]))):
        pass


def test_an_address_of_another_machine_is_named(settings: Settings) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"203\.0\.113\.7:8000 cannot be listened on"),
        listening(replace(settings, bind="203.0.113.7")),
    ):
        pass


def test_a_database_of_another_version_is_not_served(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="There is no database"):
        open_checked(settings)
    Database(settings.database_url).writer.connect().close()
    with pytest.raises(ConfigurationError, match="at revision none"):
        open_checked(settings)


def test_several_processes_need_postgresql_and_redis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LMS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("LMS_REDIS_URL", raising=False)
    with pytest.raises(ConfigurationError, match="LMS_REDIS_URL"):
        make_wsgi()


def test_the_greeting_names_the_demo_only_when_there_is_one(settings: Settings) -> None:
    assert settings.base_url in greeting(settings)
    assert "Demo" not in greeting(settings)
    (settings.data_dir / "demo-accounts.txt").write_text("Demo sign-ins, password of all: abc\n")
    assert "Demo sign-ins, password of all: abc" in greeting(settings)
