"""Which apply a plan takes back; plans of before have null."""

import sqlalchemy as sa

from schemabot.storage.revision_steps import add_column

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add one column; no row is touched."""
    add_column("plans", sa.Column("rollback_of", sa.String(191), nullable=True))
