"""A plan on the screen, in the order of C-13: what stops it first, what follows from it last."""

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.text import Text

from cli.render.ddl import clauses
from cli.render.plan_folding import folded, title
from cli.render.signs import Signs
from cli.render.words import counted, moment, plain, size, span, way
from schemabot.api.schemas.plan import FindingAnswer, PlanAnswer, ProblemAnswer, StatementAnswer
from schemabot.api.schemas.wire import EstimateAnswer

_MARKS = {"create": ("+", "green"), "alter": ("~", "yellow"), "drop": ("-", "red")}
_AT_ONCE_SECONDS = 1.0
_VERBS = {"create": "create", "alter": "alter", "drop": "drop"}


def plan_lines(
    plan: PlanAnswer, *, signs: Signs, with_next: bool = True, others: Sequence[PlanAnswer] = ()
) -> Iterator[Text]:
    """The whole plan; with the command that applies it, unless it is being applied.

    `others` are plans of other environments that say the same: they share its heading (P-54).
    """
    group = (plan, *others)
    yield _heading(group, signs)
    yield from map(problem_line, plan.errors)
    shown = folded(plan.statements)
    yield from _unsafe(plan, shown.statements)
    for number, statement in enumerate(shown.statements):
        name, spent = title(plan, statement), costs(group, statement)
        yield from statement_lines(statement, name=name, spent=spent)
        more = shown.left_out.get(statement.namespace, ())
        if more and not _goes_on(shown.statements, number):
            yield Text(f"  and {len(more)} more with the same changes: {plain(', '.join(more))}")
    for warning in plan.warnings:
        yield Text(f"warning: {plain(warning)}", style="yellow")
    yield from map(_finding, plan.findings)
    for thing in plan.unmanaged:
        yield Text(f"not managed: {thing.kind} {plain(thing.name)} ({plain(thing.reason)})", "dim")
    yield from _summary(plan)
    if with_next and plan.has_changes and not plan.errors and not refused_statements(plan):
        for each in group:
            yield from _next(each)


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
    return [each for each in plan.statements if is_refused(each)]


def is_refused(statement: StatementAnswer) -> bool:
    """Whether no consent can help it."""
    return statement.verdict == "refused" or statement.proof is not None


def costs(group: Sequence[PlanAnswer], statement: StatementAnswer) -> list[str]:
    """What a statement costs in each environment; once where that is the same."""
    told = {
        plan.environment: ", ".join(_cost(each.estimate))
        for plan in group
        for each in plan.statements
        if _place(each) == _place(statement)
    }
    if len(set(told.values())) == 1:
        return [words for words in list(told.values())[:1] if words]
    return [f"{environment} {words}" for environment, words in told.items() if words]


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


def _place(statement: StatementAnswer) -> tuple[int, str, str]:
    return statement.ordinal, statement.namespace, statement.table


def _heading(group: Sequence[PlanAnswer], signs: Signs) -> Text:
    plan = group[0]
    schemas = [
        schema if schema == namespace else f"{namespace} as {schema}"
        for namespace, schema in plan.namespaces.items()
    ]
    where = f" {signs.dot} schema {', '.join(schemas)}" if schemas else ""
    server = plan.server
    judged = f" {signs.dot} {server.flavor} {server.version}" if server is not None else ""
    environments = ", ".join(each.environment for each in group)
    heading = Text(plain(f"{plan.database} / {environments}"), style="bold")
    return heading.append(plain(f" {signs.dot} {plan.database_type}{where}{judged}"), style="dim")


def _unsafe(plan: PlanAnswer, shown: Sequence[StatementAnswer]) -> Iterator[Text]:
    for statement in shown:
        for reason in statement.unsafe_reasons:
            yield Text(f"unsafe: {plain(title(plan, statement))}: {plain(reason)}", style="red")
        if statement.unsafe_reasons:
            yield from _evidence(statement)


def _goes_on(shown: Sequence[StatementAnswer], number: int) -> bool:
    """Whether the namespace of a statement has another one after it."""
    return any(each.namespace == shown[number].namespace for each in shown[number + 1 :])


def statement_lines(
    statement: StatementAnswer, *, name: str | None = None, spent: Sequence[str] | None = None
) -> Iterator[Text]:
    """One statement: what it does to which table, its clauses, how it runs.

    By the name and at the cost that are given, else by its own.
    """
    mark, style = _MARKS.get(statement.change_type, ("*", "cyan"))
    yield Text(f"  {mark} {plain(name or statement.table)}", style=style)
    for line in clauses(plain(statement.ddl)):
        yield Text(f"      {line}")
    yield _verdict(statement, [*_cost(statement.estimate)] if spent is None else spent)
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


def _verdict(statement: StatementAnswer, spent: Sequence[str]) -> Text:
    line = Text(f"      {plain(', '.join([way(statement.verdict), *spent]))}", style="dim")
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
