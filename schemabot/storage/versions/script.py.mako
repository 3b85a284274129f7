"""${message}."""

from alembic import op
import sqlalchemy as sa

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Nothing is dropped: a downgrade is a restore."""
    ${upgrades if upgrades else "pass"}
