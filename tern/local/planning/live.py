"""The live side of a plan: every table's own text, and what else stands in its schemas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import Names
from tern.errors import LockWaitTimeout, TableMissing
from tern.local.planning.crew import Crew
from tern.local.planning.ignored import reason_to_ignore
from tern.local.planning.namespaces import Namespace
from tern.local.planning.problems import Problems
from tern.mysql.catalogue import (
    LiveObject,
    ObjectKind,
    SchemaDefaults,
    routines_and_events,
    schema_defaults,
    tables,
    triggers,
)
from tern.mysql.connection import Connection
from tern.mysql.introspect import SEQUENCE, TABLE, show_create
from tern.values.plan import Problem, SchemaObject


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTable:
    """One table or sequence as it stands.

    Attributes:
        name: As the catalogue spells it.
        unreadable: Why its text can't be used; then `text` is empty.
    """

    name: str
    text: str
    is_sequence: bool = False
    unreadable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSchema:
    """One namespace's schema.

    Shape:
        tables: The server's key for the name -> table or sequence.
        triggers: Names of tables that have triggers -> the triggers' names.
    """

    namespace: Namespace
    defaults: SchemaDefaults
    tables: Mapping[str, LiveTable]
    triggers: Mapping[str, tuple[str, ...]]
    unmanaged: tuple[SchemaObject, ...]
    ignored: tuple[SchemaObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Catalogue:
    defaults: SchemaDefaults
    tables: tuple[LiveObject, ...]
    others: tuple[LiveObject, ...]


class LiveReader:
    """Reads the live side; what one locked table does is a problem and hides no other."""

    def __init__(self, *, names: Names, problems: Problems) -> None:
        self._names = names
        self._problems = problems

    def read_all(self, crew: Crew, namespaces: Sequence[Namespace]) -> tuple[LiveSchema, ...]:
        """Every namespace's schema, over all connections at once.

        Raises:
            SchemaMissing: a namespace's schema does not exist.
        """
        catalogues = crew.each(self._catalogue, namespaces)
        wanted = [
            (namespace, found)
            for namespace, catalogue in zip(namespaces, catalogues, strict=True)
            for found in catalogue.tables
            if _is_managed(namespace, found)
        ]
        texts = crew.each(self._text, wanted)
        by_namespace: dict[str, dict[str, LiveTable]] = {space.name: {} for space in namespaces}
        for (namespace, _), table in zip(wanted, texts, strict=True):
            if table is not None:
                by_namespace[namespace.name][self._names.table_key(table.name)] = table
        return tuple(
            _schema(namespace, catalogue, by_namespace[namespace.name])
            for namespace, catalogue in zip(namespaces, catalogues, strict=True)
        )

    def _catalogue(self, connection: Connection, namespace: Namespace) -> _Catalogue:
        schema = namespace.schema
        return _Catalogue(
            defaults=schema_defaults(connection, schema),
            tables=tables(connection, schema),
            others=(*triggers(connection, schema), *routines_and_events(connection, schema)),
        )

    def _text(
        self, connection: Connection, wanted: tuple[Namespace, LiveObject]
    ) -> LiveTable | None:
        namespace, found = wanted
        is_sequence = found.kind is ObjectKind.SEQUENCE
        try:
            text = show_create(
                connection,
                schema=namespace.schema,
                table=found.name,
                kind=SEQUENCE if is_sequence else TABLE,
            )
        except UnsupportedTable as error:
            return LiveTable(
                name=found.name, text="", is_sequence=is_sequence, unreadable=error.reason
            )
        except LockWaitTimeout as error:
            self._problems.add(_busy(namespace, found, error))
            return None
        except TableMissing:
            # Dropped since the catalogue was read; the start of the apply would notice.
            return None
        return LiveTable(name=found.name, text=text, is_sequence=is_sequence)


def _is_managed(namespace: Namespace, found: LiveObject) -> bool:
    return (
        found.kind in {ObjectKind.TABLE, ObjectKind.SEQUENCE}
        and reason_to_ignore(found.name, namespace.ignored) is None
    )


def _schema(
    namespace: Namespace, catalogue: _Catalogue, found: Mapping[str, LiveTable]
) -> LiveSchema:
    by_table: dict[str, tuple[str, ...]] = {}
    for other in catalogue.others:
        if other.kind is ObjectKind.TRIGGER and other.table is not None:
            by_table[other.table] = (*by_table.get(other.table, ()), other.name)
    views = [o for o in catalogue.tables if o.kind is ObjectKind.VIEW]
    return LiveSchema(
        namespace=namespace,
        defaults=catalogue.defaults,
        tables=found,
        triggers=by_table,
        unmanaged=tuple(_unmanaged(namespace, o) for o in (*views, *catalogue.others)),
        ignored=tuple(_ignored(namespace, catalogue.tables)),
    )


def _ignored(namespace: Namespace, found: Sequence[LiveObject]) -> list[SchemaObject]:
    listed: list[SchemaObject] = []
    for table in found:
        reason = reason_to_ignore(table.name, namespace.ignored)
        if table.kind is not ObjectKind.VIEW and reason is not None:
            listed.append(
                SchemaObject(
                    namespace=namespace.name, kind=table.kind, name=table.name, reason=reason
                )
            )
    return listed


def _unmanaged(namespace: Namespace, found: LiveObject) -> SchemaObject:
    belongs = f" on `{found.table}`" if found.table else ""
    return SchemaObject(
        namespace=namespace.name,
        kind=found.kind,
        name=found.name,
        reason=f"a {found.kind}{belongs} is left as it is",
    )


def _busy(namespace: Namespace, found: LiveObject, error: LockWaitTimeout) -> Problem:
    return Problem(
        code=error.code, message=error.message, namespace=namespace.name, table=found.name
    )
