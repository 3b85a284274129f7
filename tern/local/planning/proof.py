"""The plan replayed on empty copies of the live tables: what it leads to, and how each step ran.

Copies stand under their own names in proof schemas, with their foreign-key neighbours. They are
built with foreign keys unchecked, for any order must do; the replay checks them, as the apply will.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.errors import SchemaBotError
from tern.local.planning.crew import Crew
from tern.local.planning.innodb_sight import InnodbSight
from tern.local.planning.live import LiveTable
from tern.local.planning.namespaces import Namespace
from tern.local.planning.schema_mapping import SchemaMapping
from tern.local.planning.verdict import Judgement, Trial, judge_alter
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_connection_lost, is_row_format_refused, text_of
from tern.mysql.introspect import SEQUENCE, TABLE, show_create, without_counter
from tern.values.plan import Verdict

_SEQUENCE_KINDS = frozenset({
    StatementKind.CREATE_SEQUENCE,
    StatementKind.ALTER_SEQUENCE,
    StatementKind.DROP_SEQUENCE,
})
_DROPS = frozenset({StatementKind.DROP, StatementKind.DROP_SEQUENCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A live table's empty copy.

    Attributes:
        failure: Why the server would not build it again; None when it stands.
        was_lax: It could only be built with InnoDB's strict mode off.
    """

    namespace: Namespace
    table: LiveTable
    failure: str | None = None
    was_lax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One statement on the copies.

    Attributes:
        before: The table's text as the statement found it, with real names and without counter;
            None if there was none. `after` is what it left.
    """

    statement: TableStatement
    judgement: Judgement
    before: str | None
    after: str | None

    @property
    def is_sequence(self) -> bool:
        """Whether it is about a sequence, not a table."""
        return self.statement.kind in _SEQUENCE_KINDS


class Proof:
    """Copies live tables into the proof schemas and replays statements there, one by one."""

    def __init__(
        self,
        connection: Connection,
        *,
        schemas: Mapping[str, str],
        mapping: SchemaMapping,
        innodb: InnodbSight,
    ) -> None:
        self._connection = connection
        self._schemas = schemas
        self._mapping = mapping
        self._innodb = innodb
        self._failures: Mapping[tuple[str, str], str] = {}

    def copy(self, crew: Crew, wanted: Sequence[tuple[Namespace, LiveTable]]) -> list[Copied]:
        """Empty copies of these tables, over all connections of the crew; sequences first."""
        copied = crew.each(self._copy, [one for one in wanted if one[1].is_sequence])
        copied += crew.each(self._copy, [one for one in wanted if not one[1].is_sequence])
        self._failures = {
            (one.namespace.name, one.table.name): one.failure for one in copied if one.failure
        }
        return copied

    def replay(self, statements: Sequence[TableStatement]) -> list[Replayed]:
        """Each statement in order, by the best way taken; a refused one changes nothing."""
        return [self._replay(statement) for statement in statements]

    def _copy(self, connection: Connection, wanted: tuple[Namespace, LiveTable]) -> Copied:
        namespace, table = wanted
        connection.enter(self._schemas[namespace.name])
        text = self._mapping.to_scratch(without_counter(table.text))
        error = _refusal(connection, text)
        if error is None:
            return Copied(namespace=namespace, table=table)
        if is_row_format_refused(error) and _is_taken_laxly(connection, text):
            return Copied(namespace=namespace, table=table, was_lax=True)
        return Copied(namespace=namespace, table=table, failure=text_of(error))

    def _replay(self, statement: TableStatement) -> Replayed:
        failure = self._failures.get((statement.namespace, statement.old_name or statement.table))
        if failure is not None:
            reason = f"the live table can't be built again on this server: {failure}"
            judged = Judgement(verdict=Verdict.REFUSED, reason=reason)
            return Replayed(statement=statement, judgement=judged, before=None, after=None)
        before = self._text(statement, statement.old_name or statement.table)
        judgement = self._judge(statement)
        is_gone = statement.kind in _DROPS and judgement.verdict is not Verdict.REFUSED
        after = None if is_gone else self._text(statement, statement.table)
        return Replayed(statement=statement, judgement=judgement, before=before, after=after)

    def _judge(self, statement: TableStatement) -> Judgement:
        schema = self._schemas[statement.namespace]
        sql = self._mapping.to_scratch(statement.sql)
        self._connection.enter(schema)
        self._check_foreign_keys(is_on=not self._mapping.names_outside(sql))
        if statement.kind is not StatementKind.ALTER:
            error = _refusal(self._connection, sql)
            if error is not None:
                return Judgement(verdict=Verdict.REFUSED, reason=self._words(error))
            return Judgement(verdict=Verdict.DIRECT)
        judged = judge_alter(
            self._connection,
            Trial(
                table=statement.table,
                ddl=sql,
                clauses=statement.clauses,
                ids=lambda: self._innodb.ids(schema, statement.table),
            ),
        )
        reason = None if judged.reason is None else self._mapping.to_real_words(judged.reason)
        return replace(judged, reason=reason)

    def _check_foreign_keys(self, *, is_on: bool) -> None:
        """A key into a schema outside the plan has no parent here, so it can't be judged."""
        self._connection.execute(f"SET SESSION foreign_key_checks = {int(is_on)}")

    def _text(self, statement: TableStatement, name: str) -> str | None:
        """The copy's present text with real names; None when there is no such table."""
        kind = SEQUENCE if statement.kind in _SEQUENCE_KINDS else TABLE
        try:
            text = show_create(
                self._connection,
                schema=self._schemas[statement.namespace],
                table=name,
                kind=kind,
            )
        except SchemaBotError as error:
            if is_connection_lost(error):
                raise
            return None
        return self._mapping.to_real(without_counter(text))

    def _words(self, error: SchemaBotError) -> str:
        return self._mapping.to_real_words(text_of(error))


def _is_taken_laxly(connection: Connection, sql: str) -> bool:
    """Whether the server builds it with strict mode off; an account may lack the right to ask."""
    if _refusal(connection, "SET SESSION innodb_strict_mode = 0") is not None:
        return False
    is_taken = _refusal(connection, sql) is None
    connection.execute("SET SESSION innodb_strict_mode = DEFAULT")
    return is_taken


def _refusal(connection: Connection, sql: str) -> SchemaBotError | None:
    """Why the server refused the statement; None when it ran. A lost connection is raised."""
    try:
        connection.execute(sql)
    except SchemaBotError as error:
        if is_connection_lost(error):
            raise
        return error
    return None
