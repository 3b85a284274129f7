"""Plans as SQL that runs as it stands: everything but its statements is a comment (P-53)."""

from collections.abc import Iterator, Mapping

from cli.render.plan import is_refused
from cli.render.words import plain, way
from schemabot.api.schemas.plan import PlanAnswer, StatementAnswer
from tern.ddl.identifiers import quote

# What the statements were proven under; another quoting would read their literals otherwise.
_SESSION = (
    "SET NAMES utf8mb4;",
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';",
)


def sql_text(plans: Mapping[str, PlanAnswer | str]) -> str:
    """All environments, one after another; one that could not be planned is a comment."""
    lines: list[str] = []
    for environment, plan in plans.items():
        if isinstance(plan, str):
            lines += [_comment(f"{environment}: {plan}"), ""]
        else:
            lines += [*_lines(plan), ""]
    return "\n".join(lines)


def _lines(plan: PlanAnswer) -> Iterator[str]:
    yield _comment(f"{plan.database} / {plan.environment}, {plan.plan_id}")
    for problem in plan.errors:
        yield _comment(f"error: {problem.file or ''}:{problem.line or ''} {problem.message}")
    for finding in plan.findings:
        yield _comment(f"{finding.severity}: {finding.table}: {finding.message} ({finding.rule})")
    if not plan.statements:
        yield _comment("nothing can be run" if plan.errors else "no changes")
        return
    yield from _SESSION
    schema = None
    for statement in plan.statements:
        yield ""
        if is_refused(statement):
            yield _left_out(statement)
            continue
        if statement.schema_name != schema:
            schema = statement.schema_name
            yield f"USE {quote(schema)};"
        yield from map(_comment, _notes(statement))
        yield f"{statement.ddl.rstrip().rstrip(';')};"


def _notes(statement: StatementAnswer) -> Iterator[str]:
    yield f"{statement.table}: {way(statement.verdict)}"
    for reason in statement.unsafe_reasons:
        yield f"unsafe: {reason}"


def _left_out(statement: StatementAnswer) -> str:
    why = "unproven" if statement.proof is not None else f"refused: {statement.reason or ''}"
    return _comment(f"left out: {statement.schema_name}.{statement.table}: {why}")


def _comment(text: str) -> str:
    """One line that stays a comment whatever the text holds."""
    flat = " ".join(plain(text).split())
    return f"-- {flat}"
