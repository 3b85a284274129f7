"""Each rule fires where it should and stays quiet where it should (P-43, P-58)."""

from dataclasses import replace

import pytest

from tern.ddl.clauses import AddForeignKey, DropForeignKey, RenameColumn
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.table import Table
from tern.lint.linting import Notice, notice
from tern.lint.rules.registry import ALL_RULES, RULES_BY_NAME
from tern.values.schema_files import LintConfig, RuleConfig, Severity
from tests.tern.lint.cases import CASES, CHILD, sees
from tests.tern.lint.subjects import (
    ID,
    PK,
    PLAIN,
    UNIQUE,
    beside,
    fired,
    rules,
    subject,
    with_column,
)
from tests.tern.lint.tables import OPTIONS, table

# rule -> a change on which it fires, and one like it on which it does not
CHANGES: dict[str, tuple[tuple[Table | None, Table | None], tuple[Table | None, Table | None]]] = {
    "drop_table": ((PLAIN, None), (PLAIN, PLAIN)),
    "drop_column": ((PLAIN, table(ID, PK)), (table(ID, PK), PLAIN)),
    "lossy_type": (
        (PLAIN, with_column("`a` smallint NOT NULL")),
        (PLAIN, with_column("`a` bigint NOT NULL")),
    ),
    "convert_generated": (
        (PLAIN, with_column("`a` int GENERATED ALWAYS AS (`id`) STORED NOT NULL")),
        (PLAIN, PLAIN),
    ),
    "drop_primary_key": ((PLAIN, table(ID, "`a` int NOT NULL")), (PLAIN, UNIQUE)),
    "engine_change": (
        (PLAIN, table(ID, "`a` int NOT NULL", PK, options=OPTIONS.replace("InnoDB", "MyISAM"))),
        (PLAIN, PLAIN),
    ),
    "not_null": (
        (with_column("`a` int DEFAULT NULL"), PLAIN),
        (PLAIN, with_column("`a` int DEFAULT NULL")),
    ),
    "add_unique": ((PLAIN, UNIQUE), (PLAIN, table(ID, "`a` int NOT NULL", PK, "KEY `u` (`a`)"))),
    "drop_unique": ((UNIQUE, PLAIN), (PLAIN, UNIQUE)),
    "drop_visible_index": (
        (UNIQUE, PLAIN),
        (
            table(ID, "`a` int NOT NULL", PK, "KEY `u` (`a`) /*!80000 INVISIBLE */"),
            PLAIN,
        ),
    ),
    "drop_check": (
        (table(ID, "`a` int NOT NULL", PK, "CONSTRAINT `c` CHECK ((`a` > 0))"), PLAIN),
        (PLAIN, table(ID, "`a` int NOT NULL", PK, "CONSTRAINT `c` CHECK ((`a` > 0))")),
    ),
    "drop_foreign_key": (
        (
            table(ID, PK, "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `p` (`id`)"),
            table(ID, PK),
        ),
        (PLAIN, UNIQUE),
    ),
    "nondeterministic_default": (
        (table(ID, PK), with_column("`a` varchar(36) DEFAULT (uuid())")),
        (table(ID, PK), with_column("`a` varchar(36) DEFAULT 'uuid()'")),
    ),
}

# rule -> a new table on which it fires, and one on which it does not
TABLES: dict[str, tuple[Table, Table]] = {
    "primary_key": (table(ID), PLAIN),
    "pk_type": (table("`id` int NOT NULL", PK), table("`id` varbinary(16) NOT NULL", PK)),
    "auto_inc_type": (
        table("`id` int NOT NULL AUTO_INCREMENT", PK),
        table("`id` bigint unsigned NOT NULL AUTO_INCREMENT", PK),
    ),
    "has_foreign_key": (
        table(ID, PK, "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `p` (`id`)"),
        PLAIN,
    ),
    "redundant_index": (
        table(ID, "`a` int", PK, "KEY `x` (`a`)", "KEY `y` (`a`,`id`)"),
        table(ID, "`a` int", PK, "KEY `x` (`a`)", "KEY `y` (`id`,`a`)"),
    ),
    "temporal_index_position": (
        table(ID, "`d` date DEFAULT NULL", PK, "KEY `x` (`d`,`id`)"),
        table(ID, "`d` date DEFAULT NULL", PK, "KEY `x` (`id`,`d`)"),
    ),
    "has_float": (with_column("`a` float"), with_column("`a` decimal(9,2)")),
    "has_enum": (with_column("`a` enum('x')"), with_column("`a` varchar(4)")),
    "has_time": (with_column("`a` time"), with_column("`a` int")),
    "has_timestamp": (with_column("`a` timestamp NULL"), with_column("`a` datetime")),
    "nullable": (with_column("`a` int DEFAULT NULL"), PLAIN),
    "zero_date": (
        with_column("`a` datetime NOT NULL DEFAULT '0000-00-00 00:00:00'"),
        with_column("`a` datetime NOT NULL DEFAULT '2000-01-01 00:00:00'"),
    ),
    "temporal_default": (
        with_column("`a` datetime NOT NULL"),
        with_column("`a` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP"),
    ),
    "allow_charset": (
        table(ID, PK, options="ENGINE=InnoDB DEFAULT CHARSET=latin1"),
        table(ID, "`a` varchar(9) CHARACTER SET binary", PK),
    ),
    "allow_engine": (table(ID, PK, options=OPTIONS.replace("InnoDB", "MyISAM")), PLAIN),
    "allow_compression": (
        table(ID, PK, options=f"{OPTIONS} ROW_FORMAT=COMPRESSED"),
        table(ID, PK, options=f"{OPTIONS} ROW_FORMAT=DYNAMIC"),
    ),
    "name_case": (table(ID, "`userId` int", PK), table(ID, "`user_id` int", PK)),
    "long_name": (table(ID, PK, name="n" * 57), table(ID, PK, name="n" * 56)),
}
NOTICED = {
    "drop_sequence", "rollback_overwrites", "rename_hint_done", "unmanaged_object", "ignored_table",
}  # fmt: skip
HINTED = {"rename_column", "fk_gap"}


