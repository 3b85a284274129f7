"""How far behind the shadow is, told by the server's own clock (E-31)."""

from collections import deque
from dataclasses import dataclass, field

from tern.binlog.position import Position
from tern.binlog.server_log import ServerLog


@dataclass(slots=True, kw_only=True)
class BacklogGauge:
    """Server positions noted with the server's clock, and the newest of them that is applied.

    Attributes:
        age_seconds: How old the newest noted position is that is applied; by the last note.
    """

    age_seconds: float = 0.0
    _notes: deque[tuple[Position, float]] = field(default_factory=deque)
    _applied_at: float | None = None

    def note(self, log: ServerLog, *, applied: Position) -> None:
        """The server's log stands here now, and so much of it is applied."""
        self._notes.append((log.position, log.clock_seconds))
        if self._applied_at is None:
            self._applied_at = log.clock_seconds
        while self._notes and applied.reaches(self._notes[0][0]):
            self._applied_at = self._notes.popleft()[1]
        self.age_seconds = log.clock_seconds - self._applied_at
