"""The target that workers change in fault tests, and its own record of who did what.

It stands for what engines do on a real target: a named lock on the session that writes, the epoch
recorded under it, a look at what is there before anything is changed.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.connections import Connection

from tern.errors import ServerUnavailable, StaleEpoch, TargetBusy

LOCK_SECONDS = 10
TABLES = (
    """CREATE TABLE fences (
        target VARCHAR(64) PRIMARY KEY, apply_id VARCHAR(64) NOT NULL,
        epoch BIGINT NOT NULL, connection BIGINT NOT NULL)""",
    """CREATE TABLE journal (
        id BIGINT AUTO_INCREMENT PRIMARY KEY, apply_id VARCHAR(64) NOT NULL,
        task_id VARCHAR(64) NOT NULL, epoch BIGINT NOT NULL, worker VARCHAR(128) NOT NULL,
        step INT NOT NULL, at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), KEY (apply_id))""",
    """CREATE TABLE effects (
        id BIGINT AUTO_INCREMENT PRIMARY KEY, apply_id VARCHAR(64) NOT NULL,
        task_id VARCHAR(64) NOT NULL, epoch BIGINT NOT NULL, KEY (apply_id, task_id))""",
)
_CONNECTION_ERRORS = (pymysql.err.OperationalError, pymysql.err.InterfaceError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the target's tables are."""

    host: str
    port: int
    schema: str

    def connect(self) -> Connection:
        """A new session of root, autocommit on."""
        return pymysql.connect(
            ssl_disabled=True,
            host=self.host,
            port=self.port,
            user="root",
            database=self.schema,
            autocommit=True,
            connect_timeout=5,
            read_timeout=20,
        )


class TargetSession:
    """One run's session on the target; sync, used by one thread at a time."""

    def __init__(self, address: Address, *, worker: str, apply_id: str, epoch: int) -> None:
        self._place = f"{address.host}:{address.port}"
        self._worker = worker
        self._apply_id = apply_id
        self._epoch = epoch
        try:
            self._connection = address.connect()
        except _CONNECTION_ERRORS as error:
            raise ServerUnavailable(place=self._place, reason=str(error)) from error
        self._socket: socket.socket = self._connection._sock  # type: ignore[attr-defined]  # noqa: SLF001

    def enter(self, target: str) -> None:
        """Hold the target's lock with our epoch recorded; older holders are killed (Q-28).

        Raises:
            StaleEpoch: a newer claim has been here.
            TargetBusy: somebody else holds it still after 10 s.
        """
        deadline = time.monotonic() + LOCK_SECONDS
        while not self._value("SELECT GET_LOCK(%s, 0.2)", target):
            if time.monotonic() > deadline:
                raise TargetBusy(place=target, holder="another run")
            self._displace(target)
        self._refuse_stale(target)
        self._run(
            "REPLACE INTO fences VALUES (%s, %s, %s, CONNECTION_ID())",
            target,
            self._apply_id,
            self._epoch,
        )

    def note(self, task_id: str, step: int) -> None:
        """A statement on the target that changes no data of users."""
        self._run(
            "INSERT INTO journal (apply_id, task_id, epoch, worker, step) VALUES (%s,%s,%s,%s,%s)",
            self._apply_id,
            task_id,
            self._epoch,
            self._worker,
            step,
        )

    def is_done(self, task_id: str) -> bool:
        """Whether the live schema is as desired already."""
        sql = "SELECT COUNT(*) FROM effects WHERE apply_id = %s AND task_id = %s"
        return bool(self._value(sql, self._apply_id, task_id))

    def take_effect(self, task_id: str) -> None:
        """The statement that must happen once."""
        self._run(
            "INSERT INTO effects (apply_id, task_id, epoch) VALUES (%s, %s, %s)",
            self._apply_id,
            task_id,
            self._epoch,
        )

    def cut(self) -> None:
        """Close the connection from any thread; whoever uses it gets an error."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _displace(self, target: str) -> None:
        found = self._row("SELECT apply_id, epoch, connection FROM fences WHERE target=%s", target)
        if found is None or found[0] != self._apply_id:
            return
        if found[1] > self._epoch:
            raise StaleEpoch(place=target, ours=self._epoch, found=found[1])
        try:
            self._run("KILL %s", found[2])
        except pymysql.err.MySQLError:
            return  # it is gone already

    def _refuse_stale(self, target: str) -> None:
        sql = "SELECT epoch FROM fences WHERE target = %s AND apply_id = %s"
        found = self._row(sql, target, self._apply_id)
        if found is not None and found[0] > self._epoch:
            raise StaleEpoch(place=target, ours=self._epoch, found=found[0])

    def _value(self, sql: str, *values: object) -> object:
        row = self._row(sql, *values)
        return None if row is None else row[0]

    def _row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        with self._statement(sql, values) as cursor:
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _run(self, sql: str, *values: object) -> None:
        with self._statement(sql, values):
            pass

    @contextmanager
    def _statement(self, sql: str, values: tuple[object, ...]) -> Iterator[pymysql.cursors.Cursor]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql, values)
                yield cursor
        except (*_CONNECTION_ERRORS, AttributeError, OSError, ValueError) as error:
            # a connection that is cut while it is read breaks in any of these ways
            raise ServerUnavailable(place=self._place, reason=repr(error)) from error
