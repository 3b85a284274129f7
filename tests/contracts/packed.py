"""A packed row says what a select of its columns says, whatever the texts hold."""

import pytest
from sqlalchemy import Boolean, exists, select, update

from schemabot.storage.columns import UtcMicros
from schemabot.storage.packed import Packed
from schemabot.storage.storage import Storage
from schemabot.storage.tables.schema import applies, tasks
from tests.support.stored import claim_one, store_apply

TEXTS = (
    "plain",
    "",
    "quotes \" ' ` and a back\\slash\\",
    'JSON {"a": [1, null]}',
    "ends of lines \n\r\t and controls \x01\x1f\x7f",
    "ümlaut, 漢字, \U0001f40d, \u2028",
    "percent %s %(name)s %%",
    "x" * 70_000,
)


class PackedContract:
    """On every database that storage can be on."""

    @pytest.mark.parametrize("text", TEXTS)
    def test_a_packed_row_is_the_row(self, storage: Storage, text: str) -> None:
        store_apply(storage)
        claim_one(storage)
        storage.database.write(lambda tx: tx.execute(update(applies).values(error_message=text)))
        packed = Packed(applies, beside={"db_now": UtcMicros()})
        now = storage.database.clock.now()
        query = select(packed.column(now))
        found = packed.unpack(storage.database.read(lambda tx: tx.execute(query).scalar_one()))
        assert found.pop("db_now") <= storage.database.now()
        rows = storage.database.read(lambda tx: tx.execute(select(applies)).mappings().all())
        assert found == dict(rows[0])
        assert found["error_message"] == text

    def test_a_packed_task_has_its_types(self, storage: Storage) -> None:
        store_apply(storage)
        packed = Packed(tasks)
        query = select(packed.column()).order_by(tasks.c.id)
        texts = storage.database.read(lambda tx: tx.execute(query).scalars().all())
        rows = storage.database.read(
            lambda tx: tx.execute(select(tasks).order_by(tasks.c.id)).mappings().all()
        )
        assert [packed.unpack(text) for text in texts] == [dict(row) for row in rows]
        assert [packed.unpack(text)["ready"] for text in texts] == [False, False]

    @pytest.mark.parametrize("wanted", [True, False])
    def test_the_truth_of_an_expression_beside_a_row(
        self, storage: Storage, *, wanted: bool
    ) -> None:
        store_apply(storage)
        packed = Packed(applies, beside={"is_any": Boolean()})
        is_any = exists().where(applies.c.apply_id != ("none" if wanted else applies.c.apply_id))
        query = select(packed.column(is_any.correlate(None)))
        text = storage.database.read(lambda tx: tx.execute(query).scalar_one())
        assert packed.unpack(text)["is_any"] is wanted
