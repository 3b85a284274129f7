"""Shadow and probe tables made, and the lanes that lead to them (E-12 to E-15a)."""

from contextlib import nullcontext
from dataclasses import replace
from threading import Lock

from tern.binlog.watched_table import TableName
from tern.ddl.create_table import parse_create_table
from tern.ddl.table import Index, Table
from tern.engine.online import statements
from tern.engine.online.checkpoint import Saved, SavedTable
from tern.engine.online.chunk_sizing import ChunkSizing
from tern.engine.online.column_map import pair_columns
from tern.engine.online.delta import BatchLog, Delta, Ripeness
from tern.engine.online.ground import Ground, Subject
from tern.engine.online.key_choice import choose_key
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.lane import Counts, Lane
from tern.engine.online.link import ChangeKey, ColumnPair, Link
from tern.engine.online.losses import consented_columns, losses
from tern.engine.online.options import Deferral
from tern.engine.online.phases import Phase
from tern.engine.online.resolver import Resolver
from tern.engine.online.shadow_table import (
    check_equal,
    deferred_indexes,
    has_counter,
    probe_text,
    read_fingerprint,
    shadow_text,
    without_indexes,
)
from tern.engine.online.watermark import Watermark
from tern.mysql.catalogue import TableSize, sizes
from tern.mysql.introspect import read_table, show_create
from tern.mysql.server import read_global_zone

_REPLICAS = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'"
_INTERLEAVED = "2"


def make_tables(ground: Ground, *, generation: int) -> Saved:
    """C, then P0, then every T and P; the checkpoint says that copying may begin.

    Transaction: none; each step leaves what the next run cleans up, because its name is derived.
    """
    names = [name for subject in ground.subjects for name in subject.names.all()]
    ground.fenced.check()
    ground.checkpoint.create(ground.fenced.connection)
    saved = Saved(
        change_id=ground.run.change_id,
        server=ground.server.uuid,
        started_at=ground.server.started_at,
        phase=Phase.PREPARE,
        applied=ground.server_log().position.to_text(),
        generation=generation,
        registered=tuple(names),
        volume=ground.orders.volume,
        zone=read_global_zone(ground.desk),
    )
    ground.checkpoint.take(ground.desk, saved)
    tables = {subject.source.name: _make(ground, subject) for subject in ground.subjects}
    saved = replace(saved, phase=Phase.COPY, tables=tables)
    ground.checkpoint.write(ground.desk, saved)
    return saved


def make_lanes(
    ground: Ground, saved: Saved, log: BatchLog, *, is_resumed: bool
) -> tuple[Lane, ...]:
    """A lane per table, from where the checkpoint says.

    A resumed one may have rows beyond that: of ranges that were committed and not yet counted.
    """
    return tuple(
        _make_lane(ground, subject, saved, log=log, overwrites=is_resumed)
        for subject in ground.subjects
    )


def missing_indexes(ground: Ground, subject: Subject, key: ChangeKey) -> tuple[Index, ...]:
    """Indexes that were left out of the shadow and are not there yet."""
    live = parse_create_table(_show(ground, subject.names.shadow))
    wanted = deferred_indexes(_shadow_of(ground, subject), key)
    have = {index.name for index in live.indexes}
    return tuple(index for index in wanted if index.name not in have)


def check_shadow(ground: Ground, subject: Subject, *, deferred: tuple[Index, ...] = ()) -> None:
    """Do nothing if the shadow is what the plan wants, but for these indexes.

    Raises:
        StalePlan: it is not.
    """
    desired = without_indexes(_desired(subject), deferred)
    check_equal(
        ground.desk,
        live=_show(ground, subject.names.shadow),
        desired=desired,
        table=subject.table,
    )


