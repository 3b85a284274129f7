"""P-15: how many statements a plan may send for each table."""

import pytest

from integration.databases import query
from integration.plan.target import PlanTarget
from tern.local.planning.settings import PlanSettings

FEW, MANY = 4, 12


def table(number: int, *, more: str = "") -> str:
    return f"create table t{number} (id bigint primary key, a varchar(9){more})"


def asked(target: PlanTarget, count: int, *, more: str = "") -> int:
    """How many statements the server gets for a plan of so many tables of the same kind."""
    target.run(*(table(n) for n in range(count)))
    before = questions(target)
    result = target.plan(*(table(n, more=more) for n in range(count)))
    assert len(result.statements) == (count if more else 0)
    sent = questions(target) - before
    target.run(*(f"DROP TABLE t{n}" for n in range(count)))
    return sent


def questions(target: PlanTarget) -> int:
    ((_, count),) = query(target.server, "SHOW GLOBAL STATUS LIKE 'Questions'")
    return int(count)


@pytest.mark.parametrize(("more", "most"), [("", 4), (", b int", 16)])
def test_a_table_costs_a_few_statements_and_no_more(
    target: PlanTarget, more: str, most: int
) -> None:
    alone = target.with_settings(PlanSettings(connections=1))  # sessions cost statements, too
    few, many = asked(alone, FEW, more=more), asked(alone, MANY, more=more)
    assert (many - few) // (MANY - FEW) <= most
