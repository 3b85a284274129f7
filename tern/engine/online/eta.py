"""How long until a run is through: work left by rate, summed over the phases left; pure (E-65)."""

from dataclasses import dataclass

from tern.engine.online.phases import Phase

# A rate that was measured for less says nothing yet.
MEASURED_SECONDS = 10.0
# What a phase takes as a share of the copy, until it is measured itself.
_VERIFY_SHARE = 0.25
_INDEX_SHARE = 0.2
_FEW_KEYS = 1_000

_ORDER = tuple(Phase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one phase has left.

    Attributes:
        rate: Of the work, per second; 0 while nothing was measured.
        measured_seconds: For how long.
    """

    left: float
    rate: float
    measured_seconds: float

    @property
    def seconds(self) -> float | None:
        """How long it will take; None as long as nobody can tell."""
        if self.left <= 0:
            return 0.0
        if self.rate <= 0 or self.measured_seconds < MEASURED_SECONDS:
            return None
        return self.left / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Where a run is, all its tables together.

    Attributes:
        spent_seconds: In each phase so far.
        backlog: Keys to write; the rate is that at which it shrinks, below 0 if it grows.
        indexes: How many are added after the copy.
        settle_seconds: How long it must be quiet before the swap.
    """

    phase: Phase
    spent_seconds: dict[Phase, float]
    copy: Work
    backlog: Work
    verification: Work
    indexes: int = 0
    settle_seconds: float = 0.0


def eta_seconds(outlook: Outlook) -> float | None:
    """Until the swap; None while it can't be told, or while a person decides."""
    if outlook.phase is Phase.HELD:
        return None
    copy = outlook.copy.seconds if _is_ahead(outlook, Phase.COPY) else 0.0
    if copy is None:
        return None
    whole_copy = outlook.spent_seconds.get(Phase.COPY, 0.0) + copy
    parts = (
        copy,
        _index(outlook, whole_copy),
        _catch_up(outlook),
        _verification(outlook, whole_copy),
        outlook.settle_seconds if _is_ahead(outlook, Phase.VERIFY) else 0.0,
    )
    known = [part for part in parts if part is not None]
    return round(sum(known), 1) if len(known) == len(parts) else None


def _index(outlook: Outlook, whole_copy: float) -> float:
    if not _is_ahead(outlook, Phase.INDEX):
        return 0.0
    expected = whole_copy * _INDEX_SHARE * outlook.indexes
    return max(expected - outlook.spent_seconds.get(Phase.INDEX, 0.0), 0.0)


def _catch_up(outlook: Outlook) -> float | None:
    """Before its phase the backlog waits for ranges to be copied: its rate says nothing yet."""
    if outlook.backlog.left <= _FEW_KEYS or not _is_ahead(outlook, Phase.CATCH_UP):
        return 0.0
    if outlook.phase is not Phase.CATCH_UP:
        return 0.0 if outlook.backlog.rate <= 0 else outlook.backlog.left / outlook.backlog.rate
    return outlook.backlog.seconds


def _verification(outlook: Outlook, whole_copy: float) -> float | None:
    if not _is_ahead(outlook, Phase.VERIFY):
        return 0.0
    expected = max(whole_copy * _VERIFY_SHARE - outlook.spent_seconds.get(Phase.VERIFY, 0.0), 0.0)
    if outlook.phase is not Phase.VERIFY:
        return expected
    measured = outlook.verification.seconds
    return expected if measured is None else measured


def _is_ahead(outlook: Outlook, phase: Phase) -> bool:
    """Whether the phase is not over."""
    return _ORDER.index(outlook.phase) <= _ORDER.index(phase)
