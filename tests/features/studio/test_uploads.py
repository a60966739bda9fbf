"""An instructor brings a module: report, draft, publishing, new versions, taking back."""

from __future__ import annotations

import json
import threading
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.domain.policy import Policy
from lms.features.catalog.models import Lesson, Module, ModuleVersion, Question
from lms.features.enrollment.models import Enrollment
from lms.features.notifications.models import Notification
from lms.features.organizations.service import set_second_approval
from lms.features.policies.models import PolicyVersion
from lms.features.studio.models import UploadedModule
from lms.features.trail.models import TrailEntry
from lms.ports.virus_scanner import ScannerDouble, Verdict
from tests.conftest import NOON
from tests.factories.curriculum import BASICS, make_curriculum
from tests.features.studio.conftest import Studio, zipped
from tests.files.hostile import FAMILIES, hostile_archives
from tests.files.modules import UUID, module_files


def states(studio: Studio) -> list[tuple[int, str, bool]]:
    """Versions of the uploaded module: number, state, current."""
    with studio.reading() as db:
        query = (
            select(ModuleVersion.number, ModuleVersion.state, ModuleVersion.is_current)
            .join(Module, Module.id == ModuleVersion.module_id)
            .where(Module.slug == studio.slug())
            .order_by(ModuleVersion.number)
        )
        return [tuple(row) for row in db.execute(query)]


def notices(studio: Studio, name: str) -> list[str]:
    with studio.reading() as db:
        query = select(Notification.kind).where(Notification.user_id == studio.ids[name])
        return list(db.scalars(query.order_by(Notification.id)))


def test_a_sound_archive_becomes_a_draft_and_then_a_module(studio: Studio) -> None:
    answer = studio.upload()
    assert studio.row().state == "checked"
    browser = studio.browser("instructor")
    report = browser.get(answer.location).text
    assert "Own own-module" in report
    assert "12 questions" in report
    assert studio.browser("learner").get(f"/modules/{studio.slug()}").status_code == 404

    browser.post(f"{answer.location}/import")
    assert "Import: 0 of 4" in browser.get(answer.location).text  # the frame, two lessons, the questions
    studio.work()
    assert (studio.row().state, studio.row().steps_done) == ("imported", 4)
    assert states(studio) == [(1, "draft", False)]
    assert notices(studio, "instructor") == ["upload_finished"]
    assert studio.browser("learner").get(f"/modules/{studio.slug()}").status_code == 404
    assert "own-module 1" in browser.get(f"{answer.location}/preview/1").text

    browser.post(f"{answer.location}/publication")
    assert states(studio) == [(1, "published", True)]
    with studio.reading() as db:
        assert db.scalar(select(func.count(Lesson.id)).where(Lesson.slug.like("%-part"))) >= 2
        version = db.scalars(select(ModuleVersion).join(Module).where(Module.slug == studio.slug())).one()
        assert db.scalar(select(func.count(Question.id)).where(Question.version_id == version.id)) == 12


def test_a_learner_finds_begins_and_reads_it(studio: Studio) -> None:
    slug = studio.publish(module_files(marker="Zeppelin"))
    browser = studio.browser("learner")
    assert slug in browser.get("/curriculum").text
    assert slug in browser.get("/curriculum/list?q=zeppelin").text
    assert browser.post(f"/modules/{slug}/enrollment").status_code == 302
    lesson = browser.get(f"/modules/{slug}/lessons/1").text
    assert "Zeppelin" in lesson
    media = lesson.split('<img src="')[1].split('"')[0]
    figure = browser.get(media)
    assert figure.status_code == 200
    assert figure.headers["Content-Type"].startswith("image/svg+xml")
    assert "sandbox" in figure.headers["Content-Security-Policy"]
    assert figure.headers["X-Content-Type-Options"] == "nosniff"
    assert studio.browser("stranger").get(media).status_code == 404


