"""Getting in, being kept out, and saying no to the machine."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser, expect

from tests import world
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.journeys.conftest import Open
from tests.journeys.server import LiveServer
from tests.journeys.steps import choose_language, choose_role, enter, path_of, recommended, sign_in, title_of
from tests.journeys.words import say


def test_a_wrong_password_says_nothing_about_the_account(person: Visitor) -> None:
    person.expected.add(422)
    texts = []
    for name in (world.ZHOU, "nobody.here"):
        person.visit("/sign-in")
        sign_in(person, name, "wrong wrong wrong wrong")
        assert path_of(person) == "/sign-in"
        error = person.page.locator(".field-error").first
        expect(error).to_be_visible()
        texts.append(error.inner_text())
        assert person.page.locator("input[name=name]").input_value() == name
    assert texts[0] == texts[1]


def test_guessing_is_slowed_down(open_browser: Open) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        person.expected |= {422, 429}
        for _ in range(6):
            person.visit("/sign-in")
            sign_in(person, world.ZHOU, "wrong wrong wrong wrong")
        expect(person.page.locator("main")).to_contain_text("15")


def test_an_ended_session_leads_back_to_the_page_asked_for(person: Visitor, server: LiveServer) -> None:
    choose_language(server, world.ZHOU, person.language)
    enter(person, world.ZHOU)
    person.page.wait_for_load_state("networkidle")  # no request is under way when the time jumps
    server.clock.advance(timedelta(hours=9))
    person.visit(f"/modules/{world.BEGUN}/lessons/2")
    assert path_of(person) == "/sign-in"
    sign_in(person, world.ZHOU)
    assert path_of(person) == f"/modules/{world.BEGUN}/lessons/2"
    expect(person.page.locator("article.lesson")).to_be_visible()


def test_a_form_of_an_ended_session_says_so_and_leads_on(open_browser: Open, server: LiveServer) -> None:
    with open_browser(width=PHONE, language="zh", has_script=False) as person:
        person.expected.add(419)
        enter(person, world.ZHOU)
        person.visit("/profile")
        person.page.wait_for_load_state("networkidle")
        server.clock.advance(timedelta(hours=9))
        person.page.locator('main form[action="/profile"] button').first.click()
        expect(person.page.get_by_role("heading", level=1)).to_be_visible()
        assert person.page.locator("main a[href], main button").count() >= 1


def test_a_locked_module_shows_its_missing_step(person: Visitor, server: LiveServer) -> None:
    choose_language(server, world.LI, person.language)
    enter(person, world.LI)
    person.visit(f"/modules/{world.LOCKED}")
    step = title_of(server, world.MISSING_STEP, person.language)
    first = person.page.get_by_role("link", name=say(person.language, "First: %(title)s", title=step))
    expect(first).to_be_visible()
    expect(person.page.get_by_role("button", name=say(person.language, "Begin the module"))).to_have_count(0)
    first.click()
    person.page.wait_for_url(f"**/modules/{world.MISSING_STEP}")
    expect(person.page.get_by_role("button", name=say(person.language, "Begin the module"))).to_be_visible()


def test_the_off_switch_works_at_once_and_back(person: Visitor, server: LiveServer) -> None:
    choose_role(server, world.LI, "office-employee", person.language)
    enter(person, world.LI)
    personal = recommended(person)
    assert person.page.locator(".recommendation .reason").count() >= 1
    person.page.get_by_role("button", name=say(person.language, "Switch off")).click()
    person.page.wait_for_load_state("load")
    person.visit("/")
    assert person.page.locator(".recommendation .reason").count() == 0
    person.visit("/recommendations/how")
    person.page.get_by_role("button", name=say(person.language, "Switch recommendations on")).click()
    person.page.wait_for_load_state("load")
    person.visit("/")
    assert recommended(person) == personal


def test_without_a_role_the_start_page_asks_for_one(open_browser: Open) -> None:
    with open_browser(width=PHONE, language="en") as person:
        enter(person, world.LI)
        expect(person.page.get_by_role("heading", name="What is your work?")).to_be_visible()
        assert person.page.locator(".recommendation").count() >= 3


def test_the_language_switch_stays_on_the_page(open_browser: Open) -> None:
    with open_browser(width=DESKTOP, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit("/curriculum/list?layer=foundation")
        person.page.get_by_role("button", name="English").click()
        person.page.wait_for_load_state("load")
        assert person.page.url.endswith("/curriculum/list?layer=foundation")
        expect(person.page.locator("html")).to_have_attribute("lang", "en")


def test_a_word_in_the_middle_of_a_chinese_sentence_is_found(open_browser: Open) -> None:
    with open_browser(width=PHONE, language="zh") as person:
        enter(person, world.ZHOU)
        person.visit("/curriculum/list")
        field = person.page.locator("main input[name=q]").first
        field.fill("发票")
        field.press("Enter")
        person.page.wait_for_url("**q=*")
        expect(person.page.locator('main a[href="/modules/finance-invoice-basics"]').first).to_be_visible()


def test_without_a_connection_the_browser_shows_our_page(browser: Browser, server: LiveServer) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{server.url}/sign-in")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.goto(f"{server.url}/curriculum")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有连上服务器")
    assert page.get_by_role("link", name="再试一次").get_attribute("href") == ""
    context.set_offline(False)
    page.get_by_role("link", name="再试一次").click()
    page.wait_for_url(lambda url: "/sign-in?next=" in url)
    context.close()
