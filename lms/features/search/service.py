"""Changes of the index."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from lms.features.search.models import SearchDocument
from lms.features.search.tokens import document_tokens


def index_document(db: Session, *, kind: str, ref_id: int, texts: Mapping[str, str]) -> None:
    """Put the texts (language → text) of a thing into the index, in place of what was there."""
    is_sqlite = db.get_bind().dialect.name == "sqlite"
    here = (SearchDocument.kind == kind, SearchDocument.ref_id == ref_id)
    old_ids = list(db.scalars(select(SearchDocument.id).where(*here)))
    if is_sqlite:
        for old in old_ids:
            db.execute(text("DELETE FROM search_index WHERE rowid = :id"), {"id": old})
    db.execute(delete(SearchDocument).where(*here))
    for language, content in texts.items():
        row = SearchDocument(kind=kind, ref_id=ref_id, language=language, tokens=document_tokens(content))
        db.add(row)
        db.flush()  # the index needs the id
        if is_sqlite:
            db.execute(
                text("INSERT INTO search_index(rowid, tokens) VALUES (:id, :tokens)"),
                {"id": row.id, "tokens": row.tokens},
            )
