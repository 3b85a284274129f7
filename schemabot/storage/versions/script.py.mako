"""${message}."""

import sqlalchemy as sa

from schemabot.storage.revision_steps import add_column, create_index, create_table

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Nothing is dropped: a downgrade is a restore. Each step can be taken again."""
    ${upgrades if upgrades else "pass"}
