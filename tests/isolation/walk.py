"""One walk: a person tries every address; whatever they get that is not theirs is noted."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.db.transaction import AFTER_COMMIT, Database
from tests.factories.accounts import sign_in_as
from tests.isolation.canaries import Canary, canaries_in, has_formula
from tests.isolation.expectations import may_do, may_read
from tests.isolation.people import Walker
from tests.isolation.things import OF_A_PLACE, Try
from tests.isolation.world import World

COOKIE = "terrace"
COMMITTER = "lms/db/transaction.py"
WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
OWN_WRITES = frozenset(
    {"trail_entries", "trail_persons", "user_sessions"}
)  # a refusal is noted, a session kept
LOOKS = frozenset({"people.show_person", "team.show_person"})
EXPORTS = frozenset(
    {
        "district.export_district",
        "district.export_rows",
        "organizations.export_people",
        "people_lists.send_refused",
        "trail.export_trail",
        *(f"team.export_{name}" for name in ("team", "gaps", "closers", "modules")),
    }
)
PRIVATE = re.compile(r"nonce-?=?\"?[\w-]{20,}|name=\"csrf_token\" value=\"[^\"]+\"|ImY[\w.-]{40,}")


class UndoneDatabase(Database):
    """A database whose every change is made, seen, and taken back, so that each try meets the same world."""

    def __init__(self, url: str, *, info: dict[str, Any]) -> None:
        super().__init__(url, info=info)
        self.is_undoing = False
        self.written: list[str] = []
        self.strange_commits: list[str] = []
        event.listen(self.writer, "before_cursor_execute", self._note)

    def _note(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        found = WRITES.match(statement)
        if found:
            self.written.append(found.group(1))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with super().writing() as session:
            if self.is_undoing:
                self._undo_at_the_end(session)
            yield session

    def _undo_at_the_end(self, session: Session) -> None:
        def commit() -> None:
            session.flush()
            caller = sys._getframe(1).f_code.co_filename
            if not caller.endswith(COMMITTER):
                self.strange_commits.append(caller)
            session.info.pop(AFTER_COMMIT, None)
            session.rollback()

        session.commit = commit  # type: ignore[method-assign]


@dataclass
class Walk:
    """What a person met: how many answers were looked at, and what was wrong with them."""

    app: Flask
    world: World
    walker: Walker
    checks: int = 0
    problems: list[str] = field(default_factory=list)
    seen: set[Canary] = field(default_factory=set)
    _missing: dict[str, str] = field(default_factory=dict)
    _refused: list[tuple[Try, str]] = field(default_factory=list)

    @property
    def database(self) -> UndoneDatabase:
        database: UndoneDatabase = self.app.extensions["database"]
        return database

    def enter(self) -> FlaskClient:
        """The browser of the person, whose session began before anything else happened."""
        if not self.walker.key:
            return self.app.test_client()
        return sign_in_as(self.app, self.world.people[self.walker.key])

    def go(self, client: FlaskClient, one: Try, form: Mapping[str, Any]) -> None:
        """Make one request and judge the answer."""
        self.database.written.clear()
        before = client.get_cookie(COOKIE)
        answer = client.open(one.url, method=one.method, data=form if one.is_change else None)
        self._judge(one, answer)
        if "Set-Cookie" in answer.headers:  # signing out is undone like everything else
            client.delete_cookie(COOKIE)
            if before is not None:
                client.set_cookie(COOKIE, before.value)

    def _judge(self, one: Try, answer: TestResponse) -> None:
        self.checks += 1
        body = answer.get_data()
        answer.close()
        status, where = answer.status_code, answer.headers.get("Location", "")
        if may_do(self.walker, one.endpoint, one.url, one.bundle):
            if not self._is_given(one, status, where):
                self._note(one, f"is refused with {status}")
        else:
            self._judge_refusal(one, status, where, body)
        asked = canaries_in(b"", one.url)
        shown = canaries_in(body, str(answer.headers)) - asked
        self.seen |= shown
        for found in sorted(shown):
            if not may_read(self.walker, found):
                self._note(one, f"shows {found}")
        if has_formula(body, answer.mimetype):
            self._note(one, "holds a formula")
        self._look_at_writes(one, status)

    def _is_given(self, one: Try, status: int, where: str) -> bool:
        if urlsplit(where).path == "/sign-in":
            return one.endpoint == "accounts.sign_out"
        return status < 400 or status in (400, 409, 413, 422)

    def _judge_refusal(self, one: Try, status: int, where: str, body: bytes) -> None:
        if not self.walker.is_in:
            right = status == 419 if one.is_change else status == 302 and urlsplit(where).path == "/sign-in"
            if not right:
                self._note(one, f"answers nobody with {status} {where}")
            return
        is_named = one.bundle is not None and not one.endpoint.endswith(
            OF_A_PLACE
        )  # in the path, not the query
        expected = (404,) if is_named else (403, 404)
        if status not in expected:
            self._note(one, f"answers {status} {where}")
        elif one.bundle:
            self._compare(one, body)

    def _compare(self, one: Try, body: bytes) -> None:
        """What exists and is not one's own answers as what does not exist."""
        text = PRIVATE.sub("", body.decode().replace(one.url, ""))
        assert one.bundle is not None
        if one.bundle.is_missing:
            self._missing[f"{one.method} {one.endpoint}"] = text
        else:
            self._refused.append((one, text))

    def _must_be_noted(self, one: Try, status: int) -> bool:
        """Exports, and looks at somebody else's record."""
        if status >= 300:
            return False
        is_foreign = one.bundle is not None and one.bundle.key != self.walker.key
        return one.endpoint in EXPORTS or (one.endpoint in LOOKS and is_foreign)

    def _look_at_writes(self, one: Try, status: int) -> None:
        is_free = may_do(self.walker, one.endpoint, one.url, one.bundle)
        strange = set(self.database.written) - OWN_WRITES
        if strange and not (is_free and one.is_change):
            self._note(one, f"writes {', '.join(sorted(strange))}")
        if self._must_be_noted(one, status) and "trail_entries" not in self.database.written:
            self._note(one, "leaves no trail")
        if self.database.strange_commits:
            self._note(one, f"commits in {self.database.strange_commits[0]}")
            self.database.strange_commits.clear()

    def end(self) -> None:
        """Compare what was refused with what does not exist."""
        for one, text in self._refused:
            missing = self._missing.get(f"{one.method} {one.endpoint}")
            if missing is not None and missing != text:
                self._note(one, "tells a foreign thing from a missing one")

    def _note(self, one: Try, what: str) -> None:
        self.problems.append(f"{self.walker.name}: {one} {what}")
