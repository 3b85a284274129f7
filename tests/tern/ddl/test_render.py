import pytest

from tern.ddl.clauses import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPartitionCount,
    AddPartitions,
    AddPeriod,
    AddPrimaryKey,
    AddSystemVersioning,
    AlterCheckEnforcement,
    AlterIndexVisibility,
    ChangeColumn,
    Clause,
    CoalescePartitions,
    DropCheck,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPartitions,
    DropPeriod,
    DropPrimaryKey,
    DropSystemVersioning,
    Loss,
    ModifyColumn,
    PartitionBy,
    Place,
    RemovePartitioning,
    RenameColumn,
    RenameIndex,
    ReorganizePartitions,
    SetOption,
    is_partition_management,
    losses,
)
from tern.ddl.render import alter_table, clause_text, drop_table, rename_table
from tern.ddl.table import Partition, Partitioning
from tests.tern.ddl.texts import MARIADB, MYSQL, captured, table

ONE = table(
    "`a``b` int NOT NULL", "`c` text", "PRIMARY KEY (`a``b`)", "KEY `k,1` (`c`(9))",
    "FULLTEXT KEY `f` (`c`) /*!50100 WITH PARSER `ngram` */ ", "KEY `h` (`c`(8)) IGNORED",
    "PERIOD FOR SYSTEM_TIME (`s`, `e`)", "PERIOD FOR `app` (`x`, `y`)",
    "CONSTRAINT `t_ibfk_1` FOREIGN KEY (`c`) REFERENCES `p` (`i`)",
    "CONSTRAINT `ck` CHECK ((`c` > 1)) /*!80016 NOT ENFORCED */",
)  # fmt: skip
A, C = ONE.columns
PK, K, F, H = ONE.indexes
SYSTEM, APP = ONE.periods
(FK,) = ONE.foreign_keys
(CK,) = ONE.checks


def cut() -> Partitioning:
    read = captured("mysql/pr").partitioning
    assert read is not None
    return read


CUT = cut()
P0, P1, PM = CUT.partitions
LISTED = "PARTITION p0 VALUES LESS THAN (10) COMMENT = 'it\\'s, */ x' ENGINE = InnoDB"


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        (AddColumn(column=A, definition=A.definition), "ADD COLUMN `a``b` int NOT NULL"),
        (AddColumn(column=C, definition="text", place=Place(after=None)),
         "ADD COLUMN `c` text FIRST"),
        (AddColumn(column=C, definition="text", place=Place(after="a`b")),
         "ADD COLUMN `c` text AFTER `a``b`"),
        (DropColumn(column=A), "DROP COLUMN `a``b`"),
        (ModifyColumn(old=C, new=C, definition="text"), "MODIFY COLUMN `c` text"),
        (ChangeColumn(old=A, new=C, definition="text", place=Place(after=None)),
         "CHANGE COLUMN `a``b` `c` text FIRST"),
        (RenameColumn(old=A, new=C), "RENAME COLUMN `a``b` TO `c`"),
        (DropPrimaryKey(index=PK), "DROP PRIMARY KEY"),
        (AddPrimaryKey(index=PK), "ADD PRIMARY KEY (`a``b`)"),
        (DropIndex(index=K), "DROP INDEX `k,1`"),
        (AddIndex(index=K), "ADD KEY `k,1` (`c`(9))"),
        (AddIndex(index=F), "ADD FULLTEXT KEY `f` (`c`) /*!50100 WITH PARSER `ngram` */"),
        (RenameIndex(old=K, new=F), "RENAME INDEX `k,1` TO `f`"),
        (DropForeignKey(foreign_key=FK), "DROP FOREIGN KEY `t_ibfk_1`"),
        (AddForeignKey(foreign_key=FK, is_named=True),
         "ADD CONSTRAINT `t_ibfk_1` FOREIGN KEY (`c`) REFERENCES `p` (`i`)"),
        (AddForeignKey(foreign_key=FK, is_named=False),
         "ADD FOREIGN KEY (`c`) REFERENCES `p` (`i`)"),
        (AddCheck(check=CK, is_named=True),
         "ADD CONSTRAINT `ck` CHECK ((`c` > 1)) /*!80016 NOT ENFORCED */"),
        (AddCheck(check=CK, is_named=False), "ADD CHECK ((`c` > 1)) /*!80016 NOT ENFORCED */"),
        (AlterCheckEnforcement(name="live", check=CK), "ALTER CHECK `live` NOT ENFORCED"),
        (DropPeriod(period=SYSTEM), "DROP PERIOD FOR SYSTEM_TIME"),
        (DropPeriod(period=APP), "DROP PERIOD FOR `app`"),
        (AddPeriod(period=APP), "ADD PERIOD FOR `app` (`x`, `y`)"),
        (AddSystemVersioning(), "ADD SYSTEM VERSIONING"),
        (DropSystemVersioning(), "DROP SYSTEM VERSIONING"),
        (SetOption(name="comment", old=None, new="'x'", text="COMMENT='x'"), "COMMENT='x'"),
        (PartitionBy(old=None, new=CUT), CUT.text),
        (RemovePartitioning(old=CUT), "REMOVE PARTITIONING"),
        (AddPartitions(partitions=(P0,)), f"ADD PARTITION ({LISTED})"),
        (DropPartitions(partitions=(P0, P1)), "DROP PARTITION `p0`, `p,1`"),
        (ReorganizePartitions(old=(P1, PM), new=(P0,)),
         f"REORGANIZE PARTITION `p,1`, `pm` INTO ({LISTED})"),
        (AddPartitionCount(count=3), "ADD PARTITION PARTITIONS 3"),
        (CoalescePartitions(count=2), "COALESCE PARTITION 2"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)  # fmt: skip
