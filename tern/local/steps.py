"""Which engine runs which statements together, and in what order (T-9); pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tern.values.plan import Verdict
from tern.values.run import WorkStatement


class Route(StrEnum):
    """Which engine carries a statement out."""

    DIRECT = "direct"
    ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one run of an engine carries out."""

    route: Route
    statements: tuple[WorkStatement, ...]


def route_of(statement: WorkStatement) -> Route:
    """By the plan's verdict: rows are copied online, all else runs directly."""
    return Route.ONLINE if statement.verdict is Verdict.COPY else Route.DIRECT


def make_steps(statements: Iterable[WorkStatement], *, together: bool) -> tuple[Step, ...]:
    """The steps in plan order, one statement each.

    With `together` the copies of a schema are one step, at the place of the first of them, and cut
    over as one. A copy whose table another statement touches in between begins a new step, because
    it starts from what that statement leaves.
    """
    groups: list[list[WorkStatement]] = []
    open_groups: dict[str, tuple[list[WorkStatement], set[str]]] = {}
    for statement in statements:
        if together and route_of(statement) is Route.ONLINE:
            group, touched = open_groups.get(statement.schema, ([], {statement.table}))
            if statement.table not in touched:
                group.append(statement)
                touched.add(statement.table)
                continue
            open_groups[statement.schema] = (fresh := [statement]), {statement.table}
            groups.append(fresh)
            continue
        groups.append([statement])
        if statement.schema in open_groups:
            open_groups[statement.schema][1].add(statement.table)
    return tuple(Step(route=route_of(group[0]), statements=tuple(group)) for group in groups)
