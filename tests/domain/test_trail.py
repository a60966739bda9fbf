"""The chain of the trail: what a hash covers, and where a break is found."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from lms.domain.trail import GENESIS, Head, TrailRow, canonical_facts, find_break, keyed, row_hash

PERSON = "a key of one person"


def chain(n: int) -> list[TrailRow]:
    """A whole chain of `n` rows."""
    rows: list[TrailRow] = []
    for number in range(1, n + 1):
        before = rows[-1].hash if rows else GENESIS
        row = TrailRow(
            number, "2026-11-24", "t", "looked", "a", "b", "/1/", "module", 7, '{"page":"skills"}', before
        )
        rows.append(row._replace(hash=row_hash(row)))
    return rows


def test_a_hash_is_sha256_over_the_row_in_json() -> None:
    text = (
        '[1,"2026-11-24","t","looked","a","b","/1/","module",7,"{\\"page\\":\\"skills\\"}","'
        + "0" * 64
        + '"]'
    )
    assert chain(1)[0].hash == hashlib.sha256(text.encode()).hexdigest()


def test_a_whole_chain_has_no_break() -> None:
    assert find_break(chain(5), {}) is None
    assert find_break([], {}) is None


@pytest.mark.parametrize("name", [name for name in TrailRow._fields if name not in ("id", "hash")])
def test_each_edited_column_is_found(name: str) -> None:
    rows = chain(4)
    rows[2] = rows[2]._replace(**{name: "other"})
    found = find_break(rows, {})
    assert found is not None
    assert found.id == 3


def test_a_deleted_swapped_or_cut_row_is_found() -> None:
    rows = chain(5)
    assert find_break(rows[:2] + rows[3:], {}).id == 3  # type: ignore[union-attr]
    swapped = [rows[0], rows[2]._replace(id=2), rows[1]._replace(id=3), *rows[3:]]
    assert find_break(swapped, {}).id == 2  # type: ignore[union-attr]
    noted = {5: rows[4].hash}
    assert find_break(rows[:3], noted).id == 4  # type: ignore[union-attr]
    assert find_break([], noted).id == 1  # type: ignore[union-attr]


def test_a_chain_written_anew_does_not_fit_the_noted_head() -> None:
    rows, noted = chain(3), {3: chain(3)[2].hash}
    forged = [rows[0]._replace(action="refused")]
    forged[0] = forged[0]._replace(hash=row_hash(forged[0]))
    for row in rows[1:]:
        following = row._replace(previous_hash=forged[-1].hash)
        forged.append(following._replace(hash=row_hash(following)))
    assert find_break(forged, {}) is None
    assert find_break(forged, noted).id == 3  # type: ignore[union-attr]


def test_a_later_part_is_checked_against_the_row_before_it() -> None:
    rows = chain(5)
    assert find_break(rows[3:], {}, after=Head(3, rows[2].hash)) is None
    assert find_break(rows[3:], {}, after=Head(3, rows[1].hash)).id == 4  # type: ignore[union-attr]


def test_numbers_and_codes_stay_and_words_become_keyed_hashes() -> None:
    words = {"name": "吴敏", "list": "Wu Min!", "hat": "manager"}
    others = {"rows": 3, "is_passed": True, "gone": None, "due_on": date(2026, 12, 1)}
    assert json.loads(canonical_facts({**words, **others}, PERSON)) == {
        "name": "hash:" + keyed(PERSON, "吴敏"),
        "list": "hash:" + keyed(PERSON, "Wu Min!"),
        "hat": "manager",
        "rows": 3,
        "is_passed": True,
        "gone": None,
        "due_on": "2026-12-01",
    }
    assert keyed(PERSON, "吴敏") != keyed("another key", "吴敏")


def test_a_head_is_read_as_it_was_printed() -> None:
    head = Head(12, "ab" * 32)
    assert Head.read(f" {head}\n") == head
    for text in ("", "12", "x:" + "ab" * 32, "12:ab", "12:" + "G" * 64):
        with pytest.raises(ValueError, match="is no head"):
            Head.read(text)