def test_faults_are_reported_with_line_and_remedy_in_the_readers_language(studio: Studio) -> None:
    files = module_files()
    files["lessons/01-part.zh.md"] = files["lessons/01-part.zh.md"].replace(b"figure.svg", b"gone.svg")
    answer = studio.upload(files)
    assert studio.row().state == "refused"
    browser = studio.browser("instructor")
    page = browser.get(answer.location).text
    assert "media/gone.svg does not exist." in page
    assert "lessons/01-part.zh.md · line 14" in page
    assert "Put the file into the media folder" in page
    browser.post("/language/zh")
    assert "找不到 media/gone.svg" in browser.get(answer.location).text
    assert browser.post(f"{answer.location}/import").status_code == 409
    assert studio.row().state == "refused"


@pytest.mark.parametrize("changes", [{"slug": BASICS}, {"uuid": "00000000-0000-4000-8000-000000000001"}])
def test_a_module_of_the_curriculum_is_not_taken_over(studio: Studio, changes: dict[str, str]) -> None:
    studio.upload(module_files(**changes))
    assert studio.row().state == "refused"
    assert "U003" in {row["rule"] for row in studio.row().report["findings"] if row["is_error"]}


def test_the_same_archive_of_two_enterprises_makes_two_modules(studio: Studio) -> None:
    studio.publish()
    studio.publish(by="other")
    with studio.reading() as db:
        slugs = set(db.scalars(select(Module.slug).where(Module.origin == "upload")))
        assert slugs == {f"own-module~{studio.firm_id}", f"own-module~{studio.other_id}"}


def test_a_slug_with_another_uuid_is_no_next_version(studio: Studio) -> None:
    studio.publish()
    studio.upload(module_files(uuid=UUID[:-1] + "9"))
    assert studio.row().state == "refused"
    assert [row["rule"] for row in studio.row().report["findings"] if row["is_error"]] == ["U008"]


def test_a_new_version_leaves_learners_under_way_theirs(studio: Studio) -> None:
    slug = studio.publish(module_files(marker="eins"))
    browser = studio.browser("learner")
    browser.post(f"/modules/{slug}/enrollment")
    studio.publish(module_files(marker="zwei"))
    assert states(studio) == [(1, "retired", False), (2, "published", True)]
    assert "eins" in browser.get(f"/modules/{slug}/lessons/1").text
    assert "Version 2 is published" in browser.get(f"/modules/{slug}").text


def test_what_is_not_offered_any_more_stays_with_who_has_begun_it(studio: Studio) -> None:
    slug = studio.publish()
    browser = studio.browser("learner")
    browser.post(f"/modules/{slug}/enrollment")
    teacher = studio.browser("instructor")
    teacher.post(f"/studio/modules/{slug}/withdrawal", data={"reason": ""})
    assert states(studio) == [(1, "published", True)]  # a reason is asked for
    teacher.post(f"/studio/modules/{slug}/withdrawal", data={"reason": "outdated"})
    studio.work()
    assert states(studio) == [(1, "retired", False)]
    assert browser.get(f"/modules/{slug}/lessons/1").status_code == 200
    assert slug in browser.get("/").text
    assert slug in browser.get("/curriculum").text
    with studio.reading() as db:
        assert db.scalar(select(Enrollment.status)) == "active"
    fresh = studio.browser("instructor")  # employed there, has not begun it
    assert fresh.get(f"/modules/{slug}").status_code == 404
    assert slug not in fresh.get("/curriculum/list").text
    assert "module_unpublished" in notices(studio, "second")


