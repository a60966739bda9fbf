"""The table behind the search; its index differs by engine and is made by the migration."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class SearchDocument(Base):
    """A text that can be found: its tokens are characters and pairs of characters for Chinese, words otherwise.

    SQLite keeps an FTS5 table `search_index` (rowid = id), PostgreSQL a generated `vector` column."""

    __tablename__ = "search_documents"
    __table_args__ = (Index("ix_search_documents_ref", "kind", "ref_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ref_id: Mapped[int]
    language: Mapped[str]
    tokens: Mapped[str]
