"""What an enterprise brings is its own: nobody else finds it, until a supervisor says yes."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.features.catalog.models import Module
from lms.features.organizations.models import OrganizationKind
from lms.features.organizations.service import create_organization
from lms.features.recommendations.models import Recommendation
from tests.features.studio.conftest import Studio
from tests.files.modules import module_files

CANARY = "Kanarienvogel"


@pytest.fixture
def slug(studio: Studio) -> str:
    both = {"zh": f"{CANARY}课", "en": f"{CANARY} module"}
    return studio.publish(module_files(marker=CANARY, title=both, summary=both))


def recommended(studio: Studio, name: str) -> set[str]:
    with studio.reading() as db:
        query = select(Module.slug).join(Recommendation, Recommendation.module_id == Module.id)
        return set(db.scalars(query.where(Recommendation.learner_id == studio.ids[name])))


def test_people_of_another_enterprise_find_nothing(studio: Studio, slug: str) -> None:
    browser = studio.browser("stranger")
    for path in (
        "/",
        "/curriculum",
        "/curriculum/list",
        f"/curriculum/list?q={CANARY}",
        "/recommendations/how",
    ):
        page = browser.get(path)
        assert page.status_code == 200
        assert slug not in page.text, path
        if "?" not in path:  # there the word that was looked for stands on the page
            assert CANARY not in page.text, path
    for path in (f"/modules/{slug}", f"/modules/{slug}/lessons/1"):
        assert browser.get(path).status_code == 404
    for path in ("enrollment", "watch", "quiz", "recognition"):
        assert browser.post(f"/modules/{slug}/{path}").status_code == 404
    answer = browser.post(f"/recommendations/{slug}/answer", data={"answer": "later"})
    assert answer.status_code == 404
    assert slug not in recommended(studio, "stranger")


def test_people_of_the_enterprise_find_it_everywhere(studio: Studio, slug: str) -> None:
    browser = studio.browser("learner")
    for path in ("/curriculum", "/curriculum/list", f"/curriculum/list?q={CANARY}", "/recommendations/how"):
        assert slug in browser.get(path).text, path
    assert slug in recommended(studio, "learner")


def test_who_leaves_the_enterprise_does_not_find_it_any_more(studio: Studio, slug: str) -> None:
    from lms.features.organizations.models import Employment

    with studio.writing() as db:
        row = db.scalars(select(Employment).where(Employment.user_id == studio.ids["learner"])).one()
        row.ended_on = row.started_on
    browser = studio.browser("learner")
    assert browser.get(f"/modules/{slug}").status_code == 404
    assert CANARY not in browser.get("/curriculum/list").text


def test_an_enterprise_that_moves_takes_its_modules_along(studio: Studio, slug: str) -> None:
    """What is kept of the catalogue names places of the tree: it must not name where they stood."""
    with studio.writing() as db:
        street = create_organization(
            db,
            kind=OrganizationKind.SUBDISTRICT,
            name_zh="街道",
            name_en="Street",
            parent_id=studio.district_id,
        ).id
    learner = studio.browser("learner")
    assert slug in learner.get("/curriculum/list").text
    moved = studio.browser("supervisor").post(
        f"/organizations/{studio.firm_id}/place", data={"parent_id": str(street)}
    )
    assert moved.status_code == 302
    for path in ("/curriculum", "/curriculum/list", f"/curriculum/list?q={CANARY}", f"/modules/{slug}"):
        page = learner.get(path)
        assert page.status_code == 200
        assert slug in page.text, path
    assert studio.browser("stranger").get(f"/modules/{slug}").status_code == 404


def test_the_uploads_of_another_enterprise_do_not_exist(studio: Studio, slug: str) -> None:
    uuid = studio.row().uuid
    for name in ("other", "stranger", "learner", "supervisor"):
        browser = studio.browser(name)
        assert browser.get(f"/studio/uploads/{uuid}").status_code == 404, name
        assert browser.get(f"/studio/uploads/{uuid}/preview").status_code == 404, name
        for what in ("import", "publication", "approval", "return", "removal"):
            assert browser.post(f"/studio/uploads/{uuid}/{what}").status_code == 404, name
    other = studio.browser("other")
    assert CANARY not in other.get("/studio").text
    for path in (f"/studio/modules/{slug}", f"/studio/modules/{slug}/preview"):
        assert other.get(path).status_code == 404
    for what in ("withdrawal", "district"):
        assert other.post(f"/studio/modules/{slug}/{what}", data={"reason": "x"}).status_code == 404
    assert other.get(f"/studio/uploads/{uuid4()}").status_code == 404
    assert other.post(f"/studio/organizations/{studio.firm_id}/second-approval").status_code == 404


def test_the_district_sees_it_after_a_supervisors_yes(studio: Studio, slug: str) -> None:
    teacher, supervisor = studio.browser("instructor"), studio.browser("supervisor")
    teacher.post(f"/studio/modules/{slug}/district")
    page = supervisor.get("/studio/shared").text
    assert CANARY in page
    assert CANARY in supervisor.get(f"/studio/modules/{slug}/preview").text
    address = page.split('action="/studio/shared/')[1].split('"')[0]
    assert studio.browser("manager").post(f"/studio/shared/{address}").status_code == 404
    supervisor.post(f"/studio/shared/{address}", data={"decision": "no", "reason": ""})
    assert studio.browser("stranger").get(f"/modules/{slug}").status_code == 404
    supervisor.post(f"/studio/shared/{address}", data={"decision": "yes"})
    studio.work()
    browser = studio.browser("stranger")
    assert browser.get(f"/modules/{slug}").status_code == 200
    assert CANARY in browser.get("/curriculum/list").text
    assert slug in recommended(studio, "stranger")


def test_an_upload_never_enters_a_roles_path(studio: Studio, slug: str) -> None:
    from lms.features.taxonomy.queries import list_roles

    with studio.reading() as db:
        assert all(slug not in role.path for role in list_roles(db))
