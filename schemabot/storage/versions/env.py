"""Alembic's entry: runs the revisions on the connection that `upgrade` hands over."""

from alembic import context

from schemabot.storage.tables.schema import SCHEMA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SCHEMA,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
