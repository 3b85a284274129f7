"""The last reading of each signal; written by samplers, read by whoever judges. Any thread."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

_COMMIT_WINDOW_SECONDS = 5.0
_LATE_PERCENTILE = 0.9
_MOST_COMMITS = 2_000
_MOST_BEATS = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One good sample.

    Attributes:
        at: Monotonic seconds.
        text: What the signal says of itself, for people.
    """

    value: float
    at: float
    text: str = ""


@dataclass(slots=True, kw_only=True)
class Dial:
    """One signal.

    Attributes:
        error: Why the newest sample failed; empty after a good one.
    """

    name: str
    begun: float = field(default_factory=monotonic)
    last: Reading | None = None
    error: str = ""

    def show(self, value: float, *, at: float, text: str = "") -> None:
        """A good sample."""
        self.last = Reading(value=value, at=at, text=text)
        self.error = ""

    def miss(self, reason: str) -> None:
        """A sample that failed."""
        self.error = reason

    def silence(self, now: float) -> float:
        """Seconds since the last good sample, or since it was first wanted."""
        return now - (self.begun if self.last is None else self.last.at)


class CommitTimes:
    """How long own commits took, of the last seconds."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, float]] = deque(maxlen=_MOST_COMMITS)

    def note(self, seconds: float, *, at: float) -> None:
        """A commit ended then."""
        self._taken.append((at, seconds))

    def late_seconds(self, now: float) -> float | None:
        """The 90th percentile, a lone slow commit left out; None without a commit."""
        recent = sorted(
            took for at, took in tuple(self._taken) if now - at <= _COMMIT_WINDOW_SECONDS
        )
        if not recent:
            return None
        rank = min(ceil(len(recent) * _LATE_PERCENTILE), max(len(recent) - 1, 1))
        return recent[rank - 1]


class Beats:
    """Numbered marks that the sampler commits on the server; where a replica has one, it is there.

    A replica lags since the first mark that it has not, by this process's own clock: no clock of a
    server takes part, and a late mark is no lag.
    """

    def __init__(self) -> None:
        self._marks: deque[tuple[int, float]] = deque(maxlen=_MOST_BEATS)
        self._next = 1

    def next(self) -> int:
        """The number of the mark to come."""
        return self._next

    def committed(self, number: int, *, at: float) -> None:
        """The mark stands on the server."""
        self._marks.append((number, at))
        self._next = number + 1

    def lag_seconds(self, seen: int, *, now: float) -> float:
        """How far a server is behind that shows this mark; 0 for one that shows none yet."""
        missing = next((at for number, at in tuple(self._marks) if number > seen), None)
        return 0.0 if missing is None else now - missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """All signals of a run.

    Attributes:
        server: Whether the server answers at all; its value means nothing.
        probe: None where no probe is configured.
        replicas: By their address.
    """

    server: Dial
    threads: Dial = field(default_factory=lambda: Dial(name="threads"))
    history: Dial = field(default_factory=lambda: Dial(name="history"))
    probe: Dial | None = None
    replicas: Mapping[str, Dial] = field(default_factory=dict)
    commits: CommitTimes = field(default_factory=CommitTimes)
    beats: Beats = field(default_factory=Beats)