def test_every_rule_has_a_firing_and_a_quiet_case() -> None:
    names = {rule.name for rule in ALL_RULES}
    assert names == CHANGES.keys() | TABLES.keys() | CASES.keys() | NOTICED | HINTED


def test_rules_weigh_what_the_design_says() -> None:
    """P-43: those that guard data are errors, and all that isn't named here warns."""
    guarding = {
        "drop_table", "drop_column", "lossy_type", "convert_generated", "drop_primary_key",
        "drop_partition", "drop_versioning", "drop_sequence", "rename_table", "rename_column",
        "engine_change", "disk_space", "rollback_overwrites",
    }  # fmt: skip
    others = {
        **dict.fromkeys([*guarding, "auto_inc_capacity"], Severity.ERROR),
        **dict.fromkeys(["has_enum", "has_time", "nullable", "allow_compression"], Severity.OFF),
        **dict.fromkeys(["unmanaged_object", "ignored_table", "rename_hint_done"], Severity.INFO),
    }
    assert {rule.name for rule in ALL_RULES if rule.guards_data} == guarding
    weights = {rule.name: rule.severity for rule in ALL_RULES}
    assert weights == dict.fromkeys(weights, Severity.WARNING) | others


@pytest.mark.parametrize("rule", CHANGES)
def test_a_rule_about_changes(rule: str) -> None:
    fires, quiet = CHANGES[rule]
    assert rule in rules(subject(*fires))
    assert rule not in rules(subject(*quiet))


@pytest.mark.parametrize("rule", TABLES)
def test_a_rule_about_tables(rule: str) -> None:
    fires, quiet = TABLES[rule]
    assert rule in rules(subject(None, fires))
    assert rule not in rules(subject(None, quiet))


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_that_is_told_more(rule: str) -> None:
    fires, quiet = CASES[rule]
    assert rule in rules(fires)
    assert rule not in rules(quiet)


@pytest.mark.parametrize("rule", sorted(NOTICED))
def test_what_a_plan_notices_is_weighed_by_its_rule(rule: str) -> None:
    one = Notice(rule=rule, namespace="shop", table="t", message="so it is")
    found = notice(one, LintConfig())
    assert found is not None
    assert (found.rule, found.message) == (rule, "so it is")
    off = LintConfig(rules={rule: RuleConfig(severity=Severity.OFF)})
    assert (notice(one, off) is None) is not RULES_BY_NAME[rule].guards_data


def test_a_renamed_column_and_a_replaced_foreign_key_are_told() -> None:
    old, new = PLAIN.columns[1], replace(PLAIN.columns[1], name="b")
    desired = table(ID, "`b` int NOT NULL", PK)
    renamed = replace(subject(PLAIN, desired), clauses=(RenameColumn(old=old, new=new),))
    assert "rename_column" in rules(renamed)
    assert "rename_column" not in rules(subject(PLAIN, PLAIN))
    (key,) = CHILD.foreign_keys
    gap = (DropForeignKey(foreign_key=key), AddForeignKey(foreign_key=key, is_named=True))
    assert "fk_gap" in rules(replace(subject(CHILD, CHILD), clauses=gap))
    assert "fk_gap" not in rules(replace(subject(CHILD, CHILD), clauses=gap[:1]))


def test_a_dropped_table_takes_its_triggers_along() -> None:
    own = sees("SET NEW.id = 1", is_own=True)
    (found,) = [f for f in fired(subject(PLAIN, None, triggers=own)) if f.rule == "trigger_depends"]
    assert found.message == "trigger `shop`.`v` goes with the table"


def test_a_reserved_word_is_one_of_this_server() -> None:
    of_mariadb = Flavor(vendor=Vendor.MARIADB, version=(10, 11, 0))
    assert "reserved_word" not in rules(subject(None, with_column("`rank` int"), flavor=of_mariadb))


def test_a_parent_in_a_schema_outside_the_plan_is_not_judged() -> None:
    key = "CONSTRAINT `f` FOREIGN KEY (`id`) REFERENCES `away`.`p` (`id`)"
    child = table(ID, PK, key)
    assert "fk_parent" not in rules(subject(None, child, neighbours=beside(child)))
    near = beside(child, away=table(ID, name="p"))
    assert "fk_parent" in rules(subject(None, child, neighbours=near))


def test_a_width_in_a_comment_says_nothing() -> None:
    text = "CREATE TABLE t (a int COMMENT 'int(11)')"
    assert "display_width" not in rules(subject(None, PLAIN, source=text))


@pytest.mark.parametrize(
    ("here", "there", "fires"),
    [("int", "bigint", True), ("int", "int", False), ("int", "int unsigned", True)],
)
def test_a_key_of_one_name_has_one_type_in_all_tables(
    *, here: str, there: str, fires: bool
) -> None:
    other = table(ID, f"`user_id` {there} NOT NULL", PK, name="other")
    one = subject(None, with_column(f"`user_id` {here} NOT NULL"), neighbours=beside(other))
    assert ("type_mismatch" in rules(one)) is fires
