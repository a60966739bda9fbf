"""The tree on its pages: who sees what, and what moves along."""

from __future__ import annotations

import io
import threading

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.models import HatGrant
from lms.features.organizations.models import Organization, OrganizationKind
from lms.features.organizations.queries import get_organization, list_children, list_subtree
from lms.features.organizations.service import WrongPlaceInTree, create_organization, move_organization
from tests.factories.accounts import sign_in_as
from tests.factories.tree import Tree, give_hat


def paths(database: Database) -> dict[int, str]:
    with database.reading() as db:
        return {row.id: row.path for row in db.execute(select(Organization.id, Organization.path))}


def test_a_department_includes_its_subtree_and_says_so(tree: Tree, app: Flask) -> None:
    page = sign_in_as(app, tree.boss).get(f"/organizations/{tree.firm}").text
    assert "Hengchuan: 3 people" in page  # Boss, Wu in the team below the workshop, Li
    assert "All 3 organisations below are included, always." in page
    page = sign_in_as(app, tree.boss).get(f"/organizations/{tree.workshop}").text
    assert "Workshop: 1 person" in page
    assert "The 1 organisation below is included, always." in page
    assert "吴敏" in page
    assert "李伟" not in page


def test_the_figures_of_what_stands_below(tree: Tree, database: Database) -> None:
    with database.reading() as db:
        rows = list_children(db, tree.firm, limit=10)
    assert {(r.name_en, r.below_count, r.people_count) for r in rows} == {
        ("Workshop", 1, 1),
        ("Office", 0, 1),
    }


def test_a_manager_begins_at_the_own_firm_and_sees_nothing_above_or_beside(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.boss)
    assert client.get("/organizations").location == f"/organizations/{tree.firm}"
    for foreign in (tree.district, tree.street, tree.other_firm, 999):
        for address in ("", "/edit", "/people/new", "/people.csv"):
            assert client.get(f"/organizations/{foreign}{address}").status_code == 404, (foreign, address)
    page = client.get(f"/organizations/{tree.team}").text
    assert "Street" not in page
    assert "望潮区" not in page


def test_who_has_no_hat_sees_no_tree(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.wu)
    assert client.get("/organizations").status_code == 403
    assert client.get(f"/organizations/{tree.team}").status_code == 404


def test_an_auditor_sees_the_tree_but_no_people(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.auditor)
    page = client.get(f"/organizations/{tree.firm}").text
    assert "3 organisations stand below it." in page
    assert "吴敏" not in page
    assert "wu" not in page.split("<main")[1].split("</main>")[0].split()
    assert client.get(f"/people/{tree.wu}").status_code == 404
    assert client.get(f"/organizations/{tree.firm}/people.csv").status_code == 404


def test_people_are_searched_filtered_and_paged(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.head)
    page = client.get(f"/organizations/{tree.district}?q=吴").text
    assert "吴敏" in page
    assert "李伟" not in page
    assert "Nobody matches these filters" in client.get(f"/organizations/{tree.district}?q=nobody").text
    page = client.get(f"/organizations/{tree.firm}?show=without-role").text
    assert "Without job role 3" in page
    assert "李伟" in client.get(f"/organizations/{tree.firm}?show=garbage&page=77").text
    for wild in ("%", "_", "' OR 1=1 --"):
        assert "Nobody matches" in client.get(f"/organizations/{tree.firm}", query_string={"q": wild}).text


def test_the_list_is_exported_as_shown(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.boss)
    answer = client.get(f"/organizations/{tree.firm}/people.xlsx?q=li")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:4] == ["Name", "Sign-in name", "Staff number", "Department"]
    assert [row[:2] for row in rows[1:]] == [["李伟", "li"]]
    text = client.get(f"/organizations/{tree.firm}/people.csv").data.decode("utf-8-sig")
    assert text.count("\r\n") == 4


