"""Plans as Markdown, from which nothing that a file or a server said can break out (P-53)."""

import re
from collections.abc import Iterator, Mapping, Sequence

from cli.render.ddl import clauses
from cli.render.plan import costs, counts, is_refused
from cli.render.plan_folding import alike, folded, title
from cli.render.words import listed, plain, way
from schemabot.api.schemas.plan import FindingAnswer, PlanAnswer, StatementAnswer

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~>-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", "@": "&#64;"}
_RUN = re.compile(r"`+")
_SHORTEST_FENCE = 3


def markdown_text(plans: Mapping[str, PlanAnswer | str]) -> str:
    """All environments; those that say the same under one heading."""
    lines: list[str] = []
    for environment, failure in plans.items():
        if isinstance(failure, str):
            lines += [f"### {inline(environment)}", "", f"**Error:** {inline(failure)}", ""]
    for group in alike([plan for plan in plans.values() if isinstance(plan, PlanAnswer)]):
        lines += [*_group(group), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def inline(text: str) -> str:
    """The text as one line in which no character means anything to Markdown or HTML."""
    flat = " ".join(plain(text).split())
    entities = "".join(_ENTITIES.get(char, char) for char in flat)
    return _SPECIAL.sub(r"\\\1", entities)


def fenced(text: str, language: str) -> list[str]:
    """The text in a fence that is longer than any run of backticks in it."""
    longest = max((len(run) for run in _RUN.findall(text)), default=0)
    fence = "`" * max(_SHORTEST_FENCE, longest + 1)
    return [f"{fence}{language}", *plain(text).splitlines(), fence]


def _group(group: Sequence[PlanAnswer]) -> Iterator[str]:
    plan = group[0]
    environments = listed([each.environment for each in group])
    yield f"### {inline(f'{plan.database} / {environments}')}"
    yield ""
    for problem in plan.errors:
        place = ":".join(str(p) for p in (problem.file, problem.line, problem.column) if p)
        yield f"- **error** {inline(f'{place}: {problem.message}' if place else problem.message)}"
    shown = folded(plan.statements)
    for statement in shown.statements:
        for reason in statement.unsafe_reasons:
            yield f"- **unsafe** {inline(f'{title(plan, statement)}: {reason}')}"
    for statement in shown.statements:
        yield from _statement(plan, statement, costs(group, statement))
        more = shown.left_out.get(statement.namespace, ())
        if more and statement is _last(shown.statements, statement.namespace):
            yield f"\nand {len(more)} more with the same changes: {inline(', '.join(more))}"
    yield ""
    yield from (f"- **{each.severity}** {_finding(each)}" for each in plan.findings)
    yield from (f"- **warning** {inline(warning)}" for warning in plan.warnings)
    yield from (f"- not managed: {inline(f'{o.kind} {o.name}')}" for o in plan.unmanaged)
    yield ""
    yield _summary(plan)


def _statement(plan: PlanAnswer, statement: StatementAnswer, spent: Sequence[str]) -> Iterator[str]:
    yield ""
    reason = f": {statement.reason}" if statement.reason else ""
    words = inline(f"{'; '.join([way(statement.verdict), *spent])}{reason}")
    yield f"**{inline(title(plan, statement))}** ({words})"
    yield ""
    yield from fenced("\n".join(clauses(statement.ddl)), "sql")
    for name, value in statement.evidence.items():
        yield f"- {inline(f'{name}: {value}')}"
    if statement.proof is not None:
        yield "\n**unproven:** the replayed table differs from the file's\n"
        yield from fenced(statement.proof, "diff")


def _last(statements: Sequence[StatementAnswer], namespace: str) -> StatementAnswer:
    return [each for each in statements if each.namespace == namespace][-1]


def _finding(finding: FindingAnswer) -> str:
    parts = (finding.file, finding.line, finding.column)
    place = ":".join(str(part) for part in parts if part is not None) or finding.table
    return inline(f"{place}: {finding.message} ({finding.rule})")


def _summary(plan: PlanAnswer) -> str:
    if plan.errors:
        return "Nothing can be applied before the errors are mended."
    if not plan.has_changes:
        return "No changes: the database is as the files say."
    refused = [title(plan, each) for each in plan.statements if is_refused(each)]
    end = f" **This plan can't be applied:** {inline(listed(refused))}." if refused else ""
    return f"{inline(counts(plan))}.{end}"
