"""A key, its body's hash and the answer are a row of the transaction that did the work (Q-5)."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from schemabot.domain.errors import IdempotencyKeyReused
from schemabot.domain.idempotency import IdempotencyKey, StoredAnswer
from schemabot.storage.database import Database
from schemabot.storage.tables.schema import idempotency_keys as keys


class IdempotencyStore:
    """Each key does its work once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def once(self, key: IdempotencyKey, work: Callable[[], str]) -> StoredAnswer:
        """The answer of the first execution, whoever ran it.

        `work` calls any store methods of the same storage on this thread: they join this
        transaction, so key, answer and rows are committed together or not at all. It may run again
        after a deadlock; when it raises, nothing is stored and the key stays free. A rival with the
        same key waits for the first to end.

        Raises:
            IdempotencyKeyReused: the key came before with another body.
        """
        return self._database.write(
            lambda tx: self._once(tx, key, work), confirm=lambda tx: _stored(tx, key)
        )

    def prune(self, *, older_than: timedelta, limit: int) -> int:
        """Forget old keys, at most `limit`; how many."""
        is_old = keys.c.created_at < self._database.clock.after(-older_than)
        query = select(keys.c.id).where(is_old).order_by(keys.c.created_at).limit(limit)
        return self._database.write(lambda tx: _delete(tx, list(tx.execute(query).scalars())))

    def _once(self, tx: Connection, key: IdempotencyKey, work: Callable[[], str]) -> StoredAnswer:
        stored = _stored(tx, key)
        if stored is not None:
            return stored
        columns = {"caller": key.caller, "route": key.route, "key_text": key.key}
        rest = {
            "body_hash": key.body_hash,
            "answer": "",
            "created_at": self._database.clock.now(),
        }
        try:
            tx.execute(insert(keys).values(**columns, **rest))
        except IntegrityError:
            rival = _stored(tx, key)
            if rival is None:
                raise
            return rival
        answer = work()
        tx.execute(update(keys).where(_is(key)).values(answer=answer))
        return StoredAnswer(body=answer, is_replay=False)


def _stored(tx: Connection, key: IdempotencyKey) -> StoredAnswer | None:
    row = tx.execute(select(keys.c.body_hash, keys.c.answer).where(_is(key))).first()
    if row is None:
        return None
    if row.body_hash != key.body_hash:
        raise IdempotencyKeyReused(key=key.key)
    return StoredAnswer(body=row.answer, is_replay=True)


def _is(key: IdempotencyKey) -> ColumnElement[bool]:
    return and_(keys.c.caller == key.caller, keys.c.route == key.route, keys.c.key_text == key.key)


def _delete(tx: Connection, ids: list[int]) -> int:
    return tx.execute(delete(keys).where(keys.c.id.in_(ids))).rowcount
