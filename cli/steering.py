"""What a person at the picture asks for by keys, and what the footer says of it (C-21).

Keys whose operation is not possible now are not shown and do nothing. After a key the footer says
`requested`, then how the request ended; until then, for 10 s at most, the same key is dead.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from cli.render.words import state
from schemabot.api.schemas.progress import ProgressAnswer

_DEAD_SECONDS = 10.0
_LOWEST, _HIGHEST = 1, 11
_USUAL_VOLUME = 3
_LEVELS = {**{str(n): n for n in range(1, 10)}, "0": 10, "-": 11}
_LEAVING = frozenset({"esc", "q"})
_HELP = (
    "Enter next step",
    "s stop: what was copied is kept",
    "x cancel: what was copied goes",
    "v volume: 1 gentle, 11 all out",
    "Esc, q, Ctrl-C leave; the apply goes on",
)


class Mode(StrEnum):
    """What the next key is for."""

    LOOKING = "looking"
    CANCELLING = "cancelling"
    VOLUME = "volume"
    HELP = "help"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An operation that was asked for; `volume` for that one alone."""

    operation: str
    volume: int | None = None


class Leave:
    """The person has seen enough."""


@dataclass(slots=True)
class Steering:
    """Keys in, wishes out; knows the newest progress."""

    clock: Callable[[], float] = time.monotonic
    progress: ProgressAnswer | None = None
    mode: Mode = Mode.LOOKING
    said: str = ""
    level: int = _USUAL_VOLUME
    asked: dict[str, float] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def see(self, progress: ProgressAnswer | None) -> None:
        """The newest picture, if there is one; requests of ours that have ended are told."""
        if progress is None:
            return
        self.progress = progress
        for request in progress.control_requests:
            operation = self.requests.get(request.request_id)
            if operation is None or request.status == "pending":
                continue
            del self.requests[request.request_id]
            self.asked.pop(operation, None)
            why = f": {request.error}" if request.error else ""
            self.said = f"{state(operation)} {state(request.status)}{why}"

    def requested(self, wish: Wish, request_id: str | None) -> None:
        """The service has taken the wish; None: there was nothing to do."""
        if request_id is None:
            self.asked.pop(wish.operation, None)
            self.said = f"{state(wish.operation)}: it is so already"
            return
        self.requests[request_id] = wish.operation
        self.said = f"{state(wish.operation)} requested"

    def refused(self, wish: Wish, reason: str) -> None:
        """The service has refused it."""
        self.asked.pop(wish.operation, None)
        self.said = f"{state(wish.operation)} refused: {reason}"

    def press(self, key: str) -> Wish | Leave | None:
        """What a key asks for."""
        match self.mode:
            case Mode.CANCELLING:
                self.mode = Mode.LOOKING
                return self._wish("cancel") if key == "y" else None
            case Mode.VOLUME:
                return self._press_in_volume(key)
            case Mode.HELP:
                self.mode = Mode.LOOKING
                return None
            case Mode.LOOKING:
                return self._press(key)

    def footer(self) -> str:
        """What can be done now."""
        match self.mode:
            case Mode.CANCELLING:
                return "Cancel, and drop what was copied? y cancels, any other key goes back"
            case Mode.VOLUME:
                return f"volume {self.level}: Left, Right, 1-9, 0 = 10, - = 11; Esc back"
            case Mode.HELP:
                return "\n".join(_HELP)
            case Mode.LOOKING:
                keys = [*self._keys(), "? help", "Esc leave"]
                line = " | ".join(keys)
                return f"{self.said}\n{line}" if self.said else line

    def _press(self, key: str) -> Wish | Leave | None:
        if key in _LEAVING:
            return Leave()
        if key == "?":
            self.mode = Mode.HELP
        elif key == "enter":
            return self._wish("cutover")
        elif key == "s":
            return self._wish("stop")
        elif key == "x" and self._can("cancel"):
            self.mode = Mode.CANCELLING
        elif key == "v" and self._can("volume"):
            known = self.progress.volume if self.progress is not None else None
            self.mode, self.level = Mode.VOLUME, known or _USUAL_VOLUME
        return None

    def _press_in_volume(self, key: str) -> Wish | None:
        if key in _LEAVING or key in {"enter", "v"}:
            self.mode = Mode.LOOKING
            return None
        if key not in {"left", "right", *_LEVELS}:
            return None
        step = {"left": -1, "right": 1}.get(key, 0)
        self.level = min(max(_LEVELS.get(key, self.level + step), _LOWEST), _HIGHEST)
        return Wish(operation="volume", volume=self.level) if self._can("volume") else None

    def _wish(self, operation: str) -> Wish | None:
        if not self._can(operation):
            return None
        self.asked[operation] = self.clock()
        return Wish(operation=operation)

    def _can(self, operation: str) -> bool:
        if self.progress is None or operation not in self.progress.next_actions:
            return False
        at = self.asked.get(operation)
        return at is None or self.clock() - at >= _DEAD_SECONDS

    def _keys(self) -> list[str]:
        words = {"cutover": "Enter cut over", "stop": "s stop", "cancel": "x cancel"}
        words["volume"] = "v volume"
        return [text for operation, text in words.items() if self._can(operation)]
