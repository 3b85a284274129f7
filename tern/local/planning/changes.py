"""Both sides as tables, and the statements between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tern.ddl import sequence as sequences
from tern.ddl.diff import pairing
from tern.ddl.diff.policy import ColumnOrder, DiffPolicy, OptionClass, PartitionPolicy
from tern.ddl.diff.rename_hints import DoneHint, resolve_hints
from tern.ddl.diff.renames import TableRename
from tern.ddl.diff.schema import diff_namespaces
from tern.ddl.diff.statement import TableStatement
from tern.ddl.errors import UnsupportedTable
from tern.ddl.flavor import Flavor
from tern.ddl.hints import RenameHint
from tern.ddl.identifiers import Names
from tern.ddl.statements import CreateTable
from tern.ddl.table import Table, with_named_options
from tern.local.planning.comparison import Built
from tern.local.planning.desired import DesiredSchema
from tern.local.planning.live import LiveSchema, LiveTable
from tern.local.planning.problems import Problems
from tern.mysql.connection import Connection
from tern.mysql.introspect import parsed, without_counter
from tern.values.plan import SchemaObject
from tern.values.schema_files import PlanPolicy


@dataclass(slots=True, kw_only=True)
class NamespaceChanges:
    """One namespace's tables that differ, or may be renamed.

    Shape:
        live, desired: The server's key for the name -> table.
    """

    live: dict[str, Table] = field(default_factory=dict)
    desired: dict[str, Table] = field(default_factory=dict)
    renames: tuple[TableRename, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that differs, and the statements that make it equal."""

    namespaces: Mapping[str, NamespaceChanges]
    statements: tuple[TableStatement, ...]
    done_hints: Mapping[str, tuple[DoneHint, ...]]
    unsupported: tuple[SchemaObject, ...]


def diff_policy(policy: PlanPolicy) -> DiffPolicy:
    """What schemabot.yaml says of the differ, in the differ's own words."""
    return DiffPolicy(
        column_order=ColumnOrder(policy.column_order),
        partitions=PartitionPolicy(policy.partitions),
        options={name: OptionClass(value) for name, value in policy.options.items()},
    )


