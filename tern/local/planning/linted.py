"""What the lint rules say of a plan's tables, and what of it needs consent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tern.ddl.diff.rename_hints import DoneHint
from tern.ddl.diff.statement import TableStatement
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.table import Table
from tern.lint.rule import Subject
from tern.local.planning.changes import Changes, NamespaceChanges
from tern.local.planning.desired import DesiredSchema
from tern.values.plan import Finding, PlannedStatement, Verdict
from tern.values.schema_files import Severity

Place = tuple[str, str]


def lint_subjects(
    desired: Sequence[DesiredSchema],
    changes: Changes,
    statements: Sequence[PlannedStatement],
    *,
    flavor: Flavor,
) -> list[Subject]:
    """Each changed table, new one and dropped one, as rules see it."""
    names = Names(flavor)
    clauses = _by_table(changes.statements, names)
    planned: dict[Place, list[PlannedStatement]] = {}
    for statement in statements:
        place = (statement.namespace, names.table_key(statement.table))
        planned.setdefault(place, []).append(statement)
    sources = {schema.namespace.name: schema.tables for schema in desired}
    return [
        Subject(
            namespace=name,
            base=base,
            desired=wanted,
            clauses=tuple(c for s in clauses.get((name, key), ()) for c in s.clauses),
            source=sources[name].get(key),
            flavor=flavor,
            rows=_rows(planned.get((name, key), ())),
            copies=any(s.verdict is Verdict.COPY for s in planned.get((name, key), ())),
        )
        for name, changed in changes.namespaces.items()
        for key, base, wanted in _tables(changed, names)
        if (name, key) in clauses
    ]


def done_hint_findings(namespace: str, hints: Sequence[DoneHint]) -> Iterator[Finding]:
    """Hints whose rename has happened, so that they can go."""
    for hint in hints:
        subject = f"column `{hint.column}`" if hint.column else f"table `{hint.table}`"
        yield Finding(
            rule="rename_hint_done",
            severity=Severity.INFO,
            message=f"{subject} was renamed from `{hint.old_name}` already; remove the hint",
            namespace=namespace,
            table=hint.table,
            object=hint.column,
            file=hint.file,
            line=hint.line,
        )


def with_consent_needed(
    statements: Sequence[PlannedStatement], findings: Sequence[Finding], *, flavor: Flavor
) -> tuple[PlannedStatement, ...]:
    """The statements, where each table's error findings ask for consent too (P-42)."""
    names = Names(flavor)
    errors: dict[Place, list[str]] = {}
    for finding in findings:
        if finding.severity is Severity.ERROR and not finding.unsafe:
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


def _rows(statements: Sequence[PlannedStatement]) -> int | None:
    known = [s.estimate.rows for s in statements if s.estimate is not None]
    return next((rows for rows in known if rows is not None), None)
