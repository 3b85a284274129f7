"""Locks for limits on live leases, and since when a target can't be reached."""

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from schemabot.storage.revision_steps import add_column, create_table

revision = "0002"
down_revision = "0001"

_INSTANT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade() -> None:
    """Add one table and one column; no row is touched."""
    create_table(
        "lease_limits",
        sa.Column("scope", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_lease_limits"),
        mysql_engine="InnoDB",
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
    )
    add_column("applies", sa.Column("outage_since", _INSTANT, nullable=True))