def _make(ground: Ground, subject: Subject) -> SavedTable:
    connection = ground.fenced.connection
    connection.enter(subject.source.schema)
    for name in (subject.names.shadow, subject.names.probe):
        ground.ddl(statements.drop_table(name))
    text = shadow_text(
        _desired(subject),
        subject.names.shadow,
        names_checks_per_schema=connection.flavor.names_checks_per_schema(),
    )
    deferred = _deferred(ground, subject)
    ground.ddl(without_indexes(text, deferred), table=subject.table)
    ground.ddl(probe_text(text, subject.names.probe), table=subject.table)
    check_shadow(ground, subject, deferred=deferred)
    return SavedTable(
        source=read_fingerprint(ground.desk, subject.source),
        shadow=read_fingerprint(ground.desk, subject.names.shadow),
    )


def _deferred(ground: Ground, subject: Subject) -> tuple[Index, ...]:
    match ground.options.defer_indexes:
        case Deferral.OFF:
            return ()
        case Deferral.AUTO if int(ground.desk.value(_REPLICAS)) > 0:
            return ()
        case _:
            source = read_table(
                ground.desk, schema=subject.source.schema, table=subject.source.name
            )
            shadow = _shadow_of(ground, subject)
            key = choose_key(
                source,
                shadow,
                pair_columns(source, shadow, subject.statement.ddl),
                flavor=ground.desk.flavor,
            )
            return deferred_indexes(shadow, key)


def _shadow_of(ground: Ground, subject: Subject) -> Table:
    del ground
    return parse_create_table(_desired(subject))


def _make_lane(
    ground: Ground, subject: Subject, saved: Saved, *, log: BatchLog, overwrites: bool
) -> Lane:
    known, zone = saved.tables[subject.source.name], saved.zone
    source, shadow = (
        read_table(ground.desk, schema=table.schema, table=table.name)
        for table in (subject.source, subject.names.shadow)
    )
    columns = pair_columns(source, shadow, subject.statement.ddl)
    key = choose_key(source, shadow, columns, flavor=ground.desk.flavor)
    link = _link(ground, subject, columns=columns, key=key, zone=zone)
    watermark = Watermark(low=known.low)
    size = sizes(ground.desk, subject.source.schema, [subject.source.name])[subject.source.name]
    ripeness = Ripeness(
        keys=ground.options.replay_batch,
        linger_seconds=ground.options.replay_linger.total_seconds(),
    )
    delta = Delta(log, order=KeyOrder(key), watermark=watermark, ripeness=ripeness)
    return Lane(
        statement=subject.statement,
        names=subject.names,
        link=link,
        watermark=watermark,
        delta=delta,
        sizing=ChunkSizing(limits=ground.options.chunk.for_rows_of(_row_bytes(size))),
        counts=Counts(
            rows_total=size.rows or 0,
            bytes_total=size.data_bytes,
            rows_copied=known.rows_copied,
            rows_verified=known.verified.rows,
            repairs=known.repairs,
        ),
        latch=Lock() if _needs_latch(ground, shadow) else nullcontext(),
        resolver=Resolver(link, shadow, demand=delta.demand),
        overwrites=overwrites,
        verified=known.verified,
    )


def _link(
    ground: Ground,
    subject: Subject,
    *,
    columns: tuple[ColumnPair, ...],
    key: ChangeKey,
    zone: str,
) -> Link:
    consented = consented_columns(
        columns,
        subject.statement.unsafe_reasons,
        allows_unsafe=ground.run.options.allow_unsafe,
    )
    return Link(
        source=subject.source,
        shadow=subject.names.shadow,
        probe=subject.names.probe,
        key=key,
        columns=columns,
        flavor=ground.desk.flavor,
        losses=tuple(loss for loss in losses(columns, consented=consented) if loss.condition),
        consented=consented,
        zone=zone,
    )


def _needs_latch(ground: Ground, shadow: Table) -> bool:
    """Whether INSERT ... SELECT numbers rows under a table lock, which NOWAIT refuses (E-19)."""
    mode = ground.server.variables.get("innodb_autoinc_lock_mode", _INTERLEAVED)
    return mode != _INTERLEAVED and has_counter(shadow.columns)


def _row_bytes(size: TableSize) -> int:
    return size.data_bytes // size.rows if size.rows else 0


def _desired(subject: Subject) -> str:
    return subject.statement.desired or ""


def _show(ground: Ground, table: TableName) -> str:
    return show_create(ground.desk, schema=table.schema, table=table.name)
