"""The people around the learner: who brings modules, who asks for learning, who counts, and who is out."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from lms.domain.permissions import Hat
from lms.jobs.outbox import deliver
from tests import world
from tests.factories.tree import Tree, give_hat, make_tree
from tests.features.studio.conftest import zipped
from tests.files.modules import SLUG, module_files
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.journeys.conftest import Open
from tests.journeys.server import LiveServer
from tests.journeys.steps import (
    answer_all,
    choose_language,
    enter,
    path_of,
    read_to_the_end,
    sign_in,
    title_of,
)
from tests.journeys.words import say

WAYS = [(PHONE, "zh"), (DESKTOP, "en")]
FRESH = "granite heron sings low"
WORD = "Zeppelin"
SKILL = "rule-of-law"
Enter = Callable[[str], AbstractContextManager[Visitor]]
LIST = "姓名,登录名,工号\n许知远,xu.zhiyuan,7001\n,broken row,7002\n"


@pytest.fixture
def tree(server: LiveServer) -> Tree:
    """A district with two enterprises; Li teaches in the first one."""
    with server.database.writing() as db:
        made = make_tree(db)
        give_hat(db, made.li, Hat.INSTRUCTOR, made.firm)
    return made


@pytest.fixture(params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def come_in(request: pytest.FixtureRequest, open_browser: Open, server: LiveServer, tree: Tree) -> Enter:
    """Opens a browser in which somebody has signed in."""
    width, language = request.param

    @contextmanager
    def opened(name: str) -> Any:
        choose_language(server, name, language)
        with open_browser(width=width, language=language) as person:
            enter(person, name)
            yield person

    return opened


def work(server: LiveServer) -> None:
    """Let the worker do what waits."""
    while deliver(server.database, now=server.clock.now()):
        pass


def press(person: Visitor, text: str, **figures: Any) -> None:
    """Press the button with these words, and wait for what comes."""
    with person.page.expect_navigation():
        person.page.get_by_role("button", name=say(person.language, text, **figures), exact=True).click()


def own_module() -> bytes:
    """An archive for the real curriculum."""
    files = module_files(marker=WORD, teaches=[{"skill": SKILL, "level": 2}])
    files["quiz.yaml"] = files["quiz.yaml"].replace(b'"skill": "reading"', f'"skill": "{SKILL}"'.encode())
    return zipped(files)


def test_an_uploaded_module_reaches_its_learners(come_in: Enter, server: LiveServer, tree: Tree) -> None:
    with come_in("li") as teacher:
        teacher.visit("/studio/upload")
        archive = {"name": "own.zip", "mimeType": "application/zip", "buffer": own_module()}
        teacher.page.locator("input[name=archive]").set_input_files(files=[archive])  # type: ignore[list-item]
        press(teacher, "Upload and check")
        teacher.page.wait_for_url("**/studio/uploads/*")
        report = path_of(teacher)
        expect(teacher.page.get_by_role("heading", level=1)).to_be_visible()
        press(teacher, "Import")
        work(server)
        teacher.visit(report)
        teacher.page.get_by_role("link", name=say(teacher.language, "View as a learner")).click()
        expect(teacher.page.get_by_role("heading", level=1)).to_contain_text(f"Own {SLUG}")
        teacher.visit(report)
        press(teacher, "Publish")
        work(server)

    slug = f"{SLUG}~{tree.firm}"
    with come_in("he") as stranger:
        stranger.visit(f"/curriculum/list?q={WORD}")
        assert stranger.page.locator(f'main a[href="/modules/{slug}"]').count() == 0
    with come_in("wu") as learner:
        learner.visit(f"/curriculum/list?q={WORD}")
        learner.page.locator(f'main a[href="/modules/{slug}"]').locator("visible=true").first.click()
        learner.page.wait_for_url(f"**/modules/{slug}")
        press(learner, "Begin the module")
        expect(learner.page.locator("article.lesson")).to_contain_text(WORD)


def test_a_manager_brings_people_asks_and_sees(
    come_in: Enter, open_browser: Open, server: LiveServer, tree: Tree
) -> None:
    slug = world.DONE
    with come_in("boss") as manager:
        language = manager.language
        code = bring_people(manager, tree)
        with open_browser(width=DESKTOP, language=language) as learner:
            learner.visit("/sign-in")
            sign_in(learner, "xu.zhiyuan", code)
            renew_password(learner, code)
            with server.database.reading() as db:
                user_id = world.get_user_id(db, "xu.zhiyuan")
            ask_for(manager, user_id, slug)
            choose_language(server, "xu.zhiyuan", language)
            learner.visit("/")
            expect(learner.page.locator("main")).to_contain_text(title_of(server, slug, language))
            expect(learner.page.locator("main")).to_contain_text("郑志远")
            complete(learner, server, slug)
        work(server)
        manager.visit(f"/team/people/{user_id}")
        row = manager.page.locator(".need-list li").filter(has=manager.page.locator(f'[href$="{slug}"]'))
        expect(row.locator(".done")).to_be_visible()


def bring_people(manager: Visitor, tree: Tree) -> str:
    """A list with a good row and a bad one; returns the code of the person who is new."""
    manager.visit(f"/organizations/{tree.firm}/people/new")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    manager.page.locator("input[name=file]").set_input_files(files=[file])  # type: ignore[list-item]
    press(manager, "Check the list")
    manager.page.wait_for_url("**/people-lists/*")
    with manager.page.expect_navigation():
        manager.page.locator('form[action$="/good"] button').click()
    manager.visit(f"/organizations/{tree.firm}")
    expect(manager.page.locator("main")).to_contain_text("许知远")
    with manager.page.expect_navigation():
        manager.page.locator('form[action$="/codes"] button').first.click()
    slip = manager.page.locator(".slip").filter(has_text="xu.zhiyuan")
    return slip.locator(".slip-code").inner_text().strip()


def renew_password(learner: Visitor, code: str) -> None:
    """The first password is replaced before anything else."""
    assert path_of(learner) == "/profile/password"
    learner.page.locator("input[name=current]").fill(code)
    learner.page.locator("input[name=new]").fill(FRESH)
    for again in learner.page.locator("input[name=repeated]").all():
        again.fill(FRESH)
    with learner.page.expect_navigation():
        learner.page.locator('main form button[type="submit"], main form button:not([type])').first.click()
    assert path_of(learner) != "/profile/password"


def ask_for(manager: Visitor, user_id: int, slug: str) -> None:
    manager.visit(f"/team/people/{user_id}/assign")
    box = manager.page.locator(f'input[name=module][value="{slug}"]')
    box.evaluate("box => { const part = box.closest('details'); if (part) part.open = true; }")
    box.check()
    press(manager, "Assign")
    assert path_of(manager) == f"/team/people/{user_id}"


def complete(learner: Visitor, server: LiveServer, slug: str) -> None:
    learner.visit(f"/modules/{slug}")
    press(learner, "Begin the module")
    assert read_to_the_end(learner, slug) >= 1
    press(learner, "Start the quiz")
    answer_all(learner, server)


def test_a_supervisor_opens_a_figure_down_to_its_rows(come_in: Enter, server: LiveServer, tree: Tree) -> None:
    with server.database.writing() as db:
        for user_id in (tree.wu, tree.he):
            world.begin(db, user_id, world.BEGUN, lessons=1)
    with come_in("head") as supervisor:
        supervisor.visit("/district")
        figure = supervisor.page.locator(".key-figure a").first
        shown = re.sub(r"\D", "", figure.inner_text())
        assert shown == "2"
        figure.click()
        supervisor.page.wait_for_url("**/district/rows/**")
        expect(supervisor.page.get_by_role("heading", level=1)).to_contain_text("2")
        expect(supervisor.page.locator("main tbody tr")).to_have_count(2)
        for name in ("吴敏", "何俊"):
            expect(supervisor.page.locator("main tbody")).to_contain_text(name)


def test_a_suspended_person_is_out_at_once(come_in: Enter, tree: Tree) -> None:
    with come_in("wu") as learner, come_in("boss") as manager:
        learner.visit("/profile")
        manager.visit(f"/people/{tree.wu}")
        press(manager, "Suspend the account")
        learner.expected |= {419, 422}
        learner.page.locator('main form[action="/profile"] button').first.click()
        learner.page.wait_for_load_state("load")
        expect(learner.page.locator("main a[href], main button").first).to_be_visible()
        for path in ("/", "/curriculum", "/profile", "/notifications"):
            learner.visit(path)
            assert path_of(learner) == "/sign-in"
        sign_in(learner, "wu")
        assert path_of(learner) == "/sign-in"
