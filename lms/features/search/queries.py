"""Finding documents."""

from __future__ import annotations

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from lms.features.search.tokens import query_terms

_SQLITE = text(
    "SELECT DISTINCT d.ref_id FROM search_index JOIN search_documents d ON d.id = search_index.rowid "
    "WHERE search_index MATCH :query AND d.kind = :kind"
).bindparams(bindparam("query"), bindparam("kind"))
_POSTGRES = text(
    "SELECT DISTINCT ref_id FROM search_documents "
    "WHERE vector @@ to_tsquery('simple', :query) AND kind = :kind"
).bindparams(bindparam("query"), bindparam("kind"))


def find_refs(db: Session, *, kind: str, words: str) -> set[int] | None:
    """Ids of the documents of a kind in which every word occurs; the last Latin word may be unfinished.

    None when the text holds nothing to look for."""
    terms = query_terms(words)
    if not terms:
        return None
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    query = _fts5(terms) if is_sqlite else _tsquery(terms)
    statement = _SQLITE if is_sqlite else _POSTGRES
    return set(db.scalars(statement, {"query": query, "kind": kind}))


def _fts5(terms: list[list[str]]) -> str:
    phrases = ['"' + " ".join(term) + '"' for term in terms]
    if terms[-1][-1].isascii():
        phrases[-1] += "*"
    return " AND ".join(phrases)


def _tsquery(terms: list[list[str]]) -> str:
    phrases = ["(" + " <-> ".join(term) + ")" for term in terms]
    if terms[-1][-1].isascii():
        phrases[-1] = phrases[-1][:-1] + ":*)"
    return " & ".join(phrases)
