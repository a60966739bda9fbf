"""The same words are found on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lms.db.transaction import Database
from lms.features.search.queries import find_refs
from lms.features.search.service import index_document
from lms.features.search.tokens import document_tokens, query_terms

TEXTS = {
    1: "企业应当建立安全风险分级管控制度，并告知从业人员。",
    2: "跨境电子发票的应付总额为 365.15 元，规则 PEPPOL-EN16931-R003。",
    3: "The switch room smells of smoke: raise the alarm.",
    4: "区块链电子提单由持有人排他性控制。",
}


@pytest.fixture
def indexed(database: Database) -> Database:
    with database.writing() as db:
        for ref_id, content in TEXTS.items():
            index_document(db, kind="module", ref_id=ref_id, texts={"zh": content})
    return database


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("分级管控", {1}),  # in the middle of a sentence
        ("风险", {1}),
        ("险", {1}),  # a single character
        ("控制", {1, 4}),  # 管控制度 holds the pair 控制 too: characters, not dictionary words
        ("电子发票 总额", {2}),  # both must occur
        ("电子 提单", {4}),
        ("peppol", {2}),
        ("ＰＥＰＰＯＬ", {2}),  # full-width
        ("R003", {2}),
        ("alar", {3}),  # the last Latin word may be unfinished
        ("smoke alarm", {3}),
        ("alarm smok", {3}),
        ("not there", set()),
        ("票发", set()),  # the order of characters counts
        ('"; DROP TABLE users; --', set()),
        ("a* OR b", set()),
    ],
)
def test_finds_on_both_engines(indexed: Database, words: str, found: set[int]) -> None:
    with indexed.reading() as db:
        assert find_refs(db, kind="module", words=words) == found


def test_nothing_to_look_for(indexed: Database) -> None:
    with indexed.reading() as db:
        assert find_refs(db, kind="module", words="  ！？ ") is None


def test_indexing_again_replaces(indexed: Database) -> None:
    with indexed.writing() as db:
        index_document(db, kind="module", ref_id=1, texts={"zh": "合同", "en": "contract"})
    with indexed.reading() as db:
        assert find_refs(db, kind="module", words="分级管控") == set()
        assert find_refs(db, kind="module", words="contract") == {1}
        left = "search_index" if indexed.is_sqlite else "search_documents"
        assert db.scalar(text(f"SELECT count(*) FROM {left}")) == 5


def test_tokens_by_hand() -> None:
    assert document_tokens("提单A1 控") == "提单 a1 控 单 控 提"
    assert query_terms("区块链 eBL") == [["区块", "块链"], ["ebl"]]
