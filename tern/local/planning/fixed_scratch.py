"""One schema that is always there, for places without CREATE DATABASE (P-19).

Both phases of a plan build in it, one after the other, and plans take turns under a named lock.
Nothing but empty tables is ever dropped there: a row in it, or anything that is no table, stops
the plan before it begins.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from threading import Event
from time import monotonic

from tern.ddl.identifiers import qualified, quote
from tern.errors import Conflict, SchemaBotError
from tern.local.planning.crew import PlanningStopped
from tern.local.planning.scratch import CLEANUP_LIMIT, Phase, ScratchNames
from tern.mysql import named_lock
from tern.mysql.catalogue import ObjectKind, SchemaDefaults, has_rows, schema_defaults, tables
from tern.mysql.connection import Connection

TURN_WITHIN = timedelta(seconds=60)
_WAIT_AT_ONCE = timedelta(seconds=2)
_LOCK_DIGITS = 24


class WorkspaceInUse(Conflict):
    """The fixed workspace schema can't be used at this moment."""

    code = "workspace_in_use"

    def __init__(self, *, place: str, schema: str, reason: str) -> None:
        super().__init__(
            f"workspace schema `{schema}` on {place} can't be used: {reason}",
            next_action="a workspace schema must be empty and used by nothing but plans; "
            "wait for the other plan, or empty the schema",
        )


def lock_name(schema: str) -> str:
    """The named lock of a workspace schema; names of schemas may be longer than locks' names."""
    return f"schemabot:workspace:{sha256(schema.lower().encode()).hexdigest()[:_LOCK_DIGITS]}"


@contextmanager
def turn_in(connection: Connection, schema: str, *, stopping: Event) -> Generator[None]:
    """Have the schema to oneself for the length of the block, empty at its beginning.

    Locks: the schema's named lock, waited for at most `TURN_WITHIN`.

    Raises:
        WorkspaceInUse: another plan kept it, or it holds what no plan left there.
        PlanningStopped: the plan is no longer wanted.
    """
    deadline = monotonic() + TURN_WITHIN.total_seconds()
    lock = lock_name(schema)
    while not named_lock.take(connection, lock, wait=_WAIT_AT_ONCE):
        if stopping.is_set():
            raise PlanningStopped
        if monotonic() >= deadline:
            reason = f"another plan has worked in it for {TURN_WITHIN.seconds} s"
            raise WorkspaceInUse(place=connection.place, schema=schema, reason=reason)
    try:
        clear(connection, schema)
        yield
    finally:
        with suppress(SchemaBotError):
            named_lock.give_back(connection, lock)


def clear(connection: Connection, schema: str) -> None:
    """Drop the schema's tables and sequences, once it is sure that all of them are empty.

    Raises:
        WorkspaceInUse: a table holds a row, or something else stands there; nothing was dropped.
    """
    found = tables(connection, schema)
    for one in found:
        reason = None
        if one.kind not in {ObjectKind.TABLE, ObjectKind.SEQUENCE}:
            reason = f"it holds the {one.kind} {one.name}"
        elif one.kind is ObjectKind.TABLE and has_rows(connection, schema, one.name):
            reason = f"its table {one.name} holds rows"
        if reason is not None:
            raise WorkspaceInUse(place=connection.place, schema=schema, reason=reason)
    if found:
        connection.execute("SET SESSION foreign_key_checks = 0")
    for one in sorted(found, key=lambda each: each.kind is ObjectKind.SEQUENCE):
        kind = "SEQUENCE" if one.kind is ObjectKind.SEQUENCE else "TABLE"
        connection.execute(f"DROP {kind} {qualified(schema, one.name)}")


class FixedScratch:
    """The fixed schema as the scratch schema of one namespace, in one phase after the other."""

    def __init__(self, connection: Connection, names: ScratchNames, *, schema: str) -> None:
        self._connection = connection
        self._schema = schema
        self._phase: Phase | None = None
        self.names = names

    def schema_of(self, phase: Phase, number: int) -> str:
        """The fixed schema, for every phase."""
        del phase, number
        return self._schema

    def create(self, phase: Phase, number: int, defaults: SchemaDefaults) -> str:
        """The schema, empty where a phase begins, with the defaults of the one it stands for.

        Raises:
            WorkspaceInUse: somebody else wrote to it meanwhile.
        """
        del number
        if phase is not self._phase:
            clear(self._connection, self._schema)
            self._phase = phase
        if schema_defaults(self._connection, self._schema) != defaults:
            self._connection.execute(
                f"ALTER DATABASE {quote(self._schema)} "
                f"CHARACTER SET {defaults.charset} COLLATE {defaults.collation}"
            )
        return self._schema

    def drop_all(self, reconnect: Callable[[], Connection]) -> tuple[str, ...]:
        """Empty the schema, over a new connection if the plan's own is lost. Raises nothing.

        Returns:
            Why something stayed there, one line; the next plan clears it then.
        """
        if self._phase is None:
            return ()
        try:
            if self._connection.is_open:
                clear(self._connection, self._schema)
            else:
                with reconnect() as other:
                    self._clear_again(other)
        except SchemaBotError as error:
            return (f"workspace schema {self._schema} was not cleared: {error.message}",)
        return ()

    def _clear_again(self, other: Connection) -> None:
        """The lock went with the lost connection: another plan may have its turn by now."""
        with named_lock.held(other, lock_name(self._schema), wait=CLEANUP_LIMIT / 2):
            clear(other, self._schema)
