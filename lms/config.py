"""Settings, read once from the environment (`LMS_…`)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import content

DEFAULT_PORT = 8000
KEY_FILE = "secret.key"


class ConfigurationError(Exception):
    """A setting cannot be used; the message is one readable sentence."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator may set; the README lists each name."""

    data_dir: Path
    database_url: str
    content_dir: Path
    secret_key: str
    bind: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    base_url: str = f"http://127.0.0.1:{DEFAULT_PORT}"
    redis_url: str | None = None
    clamd_address: str | None = None
    trusted_proxies: int = 0
    threads: int = 8
    session_idle_minutes: int = 8 * 60
    session_absolute_minutes: int = 72 * 60
    argon2_memory_kib: int = 19 * 1024
    argon2_time_cost: int = 2
    argon2_parallelism: int = 1
    is_testing: bool = False

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path | None:
        """The embedded database's file, None on another engine."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def media_dir(self) -> Path:
        return self.data_dir / "media"

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"

    @property
    def models_dir(self) -> Path:
        """What the recommender has learned, made anew every night."""
        return self.data_dir / "models"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    :raises ConfigurationError: a value that cannot be used, named with what is expected
    """
    env = os.environ if environ is None else environ
    data_dir = Path(env.get("LMS_DATA_DIR", "var")).resolve()
    bind = env.get("LMS_BIND", "127.0.0.1")
    port = _integer(env, "LMS_PORT", DEFAULT_PORT)
    return Settings(
        data_dir=data_dir,
        database_url=env.get("LMS_DATABASE_URL", f"sqlite:///{data_dir / 'terrace.db'}"),
        content_dir=Path(env.get("LMS_CONTENT_DIR", Path(content.__file__).parent)).resolve(),
        secret_key=env.get("LMS_SECRET_KEY") or _kept_secret(data_dir),
        bind=bind,
        port=port,
        base_url=env.get("LMS_BASE_URL", f"http://{bind}:{port}").rstrip("/"),
        redis_url=env.get("LMS_REDIS_URL"),
        clamd_address=_clamd_address(env),
        trusted_proxies=_integer(env, "LMS_TRUSTED_PROXIES", 0),
        threads=_integer(env, "LMS_THREADS", 8),
        session_idle_minutes=_integer(env, "LMS_SESSION_IDLE_MINUTES", 8 * 60),
        session_absolute_minutes=_integer(env, "LMS_SESSION_ABSOLUTE_MINUTES", 72 * 60),
    )


def _clamd_address(env: Mapping[str, str]) -> str | None:
    """Where a ClamAV daemon listens: the path of its socket, or host:port."""
    address = env.get("LMS_CLAMD_ADDRESS") or None
    if address and not address.startswith("/") and not address.rpartition(":")[2].isdecimal():
        raise ConfigurationError(f"LMS_CLAMD_ADDRESS must be a path or host:port, not {address!r}.")
    return address


def _integer(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isdecimal():
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def _kept_secret(data_dir: Path) -> str:
    """The signing key of this installation, made at first use and readable by its owner only."""
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
