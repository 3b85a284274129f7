"""Scratch schemas: where the server builds what the files say, and nothing stays behind.

Each plan has a token. Its schemas carry it in their names, and the plan's main session holds a
named lock on it for as long as it works; the server frees that lock when the session ends, however
it ends. So a schema whose lock is free belongs to nobody: the sweep may take it, once it is old.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from secrets import token_hex
from threading import Event
from time import monotonic

from tern.ddl.identifiers import quote
from tern.errors import SchemaBotError, TargetReadOnly
from tern.mysql import named_lock
from tern.mysql.catalogue import ObjectKind, SchemaDefaults, has_rows, tables
from tern.mysql.connection import Connection

SCRATCH_PATTERN = r"\_schemabot\_%"
ABANDONED_AFTER = timedelta(hours=1)
SWEPT_BEFORE_A_PLAN = 5
CLEANUP_LIMIT = timedelta(seconds=30)

_NAME = re.compile(
    r"_schemabot_w_(?P<made>\d{14})_(?P<token>[0-9a-f]{10})_(?P<phase>[dp])(?P<number>\d+)"
)
_TOKEN_BYTES = 5
_MADE_FORMAT = "%Y%m%d%H%M%S"
_CLEANUP_PAUSE_SECONDS = 0.5


class Phase(StrEnum):
    """What a scratch schema is for."""

    DESIRED = "d"
    PROOF = "p"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchNames:
    """The names of one plan's scratch schemas."""

    made: str
    token: str

    @property
    def lock(self) -> str:
        """The named lock that shows that the plan is still at work."""
        return f"schemabot:w:{self.token}"

    def schema(self, phase: Phase, number: int) -> str:
        """The scratch schema of a namespace, by its number."""
        return f"_schemabot_w_{self.made}_{self.token}_{phase}{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepReport:
    """What a sweep did: schemas dropped, and those left alone with the reason."""

    dropped: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Scratch:
    """The scratch schemas of one plan; knows which exist, so that all of them go."""

    def __init__(self, connection: Connection, names: ScratchNames) -> None:
        self._connection = connection
        self._spare: Connection | None = None
        self._made: set[str] = set()
        self.names = names

    def schema_of(self, phase: Phase, number: int) -> str:
        """The name of a namespace's scratch schema, whether it exists or not."""
        return self.names.schema(phase, number)

    def create(self, phase: Phase, number: int, defaults: SchemaDefaults) -> str:
        """A new empty schema with the defaults of the one it stands for; its name.

        Raises:
            TargetReadOnly: the server takes no writes; nothing was made.
        """
        name = self.names.schema(phase, number)
        if name not in self._made:
            self._made.add(name)
            try:
                self._connection.execute(
                    f"CREATE DATABASE {quote(name)} "
                    f"CHARACTER SET {defaults.charset} COLLATE {defaults.collation}"
                )
            except TargetReadOnly:
                self._made.discard(name)
                raise
        return name

    def drop_all(self, reconnect: Callable[[], Connection]) -> tuple[str, ...]:
        """Drop every schema made here, over a new connection if the plan's own is lost.

        Tries again until the limit on clean-up is reached, but not on a server that has become
        read-only: a sweep finds them when it takes writes again. Raises nothing of the error tree.

        Returns:
            Why a schema could not be dropped, one line each; empty when nothing stayed.
        """
        deadline = monotonic() + CLEANUP_LIMIT.total_seconds()
        errors: dict[str, SchemaBotError] = {}
        while self._made:
            errors = self._drop_once(reconnect)
            is_hopeless = all(isinstance(error, TargetReadOnly) for error in errors.values())
            if not self._made or is_hopeless or monotonic() >= deadline:
                break
            Event().wait(_CLEANUP_PAUSE_SECONDS)
        if self._spare is not None:
            self._spare.close()
        return tuple(
            f"scratch schema {name} stayed behind: {errors[name].message}" for name in self._made
        )

    def _drop_once(self, reconnect: Callable[[], Connection]) -> dict[str, SchemaBotError]:
        errors: dict[str, SchemaBotError] = {}
        for name in sorted(self._made):
            try:
                drop_schema(self._open_connection(reconnect), name)
                self._made.discard(name)
            except SchemaBotError as error:
                errors[name] = error
        return errors

    def _open_connection(self, reconnect: Callable[[], Connection]) -> Connection:
        if self._connection.is_open:
            return self._connection
        if self._spare is None or not self._spare.is_open:
            self._spare = reconnect()
        return self._spare


def new_names(connection: Connection) -> ScratchNames:
    """Names that nobody else has, dated by the server's clock."""
    return ScratchNames(made=f"{_now(connection):{_MADE_FORMAT}}", token=token_hex(_TOKEN_BYTES))


def drop_schema(connection: Connection, name: str) -> None:
    """Drop a scratch schema, whichever others have foreign keys into it."""
    connection.execute("SET SESSION foreign_key_checks = 0")
    connection.execute(f"DROP DATABASE IF EXISTS {quote(name)}")


def sweep(connection: Connection, *, at_most: int | None = None) -> SweepReport:
    """Drop scratch schemas that a plan left behind; what is not surely one is left and reported.

    Dropped are those whose whole name matches, which are older than an hour, whose lock is free and
    whose tables are all empty.
    """
    now = _now(connection)
    old = [name for name in _scratch_schemas(connection) if _is_abandoned(name, now)]
    dropped: list[str] = []
    left: list[str] = []
    for name in old[:at_most]:
        reason = _sweep_one(connection, name)
        if reason is None:
            dropped.append(name)
        else:
            left.append(f"{name}: {reason}")
    return SweepReport(dropped=tuple(dropped), left=tuple(left))


def _sweep_one(connection: Connection, name: str) -> str | None:
    """Why the schema was left alone; None when it is gone."""
    found = _NAME.fullmatch(name)
    lock = f"schemabot:w:{found['token'] if found else ''}"
    if not named_lock.take(connection, lock):
        return "a plan is still at work in it"
    try:
        reason = _reason_to_keep(connection, name)
        if reason is None:
            drop_schema(connection, name)
        return reason
    except SchemaBotError as error:
        return error.message
    finally:
        with suppress(SchemaBotError):
            named_lock.give_back(connection, lock)


def _reason_to_keep(connection: Connection, schema: str) -> str | None:
    for found in tables(connection, schema):
        if found.kind is ObjectKind.SEQUENCE:
            continue
        if found.kind is not ObjectKind.TABLE:
            return f"holds the {found.kind} {found.name}"
        if has_rows(connection, schema, found.name):
            return f"table {found.name} holds rows"
    return None


def _scratch_schemas(connection: Connection) -> Sequence[str]:
    rows = connection.query(
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE %s ORDER BY 1",
        (r"\_schemabot\_w\_%",),
    )
    return [str(row[0]) for row in rows]


def _is_abandoned(name: str, now: datetime) -> bool:
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    try:
        made = datetime.strptime(found["made"], _MADE_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return False
    return now - made > ABANDONED_AFTER


def _now(connection: Connection) -> datetime:
    """The server's own time."""
    return datetime.fromisoformat(str(connection.value("SELECT UTC_TIMESTAMP()"))).replace(
        tzinfo=UTC
    )
