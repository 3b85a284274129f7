"""Each rule fires where it should and stays quiet where it should."""

import pytest

from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.statements import CreateTable, classify, split
from tern.ddl.table import Table, with_collations
from tern.lint.linting import lint
from tern.lint.rule import Subject
from tern.lint.rules.registry import ALL_RULES
from tern.values.plan import Finding
from tern.values.schema_files import LintConfig, RuleConfig, Severity
from tests.tern.lint.tables import OPTIONS, table

FLAVOR = Flavor(vendor=Vendor.MYSQL, version=(8, 4, 0))
ID = "`id` bigint NOT NULL"
PK = "PRIMARY KEY (`id`)"
HASHED = f"{OPTIONS}\n PARTITION BY HASH (`id`)\nPARTITIONS 4"
ON = LintConfig(
    rules={
        name: RuleConfig(severity=Severity.INFO)
        for name in ("has_enum", "has_time", "nullable", "allow_compression")
    }
)


def subject(
    base: Table | None, desired: Table | None, *, source: str | None = None, copies: bool = False
) -> Subject:
    clauses = (
        diff_table(base, desired, flavor=FLAVOR, policy=DiffPolicy()) if base and desired else ()
    )
    return Subject(
        namespace="shop",
        base=base,
        desired=desired,
        clauses=clauses,
        source=None if source is None else definition(source),
        flavor=FLAVOR,
        copies=copies,
    )


def definition(text: str) -> CreateTable:
    (statement,) = split(text, file="t.sql")
    read = classify(statement, flavor=FLAVOR)
    assert isinstance(read, CreateTable)
    return read


def with_column(text: str) -> Table:
    return table(ID, text, PK)


def fired(one: Subject, config: LintConfig = ON) -> list[Finding]:
    return list(lint([one], config))


def rules(one: Subject) -> set[str]:
    return {finding.rule for finding in fired(one)}


PLAIN = table(ID, "`a` int NOT NULL", PK)
UNIQUE = table(ID, "`a` int NOT NULL", PK, "UNIQUE KEY `u` (`a`)")

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
TOLD_ELSEWHERE = {
    "drop_partition", "drop_versioning", "rename_table", "rename_column", "collation_unique",
    "fk_gap", "reorder_copies", "partition_rebuild", "display_width", "implicit_charset",
}  # fmt: skip


def test_every_rule_has_a_firing_and_a_quiet_case() -> None:
    names = {rule.name for rule in ALL_RULES}
    assert names == CHANGES.keys() | TABLES.keys() | TOLD_ELSEWHERE


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


def collated(collation: str, *keys: str) -> Table:
    found = table(ID, f"`A` varchar(9) COLLATE {collation}", PK, *keys)
    return with_collations(found, {"A": ("utf8mb4", collation)})


def test_a_new_collation_matters_under_a_unique_key() -> None:
    key = "UNIQUE KEY `u` (`A`)"
    unique = subject(collated("utf8mb4_bin", key), collated("utf8mb4_general_ci", key))
    assert "collation_unique" in rules(unique)
    plain = subject(collated("utf8mb4_bin"), collated("utf8mb4_general_ci"))
    assert "collation_unique" not in rules(plain)


@pytest.mark.parametrize("copies", [True, False])
def test_only_another_order_or_partitioning_matters_when_it_copies(*, copies: bool) -> None:
    order = subject(PLAIN, table("`a` int NOT NULL", ID, PK), copies=copies)
    assert ("reorder_copies" in rules(order)) is copies
    cut = subject(PLAIN, table(ID, "`a` int NOT NULL", PK, options=HASHED), copies=copies)
    assert ("partition_rebuild" in rules(cut)) is copies


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("CREATE TABLE t (a int(11), b int)", True),
        ("CREATE TABLE t (a tinyint(1), b varchar(9))", False),
        ("CREATE TABLE t (a int COMMENT 'int(11)')", False),
    ],
)
def test_a_display_width_is_told_by_the_file(text: str, *, fires: bool) -> None:
    assert ("display_width" in rules(subject(None, PLAIN, source=text))) is fires


def test_a_file_without_a_charset_is_told() -> None:
    assert "implicit_charset" in rules(subject(None, PLAIN, source="CREATE TABLE t (a int)"))
    named = "CREATE TABLE t (a int) CHARSET utf8mb4"
    assert "implicit_charset" not in rules(subject(None, PLAIN, source=named))
