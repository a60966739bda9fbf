"""The application on a copy of the small world, and browsers of its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from lms.app import create_app
from lms.ports.clock import FixedClock
from tests import world
from tests.addresses import AddressBook, make_address_book
from tests.conftest import NOON
from tests.factories.accounts import sign_in_as


@pytest.fixture
def world_app(
    first_world: Path, tmp_path: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[Flask]:
    """The application with CSRF protection on, as it is served."""
    folder = world.copy_world(first_world, tmp_path / "world")
    with world.opened(folder) as database:
        app = create_app(world.world_settings(folder), database=database, clock=FixedClock(NOON))
        app.jinja_env.bytecode_cache = compiled_templates
        yield app


@pytest.fixture
def anonymous(world_app: Flask) -> FlaskClient:
    return world_app.test_client()


@pytest.fixture
def learner(world_app: Flask) -> FlaskClient:
    """Zhou Min's browser."""
    return sign_in_as(world_app, user_id(world_app, world.ZHOU))


@pytest.fixture
def own(world_app: Flask) -> AddressBook:
    """Addresses of what Zhou Min may see."""
    return make_address_book(world_app, world.ZHOU)


@pytest.fixture
def foreign(world_app: Flask) -> AddressBook:
    """Addresses of what belongs to Chen Jie."""
    return make_address_book(world_app, world.CHEN)


def user_id(app: Flask, name: str) -> int:
    with app.extensions["database"].reading() as db:
        return world.get_user_id(db, name)
