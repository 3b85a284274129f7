"""What the lint rules say of a plan's tables, and what of it needs consent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tern.ddl.diff.rename_hints import DoneHint
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.table import Table, with_named_options
from tern.lint.linting import LintFloors, Notice, lint, notice
from tern.lint.neighbours import Neighbours
from tern.lint.rule import Subject
from tern.lint.rules import guards
from tern.local.planning.changes import Changes, NamespaceChanges
from tern.local.planning.circumstances import CircumstanceReader
from tern.local.planning.desired import DesiredSchema
from tern.local.planning.live import LiveSchema
from tern.local.planning.outcome import LiveFacts
from tern.values.plan import Finding, PlannedStatement, SchemaObject
from tern.values.schema_files import LintConfig, Severity

Place = tuple[str, str]

# Whose reasons stand in the statements already, found by definition alone.
_TOLD_BY_STATEMENTS = frozenset({*guards.NAMES, "drop_sequence"})
_LISTED = frozenset({"unmanaged_object", "ignored_table"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Linting:
    """What rules are asked about: the plan, both sides of it, and how they are configured.

    Attributes:
        is_whole: Every table of the files is linted, not only what changes (P-41).
    """

    desired: Sequence[DesiredSchema]
    live: Mapping[str, LiveSchema]
    changes: Changes
    statements: Sequence[PlannedStatement]
    facts: LiveFacts
    flavor: Flavor
    config: LintConfig
    floors: LintFloors
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was judged, and what was found."""

    subjects: tuple[Subject, ...]
    findings: tuple[Finding, ...]


def judge(linting: Linting, reader: CircumstanceReader) -> Judged:
    """Everything that the rules say, tables first."""
    reader.look_for_dependents(linting.changes.statements)
    subjects = tuple(_subjects(linting, reader))
    weighed = (notice(one, linting.config, linting.floors) for one in _notices(linting))
    noticed = tuple(finding for finding in weighed if finding is not None)
    shown = tuple(finding for finding in noticed if linting.is_whole or _is_news(finding))
    findings = (*lint(subjects, linting.config, linting.floors), *shown)
    return Judged(subjects=subjects, findings=findings)


def _subjects(linting: Linting, reader: CircumstanceReader) -> Iterator[Subject]:
    """Each changed table, new one and dropped one; all tables of the files if they are wanted."""
    names = Names(linting.flavor)
    clauses = _by_table(linting.changes.statements, names)
    planned: dict[Place, list[PlannedStatement]] = {}
    for statement in linting.statements:
        place = (statement.namespace, names.table_key(statement.table))
        planned.setdefault(place, []).append(statement)
    near = _neighbours(linting, names)
    for schema in linting.desired:
        name = schema.namespace.name
        live = linting.live[name]
        for key, base, wanted in _sides(linting, schema, near):
            place = (name, key)
            if place not in clauses and not linting.is_whole:
                continue
            yield Subject(
                namespace=name,
                base=base,
                desired=wanted,
                clauses=tuple(c for s in clauses.get(place, ()) for c in s.clauses),
                source=schema.tables.get(key),
                flavor=linting.flavor,
                circumstances=reader.of(
                    live,
                    base.name if base is not None else None,
                    statements=planned.get(place, ()),
                    facts=linting.facts,
                ),
                neighbours=near,
            )


def _sides(
    linting: Linting, schema: DesiredSchema, near: Neighbours
) -> Iterator[tuple[str, Table | None, Table | None]]:
    """Key, live table and desired one: changed ones first, then those that are as the files say."""
    name = schema.namespace.name
    changed = linting.changes.namespaces[name]
    seen: set[str] = set()
    for key, base, wanted in _tables(changed, Names(linting.flavor)):
        seen.add(key)
        yield key, base, wanted
    for key, definition in schema.tables.items() if linting.is_whole else ():
        table = near.table(name, definition.name) if key not in seen else None
        if table is not None:
            as_named = with_named_options(table, definition.named_options)
            yield key, as_named, as_named


def _neighbours(linting: Linting, names: Names) -> Neighbours:
    """All tables as they will be: those that change as desired, the others as they are."""
    texts: dict[str, dict[str, str]] = {}
    for schema in linting.desired:
        name = schema.namespace.name
        changed, live = linting.changes.namespaces[name], linting.live[name]
        texts[name] = {
            table.name: table.text
            for key, table in live.tables.items()
            if key not in changed.live and not table.is_sequence and table.unreadable is None
        }
        texts[name] |= {table.name: table.text for table in changed.desired.values()}
    schemas = {name: schema.namespace.schema for name, schema in linting.live.items()}
    return Neighbours(texts, schemas=schemas, names=names)


def _notices(linting: Linting) -> Iterator[Notice]:
    for statement in linting.changes.statements:
        if statement.kind is StatementKind.DROP_SEQUENCE:
            yield Notice(
                rule="drop_sequence",
                namespace=statement.namespace,
                table=statement.table,
                message=f"sequence `{statement.table}` is removed",
            )
    for name, hints in linting.changes.done_hints.items():
        for hint in hints:
            yield _done_hint(name, hint)
    for schema in linting.live.values():
        yield from _left_alone(schema.unmanaged, "unmanaged_object")
        yield from _left_alone(schema.ignored, "ignored_table")


def _done_hint(namespace: str, hint: DoneHint) -> Notice:
    subject = f"column `{hint.column}`" if hint.column else f"table `{hint.table}`"
    return Notice(
        rule="rename_hint_done",
        namespace=namespace,
        table=hint.table,
        object=hint.column,
        message=f"{subject} was renamed from `{hint.old_name}` already; remove the hint",
        file=hint.file,
        line=hint.line,
    )


def _left_alone(found: Sequence[SchemaObject], rule: str) -> Iterator[Notice]:
    for one in found:
        message = f"{one.kind} `{one.name}`: {one.reason}"
        yield Notice(rule=rule, namespace=one.namespace, table=one.name, message=message)


def _is_news(finding: Finding) -> bool:
    """A plan lists what it leaves alone anyway; only a raised rule says so again."""
    return finding.rule not in _LISTED or finding.severity is not Severity.INFO


def with_consent_needed(
    statements: Sequence[PlannedStatement], findings: Sequence[Finding], *, flavor: Flavor
) -> tuple[PlannedStatement, ...]:
    """The statements, where each table's error findings ask for consent too (P-42)."""
    names = Names(flavor)
    errors: dict[Place, list[str]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR and finding.rule not in _TOLD_BY_STATEMENTS:
            place = (finding.namespace, names.table_key(finding.table))
            errors.setdefault(place, []).append(f"{finding.rule}: {finding.message}")
    return tuple(
        replace(
            statement,
            unsafe_reasons=(
                *statement.unsafe_reasons,
                *errors.get((statement.namespace, names.table_key(statement.table)), ()),
            ),
        )
        for statement in statements
    )


def _tables(
    changed: NamespaceChanges, names: Names
) -> Iterator[tuple[str, Table | None, Table | None]]:
    """Key, live table and desired table, brought together over renames."""
    new_names = {names.table_key(r.old_name): names.table_key(r.new_name) for r in changed.renames}
    live = {new_names.get(key, key): table for key, table in changed.live.items()}
    for key in dict.fromkeys([*live, *changed.desired]):
        yield key, live.get(key), changed.desired.get(key)


def _by_table(
    statements: Sequence[TableStatement], names: Names
) -> Mapping[Place, list[TableStatement]]:
    found: dict[Place, list[TableStatement]] = {}
    for statement in statements:
        place = (statement.namespace, names.table_key(statement.table))
        found.setdefault(place, []).append(statement)
    return found
