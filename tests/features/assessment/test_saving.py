"""Saving answers: the highest sequence wins, nothing is lost or dropped in silence (safety.md §2)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.features.assessment.forms import LETTERS
from lms.features.assessment.models import Attempt
from lms.features.skills.models import Evidence
from tests.factories.accounts import sign_in_as
from tests.factories.attempts import Taker, make_taker, right_fields
from tests.factories.curriculum import BASICS

JSON = {"Accept": "application/json"}
THREADS = 6


@pytest.fixture
def taker(app: Flask, tmp_path: Path) -> Taker:
    return make_taker(app, tmp_path)


def save(taker: Taker, uuid: UUID, position: int, **fields: Any) -> Any:
    return taker.client.post(f"/attempts/{uuid}/{position}", data=fields, headers=JSON)


def single(taker: Taker, uuid: UUID) -> dict[str, Any]:
    """A drawn question with one right choice: with six of twelve in the bank, every draw has one."""
    row = taker.of_kind(uuid, "single")
    assert row is not None
    return row


def test_a_script_gets_the_time_of_the_save(taker: Taker) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    answer = save(taker, uuid, row["position"], choice="A", sequence=1, flag="1")
    assert answer.json == {"saved_at": "12:00:00", "sequence": 1, "is_newest": True}
    stored = taker.drawn(uuid)[row["position"] - 1]
    assert stored["response"] == row["choice_order"][0]
    assert stored["is_flagged"]
    assert "Saved 12:00:00" in taker.client.get(f"/attempts/{uuid}/1").text


def test_the_highest_sequence_wins_in_whatever_order_saves_arrive(taker: Taker) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    order, at = row["choice_order"], row["position"]
    assert save(taker, uuid, at, choice="A", sequence=2).json["is_newest"]
    late = save(taker, uuid, at, choice="B", sequence=1).json
    assert (late["is_newest"], late["sequence"]) == (False, 2)
    assert taker.drawn(uuid)[at - 1]["response"] == order[0]
    assert not save(taker, uuid, at, choice="C", sequence=2).json["is_newest"]
    assert save(taker, uuid, at, choice="C", sequence=9).json["is_newest"]
    assert taker.drawn(uuid)[at - 1]["response"] == order[2]


def test_a_form_without_script_counts_on_from_what_is_stored(taker: Taker) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    save(taker, uuid, row["position"], choice="A", sequence=5)
    taker.client.post(f"/attempts/{uuid}/{row['position']}", data={"choice": "B"})
    stored = taker.drawn(uuid)[row["position"] - 1]
    assert (stored["response"], stored["sequence"]) == (row["choice_order"][1], 6)


@pytest.mark.parametrize("sequence", ["0", "-1", "x", "99999999999", "１"])
def test_a_sequence_that_is_none_is_no_sequence(taker: Taker, sequence: str) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    assert save(taker, uuid, row["position"], choice="A", sequence=sequence).json["sequence"] == 1


def test_an_answer_after_submission_is_refused_in_words(taker: Taker) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    save(taker, uuid, row["position"], choice="A", sequence=1)
    taker.client.post(f"/attempts/{uuid}/submit")
    late = save(taker, uuid, row["position"], choice="B", sequence=2)
    assert (late.status_code, late.json) == (409, {"error": "AttemptClosed"})
    page = taker.client.post(f"/attempts/{uuid}/{row['position']}", data={"choice": "B"})
    assert page.status_code == 409
    assert "The answer just sent was not counted." in page.text
    assert f"/attempts/{uuid}/result" in page.text
    assert taker.drawn(uuid)[row["position"] - 1]["response"] == row["choice_order"][0]
    bad = save(taker, uuid, row["position"], choice="Z", sequence=3)
    assert bad.status_code == 409


def test_after_submission_every_page_leads_to_the_result(taker: Taker) -> None:
    uuid = taker.take()
    for rest in ("1", "review"):
        assert taker.client.get(f"/attempts/{uuid}/{rest}").location.endswith(f"/attempts/{uuid}/result")
    early = taker.client.get(f"/attempts/{uuid}/result")
    assert early.status_code == 200


def test_submitting_twice_is_submitting_once(taker: Taker) -> None:
    uuid = taker.take()
    before = taker.attempt(uuid).graded_at
    taker.app.extensions["clock"].advance(timedelta(minutes=1))
    again = taker.client.post(f"/attempts/{uuid}/submit")
    assert again.location.endswith(f"/attempts/{uuid}/result")
    assert taker.attempt(uuid).graded_at == before
    with taker.reading() as db:
        assert db.scalar(select(func.count()).select_from(Evidence)) == 2


def at_once(taker: Taker, path: str) -> list[int]:
    """POST from several browsers of the learner at the same moment; the statuses of the answers."""
    clients = [sign_in_as(taker.app, taker.learner_id) for _ in range(THREADS)]
    barrier, statuses = Barrier(THREADS), list[int]()

    def post(client: Any) -> None:
        barrier.wait()
        statuses.append(client.post(path).status_code)

    threads = [Thread(target=post, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


def test_submitting_from_several_threads_has_one_result(taker: Taker) -> None:
    uuid = taker.start()
    taker.answer_all(uuid, wrong=1)
    assert at_once(taker, f"/attempts/{uuid}/submit") == [302] * THREADS
    assert taker.attempt(uuid).score_percent == 90
    with taker.reading() as db:
        assert db.scalar(select(func.count()).select_from(Evidence)) == 2


def test_starting_from_several_threads_makes_one_attempt(taker: Taker) -> None:
    assert at_once(taker, f"/modules/{BASICS}/quiz") == [302] * THREADS
    with taker.reading() as db:
        assert db.scalar(select(func.count()).select_from(Attempt)) == 1


def start_with(taker: Taker, kind: str) -> tuple[UUID, dict[str, Any]]:
    """An attempt whose draw has a question of this type: another try brings what the first left out."""
    uuid = taker.start()
    if taker.of_kind(uuid, kind) is None:
        taker.client.post(f"/attempts/{uuid}/submit")
        taker.app.extensions["clock"].advance(timedelta(minutes=10))
        uuid = taker.start()
    row = taker.of_kind(uuid, kind)
    assert row is not None
    return uuid, row


BAD = [
    ("number", {"number": "about ten"}, "Write a figure"),
    ("number", {"number": "9" * 5000}, "Write a figure"),
    ("ordering", {"place-A": "1", "place-B": "1", "place-C": "2"}, "Place 1 is given twice"),
    ("ordering", {"place-A": "7"}, "Choose among the places"),
    ("matching", {"pair-1": "Z"}, "Choose among the answers"),
    ("single", {"choice": "Q"}, "Choose among the answers"),
    ("single", {"choice": ["A", "B"]}, "Choose one answer"),
    ("fill_in", {"text": "x" * 201}, "Write at most 200"),
]


@pytest.mark.parametrize(("kind", "fields", "words"), BAD)
def test_bad_input_is_named_kept_on_the_page_and_costs_nothing(
    taker: Taker, kind: str, fields: dict[str, Any], words: str
) -> None:
    uuid, row = start_with(taker, kind)
    url = f"/attempts/{uuid}/{row['position']}"
    taker.client.post(url, data=right_fields(row))
    before = taker.drawn(uuid)[row["position"] - 1]["response"]
    page = taker.client.post(url, data=fields)
    assert page.status_code == 422
    assert words in page.text
    assert 'role="alert"' in page.text
    if kind in ("number", "fill_in"):
        assert f'value="{next(iter(fields.values()))}"' in page.text
    script = taker.client.post(url, data=fields, headers=JSON)
    assert script.status_code == 422
    assert words in next(iter(script.json["errors"].values()))
    assert before is not None
    assert taker.drawn(uuid)[row["position"] - 1]["response"] == before


def test_an_order_half_given_is_kept_and_counts_as_unanswered(taker: Taker) -> None:
    uuid, row = start_with(taker, "ordering")
    save(taker, uuid, row["position"], **{"place-B": "3"})
    stored = taker.drawn(uuid)[row["position"] - 1]
    assert stored["response"] == [None, None, row["choice_order"][1]]
    page = taker.client.get(f"/attempts/{uuid}/review").text
    assert f"Question {row['position']}, unanswered" in page


def test_letters_are_this_attempts_own(taker: Taker) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    page = taker.client.get(f"/attempts/{uuid}/{row['position']}").text
    for letter, id_ in zip(LETTERS, row["choice_order"], strict=False):
        assert f'value="{letter}"' in page
        assert f">{row['body']['choices'][id_]['en']}<" in page


def test_csrf_is_asked_for_by_scripts_too(taker: Taker) -> None:
    uuid = taker.start()
    taker.app.config["WTF_CSRF_ENABLED"] = True
    refused = save(taker, uuid, 1, choice="A", sequence=1)
    assert refused.status_code == 419
    page = taker.client.get(f"/attempts/{uuid}/1").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    headers = {**JSON, "X-CSRFToken": token}
    assert taker.client.post(f"/attempts/{uuid}/1", data={}, headers=headers).status_code == 200


@pytest.mark.parametrize(("stored", "sent", "kept"), [(2, 4, 4), (9, 4, 10), (4, 4, 5)])
def test_a_form_wins_over_saves_before_it_and_over_one_still_under_way(
    taker: Taker, stored: int, sent: int, kept: int
) -> None:
    uuid = taker.start()
    row = single(taker, uuid)
    at = row["position"]
    save(taker, uuid, at, choice="A", sequence=stored)
    taker.client.post(f"/attempts/{uuid}/{at}", data={"choice": "B", "sequence": sent})
    late = save(
        taker, uuid, at, choice="C", sequence=min(kept, sent)
    )  # sent before the form, arrives after it
    assert not late.json["is_newest"]
    drawn = taker.drawn(uuid)[at - 1]
    assert (drawn["response"], drawn["sequence"]) == (row["choice_order"][1], kept)
