"""P-57: a differ that goes wrong is found out by the replay, whatever it got wrong."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from integration.plan.target import PlanTarget
from tern.ddl.diff.pairing import Namespace
from tern.ddl.diff.schema import diff_namespaces
from tern.ddl.diff.statement import TableStatement
from tern.ddl.flavor import Flavor

Mutant = Callable[[TableStatement], TableStatement]

DIFFER = "tern.local.planning.changes.diff_namespaces"
LIVE = "CREATE TABLE t (id int PRIMARY KEY, a int, b varchar(10), KEY by_a (a))"
FILES = "CREATE TABLE t (id int PRIMARY KEY, a bigint NOT NULL, b varchar(20), c int, KEY by_b (b))"
MUTANTS = {
    "a column is forgotten": lambda one: replace(
        one, sql=one.sql.replace("ADD COLUMN `c`", "ADD COLUMN `d`")
    ),
    "a column stays nullable": lambda one: replace(one, sql=one.sql.replace("NOT NULL", "NULL")),
    "a length is off by one": lambda one: replace(one, sql=one.sql.replace("(20)", "(19)")),
    "an index has another column": lambda one: replace(
        one, sql=one.sql.replace("KEY `by_b` (`b`)", "KEY `by_b` (`a`)")
    ),
    "an index stays": lambda one: replace(one, sql=one.sql.replace("DROP INDEX `by_a`,", "")),
    "a comment slips in": lambda one: replace(one, sql=f"{one.sql}, COMMENT 'x'"),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_a_wrong_statement_is_unproven(
    target: PlanTarget, monkeypatch: pytest.MonkeyPatch, mutant: Mutant
) -> None:
    """P-32: what it leads to is shown beside what the files define."""

    def mutated(namespaces: Sequence[Namespace], *, flavor: Flavor) -> tuple[TableStatement, ...]:
        statements = diff_namespaces(namespaces, flavor=flavor)
        found = tuple(mutant(each) for each in statements)
        assert [each.sql for each in found] != [each.sql for each in statements]
        return found

    target.run(LIVE)
    assert [each.proof for each in target.plan(FILES).statements] == [None]
    monkeypatch.setattr(DIFFER, mutated)
    (statement,) = target.plan(FILES).statements
    assert "do not lead to the table that the files define" in (statement.proof or "")


def test_a_forgotten_table_is_a_problem(
    target: PlanTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P-32: a table that differs and has no statement is not passed over."""
    target.run(LIVE)
    monkeypatch.setattr(DIFFER, lambda _, **__: ())
    result = target.plan(FILES)
    assert ([each.code for each in result.problems], result.statements) == (["unproven"], ())