class ChangeFinder:
    """Reads both sides into tables and compares them: the live one here, the other where built."""

    def __init__(
        self,
        connection: Connection,
        builder: Connection,
        *,
        scratch: Mapping[str, str],
        policy: DiffPolicy,
        problems: Problems,
    ) -> None:
        self._connection = connection
        self._builder = builder
        self._flavor: Flavor = connection.flavor
        self._names = Names(connection.flavor)
        self._scratch = scratch
        self._policy = policy
        self._problems = problems
        self._unsupported: list[SchemaObject] = []

    def find(
        self,
        desired: Sequence[DesiredSchema],
        live: Mapping[str, LiveSchema],
        built: Sequence[Built],
    ) -> Changes:
        """Every statement that the plan needs, in order."""
        done: dict[str, tuple[DoneHint, ...]] = {}
        found: dict[str, NamespaceChanges] = {}
        compared: list[pairing.Namespace] = []
        for schema in desired:
            name = schema.namespace.name
            own = [one for one in built if one.wanted.namespace.name == name]
            changes = self._tables(schema, live[name], own)
            done[name] = self._resolve_hints(schema, live[name], changes)
            found[name] = changes
            compared.append(self._namespace(schema, live[name], (changes, own)))
        statements = () if self._problems else diff_namespaces(compared, flavor=self._flavor)
        return Changes(
            namespaces=found,
            statements=statements,
            done_hints=done,
            unsupported=tuple(self._unsupported),
        )

    def _tables(
        self, schema: DesiredSchema, live: LiveSchema, built: Sequence[Built]
    ) -> NamespaceChanges:
        """The tables of one namespace that differ; one that can't be read is on neither side."""
        changes = NamespaceChanges()
        changed = {
            one.wanted.key: one
            for one in built
            if isinstance(one.wanted.definition, CreateTable) and not one.is_unchanged
        }
        removed = [
            key for key, t in live.tables.items() if not t.is_sequence and key not in schema.tables
        ]
        present = [key for key in changed if key in live.tables]
        self._read_live(live, [*present, *removed], changes)
        self._read_desired(schema, changed, changes)
        unread = {key for key in (*present, *removed) if key not in changes.live}
        for key in unread:
            changes.desired.pop(key, None)
        return changes

    def _read_live(self, live: LiveSchema, keys: Iterable[str], changes: NamespaceChanges) -> None:
        texts: dict[str, str] = {}
        for key in keys:
            table = live.tables[key]
            if table.unreadable is None:
                texts[table.name] = without_counter(table.text)
            else:
                self._leave(live, table, table.unreadable)
        for name, read in self._parsed(live, live.namespace.schema, texts).items():
            changes.live[self._names.table_key(name)] = read

    def _read_desired(
        self, schema: DesiredSchema, changed: Mapping[str, Built], changes: NamespaceChanges
    ) -> None:
        texts = {one.wanted.definition.name: one.text for one in changed.values()}
        scratch = self._scratch.get(schema.namespace.name, "")
        found = parsed(self._builder, schema=scratch, texts=texts) if texts else {}
        for name, table in found.items():
            key = self._names.table_key(name)
            named = schema.tables[key].named_options
            changes.desired[key] = with_named_options(table, named)

    def _parsed(
        self, live: LiveSchema, schema: str, texts: Mapping[str, str]
    ) -> Mapping[str, Table]:
        """Parse together; where one can't be taken apart, each by itself, so that others stay."""
        try:
            return parsed(self._connection, schema=schema, texts=texts) if texts else {}
        except UnsupportedTable:
            found: dict[str, Table] = {}
            for name, text in texts.items():
                try:
                    found |= parsed(self._connection, schema=schema, texts={name: text})
                except UnsupportedTable as error:
                    table = live.tables[self._names.table_key(name)]
                    self._leave(live, table, error.reason)
            return found

    def _leave(self, live: LiveSchema, table: LiveTable, reason: str) -> None:
        self._unsupported.append(
            SchemaObject(
                namespace=live.namespace.name,
                kind="unsupported_table",
                name=table.name,
                reason=f"its definition can't be managed: {reason}",
            )
        )

    def _resolve_hints(
        self, schema: DesiredSchema, live: LiveSchema, changes: NamespaceChanges
    ) -> tuple[DoneHint, ...]:
        """Decide rename hints by what is live (P-30); a table may be read for its hint alone."""
        hinted = [table for table in schema.tables.values() if _rename_hints(table)]
        if not hinted:
            return ()
        needed = {self._names.table_key(name) for table in hinted for name in _names_of(table)}
        extra = NamespaceChanges()
        missing = [key for key in needed if key in live.tables and key not in changes.live]
        self._read_live(live, missing, extra)
        resolved = resolve_hints(hinted, {**extra.live, **changes.live}, flavor=self._flavor)
        self._problems.add_definitions(schema.namespace.name, resolved.problems)
        changes.renames = resolved.renames
        return resolved.done

    def _namespace(
        self,
        schema: DesiredSchema,
        live: LiveSchema,
        found: tuple[NamespaceChanges, Sequence[Built]],
    ) -> pairing.Namespace:
        changes, built = found
        wanted = [one for one in built if not isinstance(one.wanted.definition, CreateTable)]
        return pairing.Namespace(
            name=schema.namespace.name,
            schema=schema.namespace.schema,
            live=changes.live,
            desired=changes.desired,
            live_sequences={
                key: sequences.parse_create_sequence(table.text)
                for key, table in live.tables.items()
                if table.is_sequence
            },
            desired_sequences={
                one.wanted.key: sequences.parse_create_sequence(one.text) for one in wanted
            },
            policy=self._policy,
            renames=changes.renames,
        )


def _rename_hints(table: CreateTable) -> list[RenameHint]:
    return [hint for hint in table.hints if isinstance(hint, RenameHint)]


def _names_of(table: CreateTable) -> list[str]:
    """The names under which the table may be live."""
    return [
        table.name,
        *(hint.old_name for hint in _rename_hints(table) if hint.subject is None),
    ]
