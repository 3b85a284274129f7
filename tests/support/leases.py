"""Leases and executions for tests that need no storage."""

import secrets
from datetime import UTC, datetime

from schemabot.domain.ids import ApplyId
from schemabot.domain.lease import Lease

FAR = datetime(2100, 1, 1, tzinfo=UTC)


def a_lease(apply: str = "apply-00000000000000aa", *, epoch: int = 1) -> Lease:
    return Lease(
        apply_id=ApplyId(apply),
        owner="here/1/a/0",
        token=secrets.token_hex(16),
        epoch=epoch,
        expires_at=FAR,
    )
