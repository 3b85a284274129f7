"""What one read of the feed gives: changed keys, statements, and how far the log was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.binlog.position import Position
from tern.binlog.watched_table import Key, TableName


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that the log holds as text: DDL, or DML in statement format.

    Transaction control (BEGIN, COMMIT, ROLLBACK, savepoints, XA) is left out.

    Attributes:
        schema: The session's default schema, empty if it had none.
        text: The statement in the session's character set; what can't be decoded is escaped.
        connection_id: The session's id on the server named by `server_id`.
        server_id: The server where the statement ran first; another one if it was replicated.
    """

    schema: str
    text: str
    connection_id: int
    server_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some events in the log's order, read in one go; empty when nothing came in time.

    Attributes:
        keys: Changed keys per watched table that has any, in arrival order, repeats included: an
            update that changes the key files the old key and the new one.
        statements: At most one, and then it is later than all keys of this batch: the feed stops
            behind a statement so that it can be judged before the log is read further. Only a
            transaction that MySQL compressed comes as a whole, whatever it holds.
        before: The boundary between transactions that precedes all keys of this batch. A
            transaction that spans batches begins behind the `before` of each of them.
        received: The last boundary between transactions that was read. Everything before it has
            been filed, in this batch or an earlier one.
        transactions: How many ended within the batch.
        newest_event: Seconds since 1970 by the server's clock at its newest event with a time; 0
            if there was none. It is the time at which a statement began, not its commit.
    """

    keys: Mapping[TableName, Sequence[Key]]
    statements: Sequence[Statement]
    before: Position
    received: Position
    transactions: int
    newest_event: int