def test_a_second_person_publishes_where_the_enterprise_wants_it(studio: Studio) -> None:
    with studio.writing() as db:
        set_second_approval(db, studio.firm_id, is_needed=True)
    uuid = studio.import_()
    browser = studio.browser("instructor")
    browser.post(f"/studio/uploads/{uuid}/publication")
    assert states(studio) == [(1, "draft", False)]
    browser.post(f"/studio/uploads/{uuid}/approval")
    assert notices(studio, "second") == ["review_asked"]
    assert notices(studio, "manager") == ["review_asked"]
    second = studio.browser("second")
    second.post(f"/studio/uploads/{uuid}/return", data={"reason": "add a source"})
    assert "review_refused" in notices(studio, "instructor")
    browser.post(f"/studio/uploads/{uuid}/approval")
    second.post(f"/studio/uploads/{uuid}/publication")
    assert states(studio) == [(1, "published", True)]
    assert "review_agreed" in notices(studio, "instructor")


def test_two_publishers_at_once_publish_once(studio: Studio) -> None:
    uuid = studio.import_()
    browsers = [studio.browser(name) for name in ("instructor", "second")]
    threads = [
        threading.Thread(target=browser.post, args=(f"/studio/uploads/{uuid}/publication",))
        for browser in browsers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(studio) == [(1, "published", True)]


def test_sync_leaves_uploads_alone(studio: Studio, tmp_path: object) -> None:
    slug = studio.publish()
    with studio.writing() as db:
        from pathlib import Path

        report = make_curriculum(db, Path(str(tmp_path)))
    assert slug not in report.added + report.changed + report.unchanged
    assert states(studio) == [(1, "published", True)]
    assert studio.browser("learner").get(f"/modules/{slug}").status_code == 200


def test_hostile_archives_by_the_form(studio: Studio) -> None:
    """One of every family: refused with a reason on a page, never a 500."""
    silent = []
    for name, data in hostile_archives(len(FAMILIES), 7):
        if not data:
            continue  # the browser sends no empty file
        answer = studio.upload(raw=data)
        page = studio.browser("instructor").get(answer.location).text if answer.location else answer.text
        if studio.row().state != "refused" or "finding-title" not in page:
            silent.append(name)
    assert silent == []


def test_only_the_upload_takes_large_bodies_and_only_from_instructors(studio: Studio) -> None:
    """The check of the form's token reads the body before any view; the limit must be right by then."""
    studio.app.config["WTF_CSRF_ENABLED"] = True
    browser = studio.browser("instructor")
    token = browser.get("/studio/upload").text.split('name="csrf_token" value="')[1].split('"')[0]

    def send(client: FlaskClient, path: str) -> int:
        data = {"archive": (BytesIO(b"x" * 2_000_000), "x.zip"), "csrf_token": token}
        return client.post(path, data=data).status_code

    assert send(browser, "/studio/uploads") == 302
    assert send(browser, "/language/zh") == 413
    assert send(studio.browser("learner"), "/studio/uploads") == 413
    assert send(studio.app.test_client(), "/studio/uploads") == 413


def test_the_size_limit_is_a_parameter(studio: Studio) -> None:
    with studio.writing() as db:
        row = PolicyVersion(parameters={"upload_archive_mib": 1}, author="t", reason="t")
        row.valid_from_on = NOON.date()
        db.add(row)
    assert studio.upload(raw=b"x" * (1024 * 1024 + 1)).status_code == 200  # the form again, with the reason
    with studio.reading() as db:
        assert db.scalar(select(func.count(UploadedModule.id))) == 0
    assert studio.upload(raw=b"x" * (3 * 1024 * 1024)).status_code == 413


def test_quota_by_person(studio: Studio) -> None:
    with studio.writing() as db:
        row = PolicyVersion(parameters={"upload_person_files": 7}, author="t", reason="t")
        row.valid_from_on = NOON.date()
        db.add(row)
    assert studio.upload().status_code == 302  # seven files: full now
    again = studio.upload()
    assert again.status_code == 200
    assert "as many uploaded files as allowed" in again.text
    location = f"/studio/uploads/{studio.row().uuid}"
    studio.browser("instructor").post(f"{location}/removal")
    assert studio.upload().status_code == 302


@pytest.mark.parametrize(
    ("verdict", "words"), [(Verdict.INFECTED, "found something"), (Verdict.UNKNOWN, "does not answer")]
)
def test_what_is_not_known_to_be_clean_is_not_kept(studio: Studio, verdict: Verdict, words: str) -> None:
    studio.app.extensions["virus_scanner"] = ScannerDouble(verdict)
    answer = studio.upload()
    assert answer.status_code == 200
    assert words in answer.text
    with studio.reading() as db:
        assert db.scalar(select(func.count(UploadedModule.id))) == 0
    uploads = studio.app.extensions["settings"].uploads_dir
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


def test_lessons_are_cleaned_even_if_the_child_was_overcome(studio: Studio) -> None:
    files = module_files()
    evil = b"<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    files["lessons/01-part.zh.md"] = files["lessons/01-part.zh.md"].replace(b"Think.", evil)
    answer = studio.upload(files)
    prepared = (
        studio.app.extensions["settings"].uploads_dir / "kept" / str(studio.row().uuid) / "prepared.json"
    )
    data = json.loads(prepared.read_text())
    assert "<script" not in data["lessons"][0]["html_zh"]
    data["lessons"][1]["html_zh"] += "<script>alert(2)</script><svg onload=alert(3)></svg>"
    prepared.write_text(json.dumps(data))
    studio.browser("instructor").post(f"{answer.location}/import")
    studio.work()
    with studio.reading() as db:
        query = select(Lesson.html_zh).where(Lesson.version_id == studio.row().version_id)
        html = "".join(db.scalars(query))
    assert html.count("own-module 1") == 1
    assert [word for word in ("<script", "onload", 'href="javascript', "<img src=x") if word in html] == []


def test_drills_are_cleaned_too(studio: Studio) -> None:
    """What the child left of a scenario reaches learners as HTML, like the lessons."""
    answer = studio.upload()
    kept = studio.app.extensions["settings"].uploads_dir / "kept" / str(studio.row().uuid) / "prepared.json"
    data = json.loads(kept.read_text())
    evil = {"zh": "<p>ja</p><script>alert(1)</script>", "en": "<p>ja</p><img src=x onerror=alert(1)>"}
    option = {"id": "go", "goto": "end", "zh": "去", "en": "go", "debrief": evil}
    data["facts"]["details"]["scenario"] = {
        "graph": {
            "nodes": [{"id": "a", "text": evil, "choices": [option, {**option, "debrief": None}]}],
            "ends": [{"id": "end", "debrief": evil}],
        },
        "best": ["go"],
    }
    kept.write_text(json.dumps(data))
    studio.browser("instructor").post(f"{answer.location}/import")
    studio.work()
    with studio.reading() as db:
        details = db.scalars(
            select(ModuleVersion.details).where(ModuleVersion.id == studio.row().version_id)
        ).one()
    stored = json.dumps(details["scenario"])
    assert stored.count("<p>ja</p>") == 6
    assert [word for word in ("<script", "onerror") if word in stored] == []


@pytest.mark.parametrize("letter", ["\0", "\u202e", "\x1b"])
def test_characters_that_nobody_sees_are_refused_with_their_line(studio: Studio, letter: str) -> None:
    """YAML writes them as escapes, so that no byte of the file shows them; PostgreSQL stores no NUL."""
    title = {"zh": f"a{letter}b", "en": "title"}
    files = module_files(title=title)
    escaped = f"\\u{ord(letter):04x}".encode()
    files["module.yaml"] = files["module.yaml"].replace(letter.encode(), escaped)
    answer = studio.upload(files)
    assert answer.status_code == 302
    page = studio.browser("instructor").get(answer.location).text
    assert f"cannot be seen: U+{ord(letter):04X}" in page
    assert studio.row().state == "refused"


def test_a_refused_archive_cannot_be_imported(studio: Studio) -> None:
    answer = studio.upload(raw=b"PK no archive")
    assert studio.browser("instructor").post(f"{answer.location}/import").status_code == 409
    assert studio.row().state == "refused"


def test_every_step_of_an_upload_stands_in_the_trail(studio: Studio) -> None:
    """Who asked, who sent back, who took away, who switched off that two are needed (REQ-046, REQ-049)."""
    switch = f"/studio/organizations/{studio.firm_id}/second-approval"
    manager, teacher, second = (studio.browser(name) for name in ("manager", "instructor", "second"))
    for is_needed in ("0", "1", "1"):  # the first and the last change nothing
        manager.post(switch, data={"is_needed": is_needed})
    uuid = studio.import_()
    teacher.post(f"/studio/uploads/{uuid}/approval")
    second.post(f"/studio/uploads/{uuid}/return", data={"reason": "add a source"})
    manager.post(switch, data={"is_needed": "0"})
    teacher.post(f"/studio/uploads/{uuid}/publication")
    teacher.post(f"/studio/modules/{studio.slug()}/district")
    page = studio.browser("supervisor").get("/studio/shared").text
    address = page.split('action="/studio/shared/')[1].split('"')[0]
    studio.browser("supervisor").post(f"/studio/shared/{address}", data={"decision": "no", "reason": "why"})
    gone = studio.upload(module_files(slug="another", uuid="7a8e3c52-5a39-4a45-9b0c-1f5a3a9b1c77"))
    teacher.post(f"{gone.location}/removal")
    with studio.reading() as db:
        rows = db.execute(select(TrailEntry.action, TrailEntry.path).order_by(TrailEntry.id)).all()
    steps = [
        "second_approval_switched",
        "module_uploaded",
        "draft_begun",
        "approval_asked",
        "draft_sent_back",
        "second_approval_switched",
        "module_published",
        "show_asked",
        "show_refused",
        "module_uploaded",
        "upload_removed",
    ]
    assert [row.action for row in rows if row.action in steps] == steps
    firm = f"/{studio.district_id}/{studio.firm_id}/"
    assert {
        row.path for row in rows if row.action in ("approval_asked", "draft_sent_back", "show_refused")
    } == {firm}


def test_removing_an_upload_removes_its_files(studio: Studio) -> None:
    answer = studio.upload()
    folder = studio.app.extensions["settings"].uploads_dir
    assert len(list((folder / "kept").iterdir())) == 1
    assert list((folder / "work").iterdir()) == []
    studio.browser("instructor").post(f"{answer.location}/removal")
    assert list((folder / "kept").iterdir()) == []
    assert studio.browser("instructor").get(answer.location).status_code == 404


def test_an_import_that_lost_its_files_says_so(studio: Studio) -> None:
    answer = studio.upload()
    studio.browser("instructor").post(f"{answer.location}/import")
    uuid = studio.row().uuid
    folder = studio.app.extensions["settings"].uploads_dir / "kept" / str(uuid)
    (folder / "prepared.json").unlink()
    studio.work()
    assert studio.row().state == "refused"
    assert notices(studio, "instructor") == ["upload_failed"]
    assert "is not there any more" in studio.browser("instructor").get(answer.location).text


def test_the_sum_of_sizes_is_bounded_by_the_defaults() -> None:
    assert (Policy().upload_archive_mib, Policy().upload_files) == (200, 2000)


def test_gbk_and_macos_archives_are_taken(studio: Studio) -> None:
    from tests.files.zips import Part, Zip

    files = module_files()
    parts = [Part(f"职业病防护/{name}".encode("gbk"), data, flags=0) for name, data in files.items()]
    parts.append(Part(b"__MACOSX/._x", b"1", flags=0))
    studio.upload(raw=Zip(parts).build())
    assert studio.row().state == "checked"
    assert studio.row().file_count == len(files)
    assert zipped(files)
