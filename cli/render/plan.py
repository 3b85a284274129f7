"""A plan on the screen, in the order of C-13: what stops it first, what follows from it last."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from cli.render.ddl import clauses
from cli.render.signs import Signs
from cli.render.words import counted, moment, plain, size, span, way
from schemabot.api.schemas.plan import FindingAnswer, PlanAnswer, ProblemAnswer, StatementAnswer
from schemabot.api.schemas.wire import EstimateAnswer

_MARKS = {"create": ("+", "green"), "alter": ("~", "yellow"), "drop": ("-", "red")}
_AT_ONCE_SECONDS = 1.0
_VERBS = {"create": "create", "alter": "alter", "drop": "drop"}


def plan_lines(plan: PlanAnswer, *, signs: Signs, with_next: bool = True) -> Iterator[Text]:
    """The whole plan; with the command that applies it, unless it is being applied."""
    yield _heading(plan, signs)
    yield from map(problem_line, plan.errors)
    yield from _unsafe(plan)
    for statement in plan.statements:
        yield from statement_lines(statement)
    for warning in plan.warnings:
        yield Text(f"warning: {plain(warning)}", style="yellow")
    yield from map(_finding, plan.findings)
    for thing in plan.unmanaged:
        yield Text(f"not managed: {thing.kind} {plain(thing.name)} ({plain(thing.reason)})", "dim")
    yield from _summary(plan)
    if with_next and plan.has_changes and not plan.errors and not refused_statements(plan):
        yield from _next(plan)


def problem_line(problem: ProblemAnswer) -> Text:
    """`file:line:column: message`."""
    parts = (problem.file, problem.line, problem.column)
    place = ":".join(str(part) for part in parts if part is not None)
    said = plain(problem.message)
    return Text(f"error: {place}: {said}" if place else f"error: {said}", style="red")


def unsafe_statements(plan: PlanAnswer) -> Sequence[StatementAnswer]:
    """Those that could lose something."""
    return [statement for statement in plan.statements if statement.unsafe_reasons]


def refused_statements(plan: PlanAnswer) -> Sequence[StatementAnswer]:
    """Those that no consent can help."""
    return [each for each in plan.statements if each.verdict == "refused" or each.proof is not None]


def counts(plan: PlanAnswer) -> str:
    """`1 table to create, 2 to alter; 1 copy`."""
    kinds = Counter(statement.change_type for statement in plan.statements)
    parts: list[str] = []
    for kind, count in kinds.items():
        noun = counted(count, "table") if not parts else str(count)
        parts.append(f"{noun} to {_VERBS.get(kind, kind)}")
    copies = sum(statement.verdict == "copy" for statement in plan.statements)
    tail = f"; {counted(copies, 'copy', 'copies')}" if copies else ""
    return ", ".join(parts) + tail


def _heading(plan: PlanAnswer, signs: Signs) -> Text:
    schemas = [
        schema if schema == namespace else f"{namespace} as {schema}"
        for namespace, schema in plan.namespaces.items()
    ]
    where = f" {signs.dot} schema {', '.join(schemas)}" if schemas else ""
    server = plan.server
    judged = f" {signs.dot} {server.flavor} {server.version}" if server is not None else ""
    heading = Text(f"{plan.database} / {plan.environment}", style="bold")
    return heading.append(plain(f" {signs.dot} {plan.database_type}{where}{judged}"), style="dim")


def _unsafe(plan: PlanAnswer) -> Iterator[Text]:
    for statement in unsafe_statements(plan):
        for reason in statement.unsafe_reasons:
            yield Text(f"unsafe: {plain(statement.table)}: {plain(reason)}", style="red")
        yield from _evidence(statement)


def statement_lines(statement: StatementAnswer) -> Iterator[Text]:
    """One statement: what it does to which table, its clauses, how it runs."""
    mark, style = _MARKS.get(statement.change_type, ("*", "cyan"))
    yield Text(f"  {mark} {plain(statement.table)}", style=style)
    for line in clauses(plain(statement.ddl)):
        yield Text(f"      {line}")
    yield _verdict(statement)
    if not statement.unsafe_reasons:
        yield from _evidence(statement)
    if statement.proof is not None:
        yield Text("      unproven: the replayed table differs from the file's", style="red")
        for line in plain(statement.proof).splitlines():
            yield Text(f"        {line}", style="red")


def _evidence(statement: StatementAnswer) -> Iterator[Text]:
    for name, value in statement.evidence.items():
        style = "red" if value.startswith("would fail") else "dim"
        yield Text(f"        {plain(name)}: {plain(value)}", style=style)


def _verdict(statement: StatementAnswer) -> Text:
    parts = [way(statement.verdict), *_cost(statement.estimate)]
    line = Text(f"      {', '.join(parts)}", style="dim")
    if statement.verdict == "refused":
        line.stylize("red")
    if statement.reason:
        line.append(f": {plain(statement.reason)}")
    return line


def _cost(estimate: EstimateAnswer | None) -> Iterator[str]:
    if estimate is None:
        return
    if estimate.rows:
        yield f"about {estimate.rows:,} rows"
    if estimate.seconds_low is not None and estimate.seconds_high is not None:
        if estimate.seconds_high <= _AT_ONCE_SECONDS:
            yield "under 1 s once the lock is had"
        else:
            yield span(estimate.seconds_low, estimate.seconds_high)
    if estimate.disk_needed_bytes:
        yield f"{size(estimate.disk_needed_bytes)} more disk"


def _finding(finding: FindingAnswer) -> Text:
    style = {"error": "red", "warning": "yellow"}.get(finding.severity, "dim")
    parts = (finding.file, finding.line, finding.column)
    place = ":".join(str(part) for part in parts if part is not None) or finding.table
    text = f"{finding.severity}: {plain(place)}: {plain(finding.message)} ({finding.rule})"
    return Text(text, style=style)


def _summary(plan: PlanAnswer) -> Iterator[Text]:
    if plan.errors:
        yield Text(
            f"{counted(len(plan.errors), 'error')}: nothing can be applied", style="bold red"
        )
        return
    if not plan.has_changes:
        yield Text("No changes: the database is as the files say.", style="green")
        return
    yield Text(counts(plan), style="bold")
    refused = refused_statements(plan)
    if refused:
        tables = ", ".join(plain(statement.table) for statement in refused)
        yield Text(f"This plan can't be applied: {tables} refused or unproven.", style="bold red")


def _next(plan: PlanAnswer) -> Iterator[Text]:
    consent = " --allow-unsafe" if plan.is_unsafe else ""
    yield Text(f"{plan.plan_id}, until {moment(plan.expires_at)}", style="dim")
    yield Text(f"Apply it: schemabot apply --plan-id {plan.plan_id} -e {plan.environment}{consent}")
