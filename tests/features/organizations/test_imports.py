"""Lists of people: checked, taken over, sent again; by two at once; never into a foreign firm."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, update
from werkzeug.test import TestResponse

from lms.db.transaction import Database
from lms.domain.permissions import Hat
from lms.features.accounts.models import User
from lms.features.notifications.models import Notification
from lms.features.organizations import import_views
from lms.features.organizations.models import Employment, PeopleImport, PeopleImportRow
from lms.features.organizations.people_queries import PersonRow, list_people
from lms.features.organizations.sheet import ReadList, read_list
from lms.features.organizations.tasks import purge_people_lists
from lms.features.trail.models import TrailEntry
from lms.jobs.outbox import deliver
from lms.web.spreadsheets import write_csv, write_xlsx
from tests.conftest import NOON
from tests.factories.accounts import make_user, sign_in_as
from tests.factories.tree import Tree, give_hat, role_id

HEADS = ["姓名", "登录名", "工号", "部门", "岗位", "直接上级", "入职日期"]
GOOD = [
    ["王一", "wang.yi", "001", "车间/一组", "安全管理员", "boss", date(2026, 1, 5)],
    ["孙二", "sun.er", "002", "Office", "", "001", None],
    ["吴敏", "wu", "007", "办公室", "", "", None],
]
BAD = [
    ["=1+1", "ab", "", "", "", "", None],
    ["甲", "rival", "", "", "", "", None],
    ["乙", "yi.yi", "", "财务", "", "", None],
]


def send(
    client: FlaskClient, place: int, rows: Sequence[Sequence[object]], kind: str = "xlsx"
) -> TestResponse:
    """Upload a list to be checked."""
    write = write_xlsx if kind == "xlsx" else write_csv
    file = (io.BytesIO(write(HEADS, rows)), f"people.{kind}")  # type: ignore[arg-type]
    return client.post(f"/organizations/{place}/people/lists", data={"file": file})


def take(client: FlaskClient, place: int, rows: Sequence[Sequence[object]]) -> str:
    """Upload a list and take it over; returns the list's address."""
    address = send(client, place, rows).location
    assert client.post(f"{address}/good").status_code == 302
    return address


def people(database: Database, tree: Tree) -> dict[str, PersonRow]:
    with database.reading() as db:
        return {row.sign_in_name: row for row in list_people(db, (tree.firm_path,))}


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that both engines of the database are given meanwhile."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    engines = {id(e): e for e in (database.reader, database.writer)}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_check_shows_each_row_and_writes_nothing(
    kind: str, tree: Tree, app: Flask, database: Database
) -> None:
    before = people(database, tree), count(database, User)
    client = sign_in_as(app, tree.boss)
    page = client.get(send(client, tree.firm, [*GOOD, *BAD], kind).location).text
    assert "Checked. Can be taken over: 3, cannot: 3" in page
    assert "This is a formula. Enter what it yields." in page
    assert "This sign-in name is taken. Choose another one." in page
    assert "There is no department of this name here. Create it first." in page
    assert (people(database, tree), count(database, User)) == before


