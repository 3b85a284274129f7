"""What of several plans and namespaces is the same, so that it is shown once (P-54)."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from schemabot.api.schemas.plan import PlanAnswer, StatementAnswer

_FOLDED_FROM = 6
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """The statements to show, and the namespaces left out with the one that they are like."""

    statements: tuple[StatementAnswer, ...]
    left_out: Mapping[str, tuple[str, ...]]


def alike(plans: Sequence[PlanAnswer]) -> list[tuple[PlanAnswer, ...]]:
    """Plans that say the same stand together; the order of the first of each is kept."""
    found: dict[Hashable, list[PlanAnswer]] = defaultdict(list)
    for plan in plans:
        found[_content(plan)].append(plan)
    return [tuple(group) for group in found.values()]


def folded(statements: Sequence[StatementAnswer]) -> Folded:
    """Of six or more namespaces with equal changes three are shown, the others are named."""
    by_namespace: dict[str, list[StatementAnswer]] = defaultdict(list)
    for statement in statements:
        by_namespace[statement.namespace].append(statement)
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for namespace, own in by_namespace.items():
        groups[tuple(map(_meaning, own))].append(namespace)
    left_out = {
        names[_SHOWN - 1]: tuple(names[_SHOWN:])
        for names in groups.values()
        if len(names) >= _FOLDED_FROM
    }
    hidden = {name for names in left_out.values() for name in names}
    shown = tuple(each for each in statements if each.namespace not in hidden)
    return Folded(statements=shown, left_out=left_out)


def title(plan: PlanAnswer, statement: StatementAnswer) -> str:
    """The table, with its namespace where the plan has several."""
    table = statement.table
    return f"{statement.namespace}.{table}" if len(plan.namespaces) > 1 else table


def _content(plan: PlanAnswer) -> Hashable:
    return repr((
        plan.database,
        plan.database_type,
        sorted(plan.namespaces),
        [(each.namespace, _meaning(each), dict(each.evidence)) for each in plan.statements],
        plan.findings,
        plan.errors,
        plan.warnings,
        plan.unmanaged,
    ))


def _meaning(each: StatementAnswer) -> Hashable:
    return (each.table, each.ddl, each.verdict, each.reason, each.proof, each.unsafe_reasons)
