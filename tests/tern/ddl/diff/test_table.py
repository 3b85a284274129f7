from hypothesis import given, settings

from tern.ddl.clauses import (
    AddColumn,
    AddPeriod,
    AddSystemVersioning,
    Clause,
    DropColumn,
    DropPeriod,
    DropSystemVersioning,
    SetOption,
)
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import ColumnOrder, DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.table import Table
from tests.tern.ddl.tables import carried_out, tables
from tests.tern.ddl.texts import MARIADB, MYSQL, table

POLICY = DiffPolicy()


def clauses(live: Table, desired: Table) -> tuple[Clause, ...]:
    return diff_table(live, desired, flavor=MYSQL, policy=POLICY)


@given(tables(), tables())
def test_carrying_out_the_difference_reaches_what_is_desired(live: Table, desired: Table) -> None:
    reached = carried_out(live, clauses(live, desired), desired)
    assert equal(reached, desired, flavor=MYSQL, policy=POLICY)
    assert clauses(reached, desired) == ()


@given(tables())
def test_a_table_differs_in_nothing_from_itself(one: Table) -> None:
    assert clauses(one, one) == ()
    assert equal(one, one, flavor=MYSQL, policy=POLICY)


@given(tables(), tables())
def test_tables_are_equal_exactly_when_no_clause_is_needed(live: Table, desired: Table) -> None:
    are_equal = equal(live, desired, flavor=MYSQL, policy=POLICY)
    assert are_equal is (clauses(live, desired) == ())


@given(tables(), tables())
@settings(max_examples=50)
def test_with_ignored_order_no_clause_has_a_place(live: Table, desired: Table) -> None:
    policy = DiffPolicy(column_order=ColumnOrder.IGNORED)
    found = diff_table(live, desired, flavor=MYSQL, policy=policy)
    assert all(getattr(clause, "place", None) is None for clause in found)
    reached = carried_out(live, found, desired)
    assert equal(reached, desired, flavor=MYSQL, policy=policy)


def test_clauses_stand_in_the_order_that_an_alter_takes() -> None:
    """P-26."""
    live = table(
        "`a` int", "`b` int", "PRIMARY KEY (`a`)", "KEY `k` (`a`)", "KEY `r` (`a`,`b`)",
        "CONSTRAINT `f` FOREIGN KEY (`a`) REFERENCES `p` (`i`)", "CONSTRAINT `c` CHECK ((`a` > 1))",
        "CONSTRAINT `e` CHECK ((`b` > 1))",
    )  # fmt: skip
    desired = table(
        "`b` bigint", "`n` int", "PRIMARY KEY (`b`)", "KEY `k` (`n`)",
        "KEY `s` (`n`) /*!80000 INVISIBLE */",
        "CONSTRAINT `g` FOREIGN KEY (`n`) REFERENCES `p` (`i`)", "CONSTRAINT `d` CHECK ((`n` > 1))",
        options="COMMENT='x'", cut="\n/*!50100 PARTITION BY HASH (`b`)\nPARTITIONS 2 */",
    )  # fmt: skip
    assert [type(clause).__name__ for clause in clauses(live, desired)] == [
        "DropForeignKey", "DropCheck", "DropCheck", "DropPrimaryKey", "DropIndex", "DropIndex",
        "DropColumn", "ModifyColumn", "AddColumn", "AddPrimaryKey", "AddIndex", "AddIndex",
        "AddCheck", "AddForeignKey", "SetOption", "PartitionBy",
    ]  # fmt: skip


def test_versioning_and_periods_come_and_go_with_their_columns() -> None:
    plain = table("`a` int")
    versioned = table(
        "`a` int",
        "`s` timestamp(6) GENERATED ALWAYS AS ROW START",
        "`e` timestamp(6) GENERATED ALWAYS AS ROW END",
        "PERIOD FOR SYSTEM_TIME (`s`, `e`)",
        options="WITH SYSTEM VERSIONING",
    )
    there = diff_table(plain, versioned, flavor=MARIADB, policy=POLICY)
    assert [type(c) for c in there] == [AddColumn, AddColumn, AddPeriod, AddSystemVersioning]
    back = diff_table(versioned, plain, flavor=MARIADB, policy=POLICY)
    assert [type(c) for c in back] == [DropSystemVersioning, DropPeriod, DropColumn, DropColumn]


def test_case_of_a_period_is_no_difference() -> None:
    one, other = (
        table("`a` int", "PERIOD FOR `p` (`a`, `b`)"),
        table("`a` int", "PERIOD FOR `P` (`A`, `B`)"),
    )
    assert diff_table(one, other, flavor=MARIADB, policy=POLICY) == ()


def test_versioning_is_no_option() -> None:
    versioned = table("`a` int", options="WITH SYSTEM VERSIONING")
    found = diff_table(table("`a` int"), versioned, flavor=MARIADB, policy=POLICY)
    assert not any(isinstance(clause, SetOption) for clause in found)
