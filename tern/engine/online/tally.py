"""What a run has spent so far, crashes and rests included; the checkpoint keeps it (E-66)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tern.engine.online.phases import Phase
from tern.values.progress import PhaseTime

# Time in which a person decides is no part of the work.
_WAITS = frozenset({Phase.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the checkpoint says of it.

    Attributes:
        phase_seconds: By the phase's word.
        throttled_seconds: How long copying was held back.
        peak_disk_bytes: The most that the run's own tables took at a time.
    """

    phase_seconds: Mapping[str, float] = field(default_factory=dict)
    throttled_seconds: float = 0.0
    peak_disk_bytes: int = 0

    @property
    def seconds(self) -> float:
        """Of all work; waits for people left out."""
        return sum(
            seconds for name, seconds in self.phase_seconds.items() if Phase(name) not in _WAITS
        )


@dataclass(slots=True, kw_only=True)
class Tally:
    """The same while the run goes on; the coordinator's alone.

    Attributes:
        before: What earlier runs of this change have spent.
    """

    phase: Phase
    since: float
    before: Spent = field(default_factory=Spent)
    _seconds: dict[str, float] = field(default_factory=dict)
    _begun: dict[str, float] = field(default_factory=dict)
    _peak_disk_bytes: int = 0

    def enter(self, phase: Phase, *, at: float) -> None:
        """Another phase begins."""
        self._add(at)
        self.phase = phase

    def phases(self, *, at: float) -> tuple[PhaseTime, ...]:
        """Those that have begun, in their order."""
        self._add(at)
        names = [str(phase) for phase in Phase]
        known = {*self.before.phase_seconds, *self._seconds}
        return tuple(
            PhaseTime(
                name=name,
                seconds=round(self._total(name), 1),
                begun_seconds_ago=round(at - self._begun[name], 1) if name in self._begun else None,
                is_over=name != str(self.phase),
            )
            for name in names
            if name in known
        )

    def note_disk(self, used_bytes: int) -> None:
        """So much the run's own tables take now."""
        self._peak_disk_bytes = max(self._peak_disk_bytes, used_bytes)

    def spent(self, *, at: float, throttled_seconds: float) -> Spent:
        """All of it, by now; `throttled_seconds` are those of this run."""
        self._add(at)
        names = {*self.before.phase_seconds, *self._seconds}
        return Spent(
            phase_seconds={name: round(self._total(name), 3) for name in sorted(names)},
            throttled_seconds=round(self.before.throttled_seconds + throttled_seconds, 3),
            peak_disk_bytes=max(self.before.peak_disk_bytes, self._peak_disk_bytes),
        )

    def _total(self, name: str) -> float:
        return self.before.phase_seconds.get(name, 0.0) + self._seconds.get(name, 0.0)

    def _add(self, at: float) -> None:
        name = str(self.phase)
        self._begun.setdefault(name, self.since)
        self._seconds[name] = self._seconds.get(name, 0.0) + at - self.since
        self.since = at
