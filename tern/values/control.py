"""Control signals: what somebody asks of a run while it goes on."""

from dataclasses import dataclass
from enum import StrEnum


class SignalKind(StrEnum):
    """The signals a run may get; `start` is none, for it is a claim and then a run."""

    STOP = "stop"
    CANCEL = "cancel"
    CUTOVER = "cutover"
    TAKE_BACK = "take_back"
    VOLUME = "volume"
    REVERT = "revert"
    SKIP_REVERT = "skip_revert"
    DEPLOY = "deploy"
    PAUSE = "pause"  # hand-back at shutdown: come to rest at a checkpoint, keep the state


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One request; it stands until it is settled.

    Attributes:
        request_id: Given back when it is settled; a repeat of the same id is carried out once.
        value: The level, for VOLUME; None otherwise.
    """

    kind: SignalKind
    request_id: str
    value: int | None = None


class SettledResult(StrEnum):
    """How a signal ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A signal's end, with the reason for people."""

    request_id: str
    result: SettledResult
    message: str = ""
