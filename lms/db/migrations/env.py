"""Alembic's entry: the connection and the metadata are handed in by `lms.db.upgrade`."""

from alembic import context

connection = context.config.attributes["connection"]
metadata = context.config.attributes.get("metadata")

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=lambda thing, name, kind, reflected, other: not str(name).startswith("search_index"),
)
with context.begin_transaction():
    context.run_migrations()