def test_clause_reads_as_the_manual_has_it(clause: Clause, text: str) -> None:
    assert clause_text(clause, MYSQL) == text


def test_dialects_differ_in_checks_and_hidden_indexes() -> None:
    assert clause_text(DropCheck(check=CK), MYSQL) == "DROP CHECK `ck`"
    assert clause_text(DropCheck(check=CK), MARIADB) == "DROP CONSTRAINT `ck`"
    hide, show = AlterIndexVisibility(index=H), AlterIndexVisibility(index=K)
    assert clause_text(hide, MARIADB) == "ALTER INDEX `h` IGNORED"
    assert clause_text(show, MARIADB) == "ALTER INDEX `k,1` NOT IGNORED"
    assert clause_text(hide, MYSQL) == "ALTER INDEX `h` INVISIBLE"
    assert clause_text(show, MYSQL) == "ALTER INDEX `k,1` VISIBLE"


def test_one_clause_stands_on_the_line_of_its_table() -> None:
    assert alter_table("a`b", [DropColumn(column=C)], MYSQL) == "ALTER TABLE `a``b` DROP COLUMN `c`"
    alone = [RemovePartitioning(old=CUT)]
    assert alter_table("t", alone, MYSQL) == "ALTER TABLE `t` REMOVE PARTITIONING"


def test_several_clauses_stand_on_lines_of_their_own() -> None:
    found = alter_table("t", [DropColumn(column=C), DropIndex(index=K)], MYSQL)
    assert found == "ALTER TABLE `t`\n  DROP COLUMN `c`,\n  DROP INDEX `k,1`"


def test_no_comma_stands_before_the_partition_clause() -> None:
    found = alter_table("t", [DropColumn(column=C), PartitionBy(old=None, new=CUT)], MYSQL)
    assert found == f"ALTER TABLE `t`\n  DROP COLUMN `c`\n  {CUT.text}"


def test_tables_are_dropped_and_renamed_by_quoted_names() -> None:
    assert drop_table("a`b") == "DROP TABLE `a``b`"
    assert rename_table("a b", "c") == "RENAME TABLE `a b` TO `c`"


def test_losses_are_what_does_not_come_back() -> None:
    found = losses([
        DropColumn(column=C, is_replaced=True),
        DropPrimaryKey(index=PK),
        DropIndex(index=K),
        DropIndex(index=F, is_replaced=True),
        DropCheck(check=CK),
        DropCheck(check=CK, is_replaced=True),
        DropForeignKey(foreign_key=FK),
        DropForeignKey(foreign_key=FK, is_replaced=True),
        DropPartitions(
            partitions=(P0, Partition(name="q", values="", bounds=(), options="", text=""))
        ),
        DropSystemVersioning(),
        AddIndex(index=K),
    ])
    assert found == (
        (Loss.COLUMN, "c"),
        (Loss.PRIMARY_KEY, "PRIMARY"),
        (Loss.INDEX, "k,1"),
        (Loss.CHECK, "ck"),
        (Loss.FOREIGN_KEY, "t_ibfk_1"),
        (Loss.PARTITION_ROWS, "p0"),
        (Loss.PARTITION_ROWS, "q"),
        (Loss.ROW_HISTORY, ""),
    )


def test_partition_management_is_told_from_cutting_anew() -> None:
    assert is_partition_management(CoalescePartitions(count=1))
    assert not is_partition_management(RemovePartitioning(old=CUT))
