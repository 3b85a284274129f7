"""The log of an apply: transitions, claims, requests, and what its engine says (A-36)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schemabot.domain.ids import ApplyId, TaskId


class Level(StrEnum):
    """How loud a line is."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Source(StrEnum):
    """Who wrote a line: the control plane, or the engine that carries the apply out."""

    CONTROL = "control"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A line, about to be stored.

    Attributes:
        event: A stable word for programs, e.g. `claimed`, `state_changed`.
    """

    event: str
    message: str
    level: Level = Level.INFO
    source: Source = Source.CONTROL
    task_id: TaskId | None = None
    old_state: str | None = None
    new_state: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A stored line; ids grow in the order of one apply's log."""

    id: int
    apply_id: ApplyId
    at: datetime
    event: str
    message: str
    level: Level
    source: Source
    task_id: TaskId | None = None
    old_state: str | None = None
    new_state: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which lines are shown; all given conditions hold at once.

    Attributes:
        after_id: With it the lines that follow; without it the newest ones, oldest first.
    """

    after_id: int | None = None
    level: Level | None = None
    task_id: TaskId | None = None
    source: Source | None = None
