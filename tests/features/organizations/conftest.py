"""The small district in which the tests of organisations happen."""

from __future__ import annotations

import pytest

from lms.db.transaction import Database
from tests.factories.tree import Tree, make_tree


@pytest.fixture
def tree(database: Database) -> Tree:
    with database.writing() as db:
        return make_tree(db)
