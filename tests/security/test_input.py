"""Numbers that no row has, and the character that no text of PostgreSQL may hold (safety.md I13): on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from tests.factories.accounts import sign_in_as
from tests.factories.tree import Tree, give_hat, make_tree

VARIABLE = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>")
NUL = "a\0b"
TEXTS = {
    "/sign-in": ("name", "password"),
    "/organizations/{firm}/people": ("name", "sign_in_name", "staff_number", "department", "line_manager"),
    "/organizations/{firm}/below": ("name_zh", "name_en"),
    "/people/{wu}/work": ("staff_number", "line_manager"),
    "/people/{wu}/hats": ("hat", "ends_on"),
}
SEARCHES = (
    "/organizations/{firm}?q={nul}",
    "/team?q={nul}",
    "/curriculum/list?q={nul}&layer={nul}",
    "/curriculum/find?text={nul}",
    "/glossary?q={nul}",
    "/plan?role={nul}&skill={nul}",
    "/modules/{nul}",
    "/modules/{nul}/lessons/1",
    "/media/{nul}/{nul}",
    "/studio/modules/{nul}",
    "/district/rows/{nul}",
    "/static/{nul}",
)


@pytest.fixture
def tree(database: Database) -> Tree:
    with database.writing() as db:
        made = make_tree(db)
        for hat in (Hat.INSTRUCTOR, Hat.AUDITOR):
            give_hat(db, made.head, hat, made.district)
        give_hat(db, made.head, Hat.MANAGER, made.firm)
        return made


@pytest.fixture
def client(app: Flask, tree: Tree) -> FlaskClient:
    """Somebody with every hat, so that no loader is spared."""
    return sign_in_as(app, tree.head)


def addresses(app: Flask, number: int) -> Iterator[tuple[str, str]]:
    """Method and address of every route that names a row by its number, filled with this one."""
    for rule in app.url_map.iter_rules():
        names = [name for name in rule.arguments if name.endswith("_id") or name == "position"]
        values = {"uuid": "00000000-0000-4000-8000-000000000000", "kind": "xlsx", "slug": "x"}
        values |= dict.fromkeys(names, str(number))
        path = VARIABLE.sub(lambda found, known=values: known.get(found[1], "x"), rule.rule)
        yield from ((method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"}) if names)


@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_is_not_found(number: int, app: Flask, client: FlaskClient) -> None:
    found = list(addresses(app, number))
    assert len(found) >= 30
    for method, path in found:
        assert client.open(path, method=method).status_code in (404, 405), f"{method} {path}"


@pytest.mark.parametrize("address", TEXTS)
def test_nul_in_a_field_is_no_fault_of_the_server(address: str, tree: Tree, client: FlaskClient) -> None:
    form = dict.fromkeys(TEXTS[address], NUL) | {"organization_id": str(tree.team), "kind": "department"}
    answer = client.post(address.format(firm=tree.firm, wu=tree.wu), data=form)
    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("address", SEARCHES)
def test_nul_in_an_address_is_no_fault_of_the_server(address: str, tree: Tree, client: FlaskClient) -> None:
    answer = client.get(address.format(firm=tree.firm, nul="a%00b"))
    assert answer.status_code in (200, 404)
