"""What a change can lose, told from two definitions: fires, and stays quiet (P-43)."""

from dataclasses import replace

import pytest

from tern.ddl.clauses import RenameColumn
from tern.ddl.table import Table
from tern.lint.unsafe import unsafe_changes, unsafe_reasons
from tests.tern.lint.tables import OPTIONS, table

BASE = table("`id` int NOT NULL", "`a` int", "PRIMARY KEY (`id`)")
RANGES = (
    f"{OPTIONS}\n PARTITION BY RANGE (`id`)\n"
    "(PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB,\n"
    " PARTITION `p1` VALUES LESS THAN (20) ENGINE = InnoDB)"
)


def rules(base: Table | None, desired: Table | None) -> list[str]:
    return [found.rule for found in unsafe_changes(base, desired)]


def test_a_new_table_loses_nothing() -> None:
    assert rules(None, BASE) == []


def test_the_same_table_loses_nothing() -> None:
    assert rules(BASE, BASE) == []


def test_more_of_everything_loses_nothing() -> None:
    more = table(
        "`id` bigint NOT NULL", "`a` int", "`b` text", "PRIMARY KEY (`id`)", "KEY `b` (`b`(9))"
    )
    assert rules(BASE, more) == []


def test_a_dropped_table() -> None:
    assert unsafe_reasons(BASE, None) == ("table `t` is removed",)


def test_a_dropped_column() -> None:
    (found,) = unsafe_changes(BASE, table("`id` int NOT NULL", "PRIMARY KEY (`id`)"))
    assert (found.rule, found.object) == ("drop_column", "a")
    assert found.message == "column `a` and its data are removed"


def test_a_narrower_column_says_from_what_to_what() -> None:
    narrow = table("`id` int NOT NULL", "`a` tinyint", "PRIMARY KEY (`id`)")
    assert unsafe_reasons(BASE, narrow) == ("column `a`: int to tinyint can lose values",)


@pytest.mark.parametrize(
    ("old", "new", "fires"),
    [
        ("`a` int", "`a` int GENERATED ALWAYS AS (`id`) STORED", ["convert_generated"]),
        ("`a` int GENERATED ALWAYS AS (`id`) VIRTUAL", "`a` int", ["convert_generated"]),
        (
            "`a` int GENERATED ALWAYS AS (`id`) VIRTUAL",
            "`a` int GENERATED ALWAYS AS (`id` + 1) STORED",
            [],
        ),
        ("`a` int NOT NULL", "`a` int DEFAULT 5 COMMENT 'x'", []),
    ],
)
def test_generated_columns(old: str, new: str, fires: list[str]) -> None:
    assert rules(table("`id` int", old), table("`id` int", new)) == fires


@pytest.mark.parametrize("key", ["KEY `id` (`id`)", "PRIMARY KEY (`id`,`a`)", "PRIMARY KEY (`a`)"])
def test_a_primary_key_that_goes_or_changes(key: str) -> None:
    assert rules(BASE, table("`id` int NOT NULL", "`a` int", key)) == ["drop_primary_key"]


def test_a_renamed_column_is_told_as_such_when_the_clauses_are_known() -> None:
    desired = table("`id` int NOT NULL", "`b` int", "PRIMARY KEY (`id`)")
    rename = RenameColumn(old=BASE.columns[1], new=desired.columns[1])
    (found,) = unsafe_changes(BASE, desired, [rename])
    assert (found.rule, found.object) == ("rename_column", "b")
    assert rules(BASE, desired) == ["drop_column"]


def test_a_renamed_table() -> None:
    assert rules(BASE, replace(BASE, name="u")) == ["rename_table"]


def test_a_dropped_partition() -> None:
    old = table("`id` int NOT NULL", options=RANGES)
    fewer = RANGES.replace("\n(PARTITION `p0` VALUES LESS THAN (10) ENGINE = InnoDB,\n ", "\n(")
    (found,) = unsafe_changes(old, table("`id` int NOT NULL", options=fewer))
    assert (found.rule, found.object) == ("drop_partition", "p0")


def test_a_renamed_partition_keeps_its_rows() -> None:
    old = table("`id` int NOT NULL", options=RANGES)
    assert rules(old, table("`id` int NOT NULL", options=RANGES.replace("`p0`", "`q`"))) == []


def test_another_partitioning_moves_rows_and_loses_none() -> None:
    old = table("`id` int NOT NULL", options=RANGES)
    assert rules(old, table("`id` int NOT NULL")) == []


def test_the_end_of_system_versioning() -> None:
    versioned = table("`id` int", options=f"{OPTIONS} WITH SYSTEM VERSIONING")
    assert rules(versioned, table("`id` int")) == ["drop_versioning"]
    assert rules(table("`id` int"), versioned) == []


def test_another_engine() -> None:
    aria = table("`id` int", options=OPTIONS.replace("InnoDB", "Aria"))
    assert rules(table("`id` int"), aria) == ["engine_change"]
