"""What Alembic runs to bring a database to another revision; `dispatch.store.schema` hands in the connection."""

from __future__ import annotations

from alembic import context

from dispatch.store.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    transactional_ddl=True,  # on SQLite too: a migration that is cut off leaves nothing behind
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
