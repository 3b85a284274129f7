"""Findings mended in their files, each mending proven on a scratch schema first (P-45)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.create_table import parse_create_table
from tern.ddl.errors import UnsupportedTable
from tern.ddl.identifiers import fold, quote
from tern.ddl.statements import CreateTable
from tern.ddl.table import Column, Index, Table
from tern.errors import SchemaBotError
from tern.lint.fixes import Edit, Fix, edited, fix_of
from tern.lint.rule import Subject
from tern.local.planning.namespaces import Namespace
from tern.local.planning.workplace import Room
from tern.mysql.connection import Connection
from tern.mysql.error_codes import is_connection_lost, text_of
from tern.mysql.introspect import show_create, without_counter
from tern.values.plan import Finding, SchemaObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What became of the files.

    Shape:
        files: namespace -> file -> its whole text; only files that changed.
    """

    files: Mapping[str, Mapping[str, str]]
    unfixed: tuple[SchemaObject, ...]


class Fixer:
    """Mends the files of some namespaces in a room that nobody else builds in."""

    def __init__(
        self, connection: Connection, *, room: Room, namespaces: Sequence[Namespace]
    ) -> None:
        self._connection = connection
        self._room = room
        self._files = {space.name: space.files for space in namespaces}
        self._unfixed: list[SchemaObject] = []

    def fix(
        self, subjects: Sequence[Subject], findings: Sequence[Finding], rules: Sequence[str]
    ) -> Fixed:
        """Everything that can be mended of these rules' findings; all of them where none is named.

        A mending that would change more than is meant, or that the server refuses, is left out
        and named.
        """
        wanted: dict[tuple[str, str], list[Edit]] = {}
        for subject in subjects:
            own = [
                f for f in findings if (f.namespace, f.table) == (subject.namespace, subject.name)
            ]
            named = [f for f in own if not rules or f.rule in rules]
            edits = self._edits(subject, named)
            if edits and subject.source is not None:
                place = (subject.namespace, subject.source.source.file)
                wanted.setdefault(place, []).extend(edits)
        files: dict[str, dict[str, str]] = {}
        for (namespace, file), edits in wanted.items():
            text = edited(self._files[namespace][file], edits)
            files.setdefault(namespace, {})[file] = text
        return Fixed(files=files, unfixed=tuple(self._unfixed))

    def _edits(self, subject: Subject, findings: Sequence[Finding]) -> list[Edit]:
        """Those of one table that hold together; tried at once, else one by one."""
        made = [fix_of(subject, finding.rule, finding.object) for finding in findings]
        fixes = [fix for fix in made if fix is not None and fix.problem is None]
        for fix in made:
            if fix is not None and fix.problem is not None:
                self._leave(subject, fix.rule, fix.problem)
        if not fixes or self._problem(subject, fixes) is None:
            return [edit for fix in fixes for edit in fix.edits]
        kept: list[Fix] = []
        for fix in fixes:
            problem = self._problem(subject, [*kept, fix])
            if problem is None:
                kept.append(fix)
            else:
                self._leave(subject, fix.rule, problem)
        return [edit for fix in kept for edit in fix.edits]

    def _problem(self, subject: Subject, fixes: Sequence[Fix]) -> str | None:
        """Why these must not be written; None when only what is meant changes."""
        source, desired = subject.source, subject.desired
        if source is None or desired is None:
            return "it is not defined here"
        edits = [edit for fix in fixes for edit in fix.edits]
        built = self._build(subject.namespace, source, edits)
        if isinstance(built, str):
            return built
        strange = sorted(_differences(desired, built) - _meant(fixes))
        if strange:
            return f"it would also change {', '.join(name for _, name in strange)}"
        return None

    def _build(self, namespace: str, source: CreateTable, edits: Sequence[Edit]) -> Table | str:
        """The mended definition as the server understands it, or why it does not."""
        schema = self._room.schemas[namespace]
        text = edited(source.text, edits, offset=source.source.offset)
        self._connection.enter(schema)
        # Parents of its foreign keys are not here, and nothing of it stays.
        self._connection.execute("SET SESSION foreign_key_checks = 0")
        try:
            self._connection.execute(self._room.mapping.to_scratch(text), table=source.name)
        except SchemaBotError as error:
            if is_connection_lost(error):
                raise
            return f"the server refuses it: {self._room.mapping.to_real_words(text_of(error))}"
        printed = show_create(self._connection, schema=schema, table=source.name)
        self._connection.execute(f"DROP TABLE {quote(source.name)}")
        try:
            return parse_create_table(self._room.mapping.to_real(without_counter(printed)))
        except UnsupportedTable as error:
            return error.reason

    def _leave(self, subject: Subject, rule: str, reason: str) -> None:
        self._unfixed.append(
            SchemaObject(
                namespace=subject.namespace,
                kind="table",
                name=subject.name,
                reason=f"{rule} is not fixed: {reason}",
            )
        )


def _differences(before: Table, after: Table) -> set[tuple[str, str]]:
    """Kind and folded name of everything that is not the same on both sides."""
    first, second = _things(before), _things(after)
    return {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}


def _things(table: Table) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for number, column in enumerate(table.columns):
        found["column", fold(column.name)] = f"{number} {column.definition}"
    for part in table.parts:
        if isinstance(part, Index):
            found["index", fold(part.name)] = part.text
        elif not isinstance(part, Column):
            found["definition", part.text] = part.text
    for option in table.options:
        if option.name != "auto_increment":
            found["option", option.name] = option.value
    if table.partitioning is not None:
        found["partitioning", "partitioning"] = table.partitioning.text
    return found


def _meant(fixes: Sequence[Fix]) -> set[tuple[str, str]]:
    return {
        *(("column", name) for fix in fixes for name in fix.columns),
        *(("index", name) for fix in fixes for name in fix.indexes),
        *(("option", name) for fix in fixes for name in fix.options),
    }
