"""Plans: immutable, found by id, original texts stored once per content (P-48)."""

import hashlib
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, bindparam, exists, insert, or_, select
from sqlalchemy.exc import IntegrityError

from schemabot.domain.errors import PlanNotFound
from schemabot.domain.ids import ApplyId, PlanId, mint_plan_id
from schemabot.domain.page import Page
from schemabot.domain.plan import (
    NewPlan,
    Plan,
    PlanAtHand,
    PlanFilter,
    PlanSource,
    hash_desired,
    hash_plan,
)
from schemabot.domain.states import ApplyState
from schemabot.storage.columns import UtcMicros
from schemabot.storage.cursors import page_of, read_page
from schemabot.storage.database import Database
from schemabot.storage.json_values import PLAN_RESULT, SCHEMA_FILES, TARGET
from schemabot.storage.packed import Packed
from schemabot.storage.prepared import Prepared
from schemabot.storage.rows import Columns
from schemabot.storage.tables.schema import (
    applies,
    database_locks,
    plan_originals,
    plans,
    schema_texts,
)
from tern.values.plan import OriginalTable
from tern.values.schema_files import SchemaFiles
from tern.values.target import Target

_NOW = "db_now"
_LOCK_OWNER = "lock_owner"
_WHOLE = Packed(plans, beside={_NOW: UtcMicros(), _LOCK_OWNER: String()})
_OWNER_OF_LOCK = (
    select(database_locks.c.owner)
    .where(
        database_locks.c.database_name == plans.c.database_name,
        database_locks.c.database_type == plans.c.database_type,
    )
    .correlate(plans)
    .scalar_subquery()
)


