"""Which apply a plan takes back; plans of before have null."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add one column; no row is touched."""
    op.add_column("plans", sa.Column("rollback_of", sa.String(191), nullable=True))
