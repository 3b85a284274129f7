"""One write per key: repeat, rival and replay after a crash get the first answer (A-7, Q-5)."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotencyKey:
    """Who asked what under which name; `body_hash` tells a repeat from another request."""

    caller: str
    route: str
    key: str
    body_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """The answer's text as the first execution gave it."""

    body: str
    is_replay: bool


def hash_body(body: bytes) -> str:
    """SHA-256 of a request's body, as hex."""
    return hashlib.sha256(body).hexdigest()