class PlanStore:
    """Create, read, never change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at_hand = Prepared(
            select(_WHOLE.column(database.clock.now(), _OWNER_OF_LOCK)).where(
                plans.c.plan_id == bindparam("wanted")
            ),
            is_kept=True,
        )

    def create(self, new: NewPlan) -> Plan:
        """The stored plan, with its id, hashes, and times by the database's clock.

        Transaction: one, committed before return.
        """
        plan_id = mint_plan_id()
        return self._database.write(
            lambda tx: self._create(tx, plan_id, new), confirm=lambda tx: _read(tx, plan_id)
        )

    def get(self, plan_id: PlanId) -> Plan:
        """The plan as it was stored.

        Raises:
            PlanNotFound: a successful read found none.
        """
        plan = self._database.read(lambda tx: _read(tx, plan_id), is_snapshot=True)
        if plan is None:
            raise PlanNotFound(plan_id=plan_id)
        return plan

    def at_hand(self, plan_id: PlanId) -> PlanAtHand:
        """What admission judges it by, read at once; joins the transaction that inserts the rows.

        Raises:
            PlanNotFound: a successful read found none.
        """
        row = self._database.read(lambda tx: self._at_hand.run(tx, wanted=plan_id).scalar())
        if row is None:
            raise PlanNotFound(plan_id=plan_id)
        columns = _WHOLE.unpack(row)
        plan = _plan_of(columns, ())
        return PlanAtHand(plan=plan, now=columns[_NOW], lock_owner=columns[_LOCK_OWNER])

    def desired(self, plan_id: PlanId) -> SchemaFiles:
        """The files that the plan was made from. Raises PlanNotFound."""
        query = select(plans.c.desired).where(plans.c.plan_id == plan_id)
        text = self._database.read(lambda tx: tx.execute(query).scalar())
        if text is None:
            raise PlanNotFound(plan_id=plan_id)
        return SCHEMA_FILES.load(text)

    def find(self, wanted: PlanFilter, *, limit: int, cursor: str | None = None) -> Page[Plan]:
        """Plans, newest first; their originals are left out.

        Raises:
            InvalidField: the cursor is not one of this list.
        """
        query = select(plans).where(*_conditions(wanted))
        rows, following = self._database.read(
            lambda tx: read_page(tx, query, key=plans.c.id, limit=limit, cursor=cursor)
        )
        return page_of(rows, following, lambda row: _plan_of(row, ()))

    def is_reached(self, target: Target, *, desired_hash: str) -> bool:
        """Whether the target has proven to be as these files want it (A-57).

        That is: a completed apply of a plan with this hash, or a plan with it that changes nothing.
        """
        is_completed = exists().where(
            applies.c.plan_id == plans.c.plan_id, applies.c.state == ApplyState.COMPLETED.value
        )
        query = select(plans.c.id).where(
            plans.c.desired_hash == desired_hash,
            plans.c.database_name == target.database,
            plans.c.database_type == target.type.value,
            plans.c.environment == target.environment,
            or_(plans.c.has_changes.is_(False), is_completed),
        )
        return self._database.read(lambda tx: tx.execute(query.limit(1)).first()) is not None

    def _create(self, tx: Connection, plan_id: PlanId, new: NewPlan) -> Plan:
        clock = self._database.clock
        values = _columns_of(plan_id, new)
        times = {"created_at": clock.now(), "expires_at": clock.after(new.ttl)}
        plan_row = tx.execute(insert(plans).values(**values, **times)).inserted_primary_key
        assert plan_row is not None  # noqa: S101 - a single-row insert has one
        for position, original in enumerate(new.result.originals):
            content_hash = _keep_text(tx, original.text)
            tx.execute(
                insert(plan_originals).values(
                    plan_row=plan_row[0],
                    position=position,
                    namespace=original.namespace,
                    table_name=original.table,
                    content_hash=content_hash,
                )
            )
        stored = _read(tx, plan_id)
        assert stored is not None  # noqa: S101 - inserted above, in this transaction
        return stored


def _columns_of(plan_id: PlanId, new: NewPlan) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "plan_hash": hash_plan(new.target, new.result),
        "desired_hash": hash_desired(new.desired),
        "database_name": new.target.database,
        "database_type": new.target.type.value,
        "environment": new.target.environment,
        "target": TARGET.dump(new.target),
        "route": new.route,
        "engine": new.engine,
        "has_changes": bool(new.result.statements),
        "result": PLAN_RESULT.dump(replace(new.result, originals=())),
        "desired": SCHEMA_FILES.dump(new.desired),
        "caller": new.caller,
        "repository": new.source.repository,
        "pull_request": new.source.pull_request,
        "head_sha": new.source.head_sha,
        "schema_path": new.source.schema_path,
        "rollback_of": new.rollback_of,
    }


def _keep_text(tx: Connection, text: str) -> str:
    """The hash under which the text is stored, by us or by somebody before."""
    content_hash = hashlib.sha256(text.encode()).hexdigest()
    known = select(schema_texts.c.content_hash).where(schema_texts.c.content_hash == content_hash)
    if tx.execute(known).first() is None:
        try:
            tx.execute(insert(schema_texts).values(content_hash=content_hash, content=text))
        except IntegrityError:
            return content_hash  # a rival stored the same text between the two statements
    return content_hash


def _read(tx: Connection, plan_id: PlanId) -> Plan | None:
    row = tx.execute(select(plans).where(plans.c.plan_id == plan_id)).mappings().first()
    return None if row is None else _plan_of(row, _originals(tx, row["id"]))


def _originals(tx: Connection, plan_row: int) -> tuple[OriginalTable, ...]:
    query = (
        select(plan_originals.c.namespace, plan_originals.c.table_name, schema_texts.c.content)
        .join(schema_texts, schema_texts.c.content_hash == plan_originals.c.content_hash)
        .where(plan_originals.c.plan_row == plan_row)
        .order_by(plan_originals.c.position)
    )
    return tuple(
        OriginalTable(namespace=namespace, table=table, text=text)
        for namespace, table, text in tx.execute(query)
    )


def _plan_of(row: Columns, originals: tuple[OriginalTable, ...]) -> Plan:
    return Plan(
        plan_id=PlanId(row["plan_id"]),
        plan_hash=row["plan_hash"],
        desired_hash=row["desired_hash"],
        target=TARGET.load(row["target"]),
        route=row["route"],
        engine=row["engine"],
        result=replace(PLAN_RESULT.load(row["result"]), originals=originals),
        source=PlanSource(
            repository=row["repository"],
            pull_request=row["pull_request"],
            head_sha=row["head_sha"],
            schema_path=row["schema_path"],
        ),
        caller=row["caller"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        rollback_of=None if row["rollback_of"] is None else ApplyId(row["rollback_of"]),
    )


def _conditions(wanted: PlanFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.database is not None:
        conditions.append(plans.c.database_name == wanted.database)
    if wanted.environment is not None:
        conditions.append(plans.c.environment == wanted.environment)
    if wanted.pull_request is not None:
        repository, number = wanted.pull_request
        conditions += [plans.c.repository == repository, plans.c.pull_request == number]
    return conditions