def test_others_write_while_a_file_is_read(
    tree: Tree, app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file may take seconds; SQLite has one writer, so the request must not be it meanwhile."""
    came_through: list[bool] = []

    def write() -> None:
        with database.writing() as db:
            db.execute(update(User).where(User.id == tree.li).values(language="zh"))

    def read(data: bytes, *, most_rows: int) -> ReadList:
        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(timeout=5)
        came_through.append(not other.is_alive())
        return read_list(data, most_rows=most_rows)

    monkeypatch.setattr(import_views, "read_list", read)
    assert send(sign_in_as(app, tree.boss), tree.firm, GOOD).status_code == 302
    assert came_through == [True]


def test_the_reasons_speak_the_readers_language(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        db.execute(update(User).where(User.id == tree.boss).values(language="zh"))
    client = sign_in_as(app, tree.boss)
    address = send(client, tree.firm, BAD).location
    assert "这里是公式，请直接填写结果。" in client.get(address).text
    assert "这里没有这个部门，请先新建。" in client.get(f"{address}/refused.csv").data.decode("utf-8-sig")


def test_good_rows_go_in_and_bad_rows_come_back(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    address = take(client, tree.firm, [*GOOD, *BAD])
    found = people(database, tree)
    assert set(found) == {"boss", "wu", "li", "wang.yi", "sun.er"}
    wang, sun, wu = found["wang.yi"], found["sun.er"], found["wu"]
    assert (wang.organization_en, wang.role_en, wang.line_manager_sign_in) == (
        "Team",
        "Safety officer",
        "boss",
    )
    assert (wang.started_on, wang.is_waiting, wang.has_code) == (date(2026, 1, 5), True, False)
    assert (sun.organization_en, sun.line_manager_sign_in, sun.started_on) == (
        "Office",
        "wang.yi",
        NOON.date(),
    )
    assert (wu.organization_en, wu.staff_number, wu.is_waiting) == ("Office", "007", False)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/refused.xlsx").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:]] == [("=1+1", "ab"), ("甲", "rival"), ("乙", "yi.yi")]
    assert rows[0][-1] == "Reason"
    assert rows[2][-1] == "Sign-in name: This sign-in name is taken. Choose another one."
    assert sheet["A2"].data_type == "s"
    for kind in ("xlsx", "csv"):
        read = read_list(client.get(f"{address}/refused.{kind}").data, most_rows=10)
        assert ([row.get("sign_in_name") for row in read.rows], read.ignored) == (
            ["ab", "rival", "yi.yi"],
            [],
        )


def test_the_same_list_again_changes_nothing(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    address = take(client, tree.firm, GOOD)
    after = people(database, tree), count(database, Employment)
    assert client.post(f"{address}/good").status_code == 302  # a double click
    page = client.get(send(client, tree.firm, GOOD).location).text
    assert "Rows that say what is known already: 3." in page
    take(client, tree.firm, GOOD)
    assert (people(database, tree), count(database, Employment)) == after


def test_an_old_list_is_not_taken_over_again(tree: Tree, app: Flask, database: Database) -> None:
    """What managers have changed since must not be turned back by a click on an old page."""
    client = sign_in_as(app, tree.boss)
    address = take(client, tree.firm, GOOD)
    take(client, tree.firm, [["王一", "", "001", "Office", "", "", None]])
    assert client.post(f"{address}/good").status_code == 302
    assert people(database, tree)["wang.yi"].organization_en == "Office"
    assert "Taken over: 3, left out: 0" in client.get(address).text


def test_a_shorter_list_removes_nobody_and_an_empty_cell_clears_nothing(
    tree: Tree, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, tree.boss)
    take(client, tree.firm, GOOD)
    take(client, tree.firm, [["王一一", "", "001", "", "", "", None]])
    found = people(database, tree)
    assert len(found) == 5
    wang = found["wang.yi"]
    assert (wang.display_name, wang.organization_en, wang.line_manager_sign_in) == ("王一一", "Team", "boss")


def test_what_changed_between_check_and_taking_over_counts(
    tree: Tree, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, tree.boss)
    address = send(client, tree.firm, GOOD).location
    with database.writing() as db:
        make_user(db, "sun.er", display_name="somebody else")
    client.post(f"{address}/good")
    assert "sun.er" not in people(database, tree)
    page = client.get(address).text
    assert "Taken over: 2, left out: 1" in page


def test_a_discarded_list_is_gone(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    address = send(client, tree.firm, GOOD).location
    assert client.post(f"{address}/end").status_code == 302
    for answer in (client.get(address), client.post(f"{address}/good")):
        assert answer.status_code == 404
    assert count(database, PeopleImportRow) == 0
    assert "wang.yi" not in people(database, tree)


def test_lists_are_deleted_after_their_time(tree: Tree, app: Flask, database: Database) -> None:
    take(sign_in_as(app, tree.boss), tree.firm, GOOD)
    with database.writing() as db:
        purge_people_lists(db, {}, NOON + timedelta(days=29))
    assert count(database, PeopleImportRow) == 3
    with database.writing() as db:
        purge_people_lists(db, {}, NOON + timedelta(days=30))
    assert (count(database, PeopleImport), count(database, PeopleImportRow)) == (0, 0)


def test_a_list_belongs_to_its_sender(tree: Tree, app: Flask, database: Database) -> None:
    address = send(sign_in_as(app, tree.boss), tree.firm, GOOD).location
    for other in (tree.rival, tree.head, tree.wu):
        client = sign_in_as(app, other)
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/refused.csv").status_code == 404
        assert client.post(f"{address}/good").status_code == 404
        assert client.post(f"{address}/end").status_code == 404


def test_no_list_reaches_into_another_firm(tree: Tree, app: Flask, database: Database) -> None:
    """Naming the other firm's people, numbers, departments: nothing of theirs changes hands."""
    client = sign_in_as(app, tree.rival)
    assert send(client, tree.firm, GOOD).status_code == 404
    assert send(client, tree.street, GOOD).status_code == 404
    before = people(database, tree)
    take(
        client,
        tree.other_firm,
        [
            ["我的", "wu", "", "", "", "", None],
            ["新", "xin.xin", "1", "车间", "", "", None],
            ["新", "xin.er", "2", "", "", "boss", None],
        ],
    )
    assert people(database, tree) == before
    assert count(database, User) == 7


def test_a_manager_of_a_department_reaches_its_people_only(
    tree: Tree, app: Flask, database: Database
) -> None:
    with database.writing() as db:
        give_hat(db, tree.li, Hat.MANAGER, tree.office)
    client = sign_in_as(app, tree.li)
    page = client.get(
        send(
            client,
            tree.office,
            [
                ["吴敏", "wu", "9", "", "", "", None],
                ["新", "xin", "", "一组", "", "", None],
                ["好", "hao", "", "", "", "", None],
            ],
        ).location
    ).text
    assert "This person works where you do not manage people." in page
    assert "There is no department of this name here." in page
    assert "Can be taken over: 1, cannot: 2" in page


def test_a_left_person_comes_back_to_the_last_employer_only(
    tree: Tree, app: Flask, database: Database
) -> None:
    boss = sign_in_as(app, tree.boss)
    boss.post(f"/people/{tree.wu}/end", data={"ended_on": "2026-11-24"})
    take(sign_in_as(app, tree.rival), tree.other_firm, [["吴敏", "wu", "", "", "", "", None]])
    assert count(database, Employment) == 7
    take(boss, tree.firm, [["吴敏", "wu", "", "", "", "", None]])
    assert people(database, tree)["wu"].user_id == tree.wu
    assert count(database, Employment) == 8


def test_a_supervisor_may_take_in_who_works_nowhere(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        free = make_user(db, "free", display_name="游离").id
    row = [["游离", "free", "", "", "", "", None]]
    take(sign_in_as(app, tree.boss), tree.firm, row)
    assert "free" not in people(database, tree)
    take(sign_in_as(app, tree.head), tree.firm, row)
    assert people(database, tree)["free"].user_id == free


def test_two_lists_at_once_make_each_person_once(tree: Tree, app: Flask, database: Database) -> None:
    """Two managers send the same list and take it over in the same moment."""
    with database.writing() as db:
        give_hat(db, tree.li, Hat.MANAGER, tree.firm)
    clients = [sign_in_as(app, tree.boss), sign_in_as(app, tree.li)]
    addresses = [send(client, tree.firm, GOOD).location for client in clients]
    barrier = threading.Barrier(4)
    codes: list[int] = []

    def go(client: FlaskClient, address: str) -> None:
        barrier.wait()
        codes.append(client.post(f"{address}/good").status_code)

    jobs = [(clients[0], addresses[0]), (clients[1], addresses[1])] * 2
    threads = [threading.Thread(target=go, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [302] * 4
    assert len(people(database, tree)) == 5
    assert count(database, User) == 9
    assert count(database, Employment) == 9


def many(number: int) -> list[list[object]]:
    return [
        [f"员工{n}", f"person{n}", f"{n:05}", "车间", "安全管理员", "boss" if n < 9 else f"{n % 9:05}", None]
        for n in range(number)
    ]


def test_a_thousand_rows_cost_as_many_statements_as_ten(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    costs = []
    for number in (10, 1010):
        with counted(database) as checking:
            address = send(client, tree.firm, many(number)).location
        with counted(database) as taking:
            client.post(f"{address}/good")
        with counted(database) as looking:
            assert client.get(address).status_code == 200
        costs.append((len(checking), len(taking), len(looking)))
    assert len(people(database, tree)) == 1013
    few, lots = costs
    assert lots[0] <= few[0] + 10  # the driver sends a thousand rows in a few statements
    assert lots[1] <= few[1] + 30
    assert lots[2] <= few[2]
    assert lots[1] < 90


def test_roles_are_told_once_and_a_job_computes_what_follows(
    tree: Tree, app: Flask, database: Database
) -> None:
    with database.writing() as db:
        db.execute(update(User).where(User.id == tree.wu).values(role_id=role_id(db, "worker")))
    take(sign_in_as(app, tree.boss), tree.firm, [["吴敏", "wu", "", "", "安全管理员", "", None]])
    with database.reading() as db:
        kinds = list(db.scalars(select(Notification.kind).where(Notification.user_id == tree.wu)))
    assert kinds == ["role_set"]
    assert deliver(database, now=NOON + timedelta(minutes=1)) >= 1


def test_the_trail_names_the_list_and_each_person(tree: Tree, app: Flask, database: Database) -> None:
    take(sign_in_as(app, tree.boss), tree.firm, GOOD)
    with database.reading() as db:
        actions = list(db.scalars(select(TrailEntry.action)))
    assert actions.count("people_imported") == 1
    assert actions.count("employment_begun") == 7 + 2  # the tree's own and the two new ones
    assert actions.count("employment_changed") == 1
    assert actions.count("role_changed") == 1


def test_another_name_is_told_and_stands_in_the_trail(tree: Tree, app: Flask, database: Database) -> None:
    """Nothing happens to a person without a notice, and nothing changes without an entry."""
    take(sign_in_as(app, tree.boss), tree.firm, [["吴小敏", "wu", "", "", "", "", None]])
    assert people(database, tree)["wu"].display_name == "吴小敏"
    assert notices(database, tree.wu) == ["name_changed"]
    assert "吴小敏" in sign_in_as(app, tree.wu).get("/notifications").text
    with database.reading() as db:
        actions = [entry.action for entry in db.scalars(select(TrailEntry))]
    assert actions.count("person_renamed") == 1


def test_whoever_is_taken_in_again_hears_where_they_work(tree: Tree, app: Flask, database: Database) -> None:
    with database.writing() as db:
        db.execute(update(Employment).where(Employment.user_id == tree.wu).values(ended_on=date(2026, 3, 1)))
    take(sign_in_as(app, tree.head), tree.other_firm, [["吴敏", "wu", "", "", "", "", None]])
    assert notices(database, tree.wu) == ["employment_begun"]
    page = sign_in_as(app, tree.wu).get("/notifications").text
    assert "何砚青 entered that you work at Suli." in page


def notices(database: Database, user_id: int) -> list[str]:
    with database.reading() as db:
        return list(db.scalars(select(Notification.kind).where(Notification.user_id == user_id)))


def test_one_person_by_the_form(tree: Tree, app: Flask, database: Database) -> None:
    client = sign_in_as(app, tree.boss)
    form = {"name": "王一", "sign_in_name": "wu", "department": "车间", "started_on": "2026-11-24"}
    answer = client.post(f"/organizations/{tree.firm}/people", data={**form, "sign_in_name": "x"})
    assert answer.status_code == 422
    assert "A sign-in name has 2 to 64" in answer.text
    assert 'value="王一"' in answer.text
    answer = client.post(f"/organizations/{tree.firm}/people", data={**form, "sign_in_name": "wang.yi"})
    assert answer.status_code == 302
    assert people(database, tree)["wang.yi"].organization_en == "Workshop"
    assert client.post(f"/organizations/{tree.street}/people", data=form).status_code == 404
    answer = sign_in_as(app, tree.head).post(
        f"/organizations/{tree.street}/people", data={**form, "sign_in_name": "zz"}
    )
    assert "People are entered at an enterprise" in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "The file is empty."), (b"a,b\n1,2\n", "no column for the name"), (b"PK\x03\x04junk", "damaged")],
)
def test_a_bad_file_is_refused_in_words(
    data: bytes, words: str, tree: Tree, app: Flask, database: Database
) -> None:
    client = sign_in_as(app, tree.boss)
    form = {"file": (io.BytesIO(data), "x.xlsx")}
    answer = client.post(f"/organizations/{tree.firm}/people/lists", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert count(database, PeopleImport) == 0


def test_a_file_of_ten_megabytes_is_not_even_read(tree: Tree, app: Flask) -> None:
    client = sign_in_as(app, tree.boss)
    form = {"file": (io.BytesIO(b"x" * 10 * 1024 * 1024), "x.csv")}
    assert client.post(f"/organizations/{tree.firm}/people/lists", data=form).status_code == 413


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_template_and_export_have_heads_that_a_list_may_have(
    language: str, kind: str, tree: Tree, app: Flask, database: Database
) -> None:
    with database.writing() as db:
        db.execute(update(User).where(User.id == tree.boss).values(language=language))
    client = sign_in_as(app, tree.boss)
    read = read_list(client.get(f"/organizations/{tree.firm}/people.{kind}").data, most_rows=10)
    assert (len(read.rows), read.ignored) == (3, [])
    template = client.get(f"/organizations/{tree.firm}/people/template.{kind}").data
    if kind == "csv":
        assert client.get(f"/organizations/{tree.firm}/people.csv").data.startswith(template)