def test_departments_are_made_renamed_and_only_departments_by_managers(
    tree: Tree, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, tree.boss)
    form = {"kind": "department", "name_zh": "质检部", "name_en": ""}
    answer = client.post(f"/organizations/{tree.firm}/below", data=form)
    assert answer.location == f"/organizations/{tree.firm}"
    with database.reading() as db:
        made = next(row for row in list_subtree(db, tree.firm_path) if row.name_zh == "质检部")
    assert (made.name_en, made.parent_id) == ("质检部", tree.firm)
    form = {"name_zh": "质量部", "name_en": "Quality"}
    assert client.post(f"/organizations/{made.organization_id}/names", data=form).status_code == 302
    with database.reading() as db:
        again = get_organization(db, made.organization_id)
    assert again is not None
    assert again.name_en == "Quality"
    assert client.post(f"/organizations/{tree.firm}/names", data=form).status_code == 404
    form = {"kind": "enterprise", "name_zh": "x"}
    assert client.post(f"/organizations/{tree.firm}/below", data=form).status_code == 422
    form = {"kind": "department", "name_zh": " "}
    answer = client.post(f"/organizations/{tree.firm}/below", data=form)
    assert answer.status_code == 422
    assert "Enter a name in at least one language." in answer.text


def test_a_move_takes_subtree_and_hats_along(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        give_hat(db, tree.li, Hat.MANAGER, tree.workshop)
        give_hat(db, tree.wu, Hat.MANAGER, tree.team)
    boss, li = sign_in_as(app, tree.boss), sign_in_as(app, tree.li)
    answer = boss.post(f"/organizations/{tree.workshop}/place", data={"parent_id": tree.office})
    assert answer.status_code == 302
    moved = f"{tree.firm_path}{tree.office}/{tree.workshop}/"
    assert paths(database)[tree.workshop] == moved
    assert paths(database)[tree.team] == f"{moved}{tree.team}/"
    with database.reading() as db:
        grants = db.execute(select(HatGrant.organization_id, HatGrant.scope_path))
        scopes = {row.organization_id: row.scope_path for row in grants}
    assert scopes[tree.workshop] == moved
    assert scopes[tree.team] == f"{moved}{tree.team}/"
    assert scopes[tree.firm] == tree.firm_path
    assert li.get(f"/organizations/{tree.team}").status_code == 200


@pytest.mark.parametrize("target", ["team", "workshop", "other_firm", "street"])
def test_nothing_moves_below_itself_or_out_of_its_firm(
    target: str, tree: Tree, app: Flask, database: Database
) -> None:
    before = paths(database)
    client = sign_in_as(app, tree.head)
    client.post(f"/organizations/{tree.workshop}/place", data={"parent_id": getattr(tree, target)})
    assert paths(database) == before


def test_a_manager_moves_nothing_into_a_foreign_firm(tree: Tree, app: Flask, database: Database) -> None:
    before = paths(database)
    client = sign_in_as(app, tree.boss)
    for target in (tree.other_firm, tree.district, 999):
        answer = client.post(f"/organizations/{tree.workshop}/place", data={"parent_id": target})
        assert answer.status_code == 404
    assert (
        client.post(f"/organizations/{tree.firm}/place", data={"parent_id": tree.street}).status_code == 404
    )
    assert paths(database) == before


def test_two_moves_at_once_leave_no_ring(tree: Tree, database: Database) -> None:
    """Workshop below office and office below workshop: the second one finds what the first has done."""
    barrier = threading.Barrier(2)
    failures: list[Exception] = []

    def move(node: int, target: int) -> None:
        barrier.wait()
        try:
            with database.writing() as db:
                move_organization(db, node, parent_id=target)
        except WrongPlaceInTree as error:
            failures.append(error)

    threads = [
        threading.Thread(target=move, args=pair)
        for pair in ((tree.workshop, tree.office), (tree.office, tree.workshop))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failures) == 1
    with database.reading() as db:
        rows = db.execute(select(Organization.id, Organization.parent_id, Organization.path)).all()
    by_id = {row.id: row for row in rows}
    for row in rows:
        above = by_id[row.parent_id].path if row.parent_id else "/"
        assert row.path == f"{above}{row.id}/"


def test_supervisors_make_enterprises_in_their_part_only(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        kind = OrganizationKind.SUBDISTRICT
        other = create_organization(
            db, kind=kind, name_zh="云岭镇", name_en="Town", parent_id=tree.district
        ).id
        give_hat(db, tree.li, Hat.SUPERVISOR, tree.street)
    client = sign_in_as(app, tree.li)
    form = {"kind": "enterprise", "name_zh": "新企业"}
    assert client.post(f"/organizations/{tree.street}/below", data=form).status_code == 302
    assert client.post(f"/organizations/{other}/below", data=form).status_code == 404
    assert client.post(f"/organizations/{tree.firm}/place", data={"parent_id": other}).status_code == 404
    with database.reading() as db:
        assert (
            db.scalar(select(func.count()).select_from(Organization).where(Organization.name_zh == "新企业"))
            == 1
        )
