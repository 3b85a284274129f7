"""Who did what, kept for good: each accepted write, each refusal for lack of rights (A-51)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAudit:
    """An audit row, about to be stored.

    Attributes:
        method: How the subject proved who it is, e.g. `token`, `loopback`.
        objects: Kind -> id of what was acted on.
    """

    subject: str
    method: str
    action: str
    outcome: str
    address: str | None = None
    request_id: str | None = None
    objects: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A stored audit row."""

    id: int
    at: datetime
    entry: NewAudit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows are shown; all given conditions hold at once."""

    subject: str | None = None
    action: str | None = None
    since: datetime | None = None
