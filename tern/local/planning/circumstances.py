"""What lint rules are told of each changed table beside its definitions (P-43)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tern.ddl.clauses import ChangeColumn, DropColumn, RenameColumn
from tern.ddl.create_table import parse_create_table
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import Names
from tern.errors import LockWaitTimeout
from tern.lint.circumstances import WHOLE_TABLE, Circumstances, Dependent, words_of
from tern.local.planning.live import LiveSchema, LiveTable
from tern.local.planning.outcome import LiveFacts
from tern.local.planning.settings import PlanSettings
from tern.mysql.connection import Connection
from tern.mysql.dependents import TextOfObject, trigger_texts, view_texts
from tern.values.plan import PlannedStatement, Verdict

Place = tuple[str, str]

_COUNTS = re.compile(r"(\d+) (?:reads|writes)\b")
_INDEX = "index "


class CircumstanceReader:
    """Brings together what a plan has found out of each table; asks the server once more."""

    def __init__(self, connection: Connection, *, settings: PlanSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._names = Names(connection.flavor)
        self._limit = connection.flavor.instant_row_versions()
        self._views: tuple[TextOfObject, ...] = ()
        self._triggers: tuple[TextOfObject, ...] = ()
        self.blind_because: str | None = None

    def look_for_dependents(self, statements: Iterable[TableStatement]) -> None:
        """Read views and triggers, if these statements drop or rename what they may name."""
        if not any(map(_takes_away, statements)):
            return
        try:
            self._views = view_texts(self._connection)
            self._triggers = trigger_texts(self._connection)
        except LockWaitTimeout as error:
            self.blind_because = f"views and triggers could not be read: {error.message}"

    def of(
        self,
        live: LiveSchema,
        table: str | None,
        *,
        statements: Sequence[PlannedStatement],
        facts: LiveFacts,
    ) -> Circumstances:
        """One table's; `table` is its live name, None for a new one."""
        key = self._names.table_key(table or "")
        place = live.namespace.name, key
        found = live.tables.get(key)
        around = facts.around.get(place)
        needed = [s.estimate.disk_needed_bytes or 0 for s in statements if s.estimate is not None]
        return Circumstances(
            rows=_rows(statements),
            copies=any(s.verdict is Verdict.COPY for s in statements),
            builds_blocked=any(map(_is_blocked, statements)),
            next_counter=_counter(found) if found is not None else None,
            disk_needed_bytes=max(needed, default=None),
            disk_limit_bytes=self._settings.disk_limit_bytes,
            row_versions=self._versions(facts.versions_left.get(place)),
            uses=_uses(statements),
            window=next((s.evidence["window"] for s in statements if "window" in s.evidence), ""),
            views=tuple(self._dependents(self._views, live, table)),
            triggers=tuple(self._dependents(self._triggers, live, table)),
            children=tuple(
                f"{edge.child_schema}.{edge.child_table}"
                for edge in (around.children if around else ())
            ),
        )

    def _versions(self, left: int | None) -> tuple[int, int] | None:
        if left is None or self._limit is None:
            return None
        return self._limit - left, self._limit

    def _dependents(
        self, found: Sequence[TextOfObject], live: LiveSchema, table: str | None
    ) -> Iterator[Dependent]:
        """Those of the table's own schema, or that name it; an own trigger knows its columns."""
        schema = live.namespace.schema
        for one in found if table is not None else ():
            is_own = one.table is not None and self._is_same(one.table, (schema, table or ""))
            words = words_of(one.text)
            if is_own or self._is_near(one, schema, words):
                yield Dependent(name=f"`{one.schema}`.`{one.name}`", words=words, is_own=is_own)

    def _is_near(self, one: TextOfObject, schema: str, words: frozenset[str]) -> bool:
        return self._names.same_table(one.schema, schema) or schema.lower() in words

    def _is_same(self, one: Place, other: Place) -> bool:
        return all(self._names.same_table(a, b) for a, b in zip(one, other, strict=True))


def _takes_away(statement: TableStatement) -> bool:
    if statement.kind in {StatementKind.DROP, StatementKind.RENAME}:
        return True
    return any(isinstance(c, DropColumn | RenameColumn | ChangeColumn) for c in statement.clauses)


def _is_blocked(statement: PlannedStatement) -> bool:
    return statement.verdict is Verdict.REFUSED and statement.details.get("native") == "copy"


def _rows(statements: Sequence[PlannedStatement]) -> int | None:
    known = [s.estimate.rows for s in statements if s.estimate is not None]
    return next((rows for rows in known if rows is not None), None)


def _counter(table: LiveTable) -> int | None:
    """The next AUTO_INCREMENT, which the server prints once it is above 1."""
    if table.is_sequence or table.unreadable is not None or "AUTO_INCREMENT=" not in table.text:
        return None
    try:
        value = parse_create_table(table.text).option("auto_increment")
    except UnsupportedTable:
        return None
    return int(value) if value is not None and value.isdecimal() else None


def _uses(statements: Iterable[PlannedStatement]) -> Mapping[str, int]:
    """How often what goes was used, from the evidence that the plan shows."""
    found: dict[str, int] = {}
    for statement in statements:
        for name, text in statement.evidence.items():
            count = sum(map(int, _COUNTS.findall(text)))
            if name == "use":
                found[WHOLE_TABLE] = count
            elif name.startswith(_INDEX):
                found[name.removeprefix(_INDEX)] = count
    return found
