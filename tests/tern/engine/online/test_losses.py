"""Each pair of types is free of silent losses, has a condition for them, or asks for every row."""

import pytest

from tern.ddl.create_table import parse_create_table
from tern.engine.online.chunk import KeyRange
from tern.engine.online.link import ColumnPair
from tern.engine.online.loss_statements import losing_rows, lossy_rows
from tern.engine.online.losses import consented_columns, loss_of, losses
from tests.tern.engine.online.test_verification_statements import link

FREE = [
    ("int", "bigint"),
    ("bigint", "smallint"),  # what is out of range is an error
    ("int", "varchar(3)"),
    ("int", "double"),
    ("float", "double"),
    ("decimal(9,2)", "decimal(12,4)"),
    ("decimal(12,2)", "decimal(9,2)"),
    ("decimal(9,2)", "varchar(20)"),
    ("datetime(3)", "datetime(6)"),
    ("date", "datetime"),
    ("char(9)", "varchar(9)"),
    ("varchar(9)", "varchar(20)"),
    ("varchar(9)", "text"),
    ("varbinary(9)", "varbinary(3)"),
    ("enum('a','b')", "enum('b','a','c')"),
    ("set('a','b')", "set('b','a')"),
    ("set('a','b')", "varchar(20)"),
    ("bit(16)", "bit(8)"),
    ("text", "json"),
    ("point", "geometry"),
]
CONDITIONS = [
    ("datetime(6)", "datetime(3)", "MICROSECOND(`v`) % 1000 <> 0"),
    ("time(6)", "time", "MICROSECOND(`v`) % 1000000 <> 0"),
    ("datetime", "date", "`v` <> CAST(`v` AS DATE)"),
    ("double", "float", "`v` <> CAST(`v` AS FLOAT)"),
    ("double", "double(9,2)", "`v` <> CAST(ROUND(`v`, 2) AS DOUBLE)"),
    ("float", "int", "`v` <> FLOOR(`v`)"),
    ("double", "decimal(9,2)", "`v` <> CAST(CAST(`v` AS DECIMAL(65,2)) AS DOUBLE)"),
    ("decimal(9,4)", "decimal(9,2)", "`v` <> TRUNCATE(`v`, 2)"),
    ("decimal(9,4)", "int", "`v` <> TRUNCATE(`v`, 0)"),
    ("decimal(9,4)", "float", "`v` <> CAST(CAST(`v` AS FLOAT) AS DECIMAL(9,4))"),
    ("bigint", "double", "`v` NOT BETWEEN -9007199254740992 AND 9007199254740992"),
    ("float", "varchar(40)", "`v` <> CAST(`v` AS CHAR) + 0e0"),
    ("varchar(9)", "char(9)", "CHAR_LENGTH(`v`) <> CHAR_LENGTH(TRIM(TRAILING ' ' FROM `v`))"),
    (
        "varchar(9)",
        "varchar(3)",
        "CHAR_LENGTH(`v`) > 3 AND CHAR_LENGTH(TRIM(TRAILING ' ' FROM `v`)) <= 3",
    ),
    ("varbinary(9)", "binary(9)", "LENGTH(`v`) < 9"),
    ("enum('a','b')", "varchar(9)", "`v` = 0"),
    ("int", "year", "`v` BETWEEN 1 AND 99"),
]
EVERY_ROW = [
    ("timestamp", "datetime"),
    ("datetime", "timestamp"),
    ("timestamp", "date"),
    ("enum('a','b')", "int"),
    ("set('a','b')", "int"),
    ("int", "enum('a','b')"),
    ("varchar(9)", "int"),
    ("varchar(9)", "datetime"),
    ("datetime", "time"),
    ("time", "datetime"),
]


def pair(before: str, after: str) -> ColumnPair:
    origin, target = (
        parse_create_table(f"CREATE TABLE `t` (\n  `v` {kind} DEFAULT NULL\n) ENGINE=InnoDB")
        for kind in (before, after)
    )
    return ColumnPair(origin=origin.columns[0], target=target.columns[0])


@pytest.mark.parametrize(("before", "after"), FREE)
def test_what_fits_or_fails_loses_nothing(before: str, after: str) -> None:
    assert loss_of(pair(before, after)) is None


@pytest.mark.parametrize(("before", "after", "condition"), CONDITIONS)
def test_rows_that_lose_something_are_told_by_a_condition(
    before: str, after: str, condition: str
) -> None:
    loss = loss_of(pair(before, after))
    assert loss is not None
    assert loss.condition == condition


@pytest.mark.parametrize(("before", "after"), EVERY_ROW)
def test_a_change_of_meaning_is_one_of_every_row(before: str, after: str) -> None:
    loss = loss_of(pair(before, after))
    assert loss is not None
    assert loss.condition is None


def test_consent_is_to_a_column_that_the_plan_names() -> None:
    columns = [pair("double", "int")]
    reasons = ["column `v`: double to int can lose values", "column `w` and its data are removed"]
    assert consented_columns(columns, reasons, allows_unsafe=True) == {"v"}
    assert consented_columns(columns, reasons, allows_unsafe=False) == frozenset()
    assert consented_columns(columns, reasons[1:], allows_unsafe=True) == frozenset()
    assert losses(columns, consented={"v"}) == ()


NUMBERS = "`id` int NOT NULL,\n  `v` {} DEFAULT NULL,\n  PRIMARY KEY (`id`)"


def test_lossy_rows_are_asked_for_by_range_and_by_key() -> None:
    tied = link(NUMBERS.format("double"), NUMBERS.format("int"))
    found = losses(tied.columns)
    asked = "SELECT `id`+0, (`v` <> FLOOR(`v`)) FROM `a`.`s` FORCE INDEX (`PRIMARY`) WHERE "
    assert lossy_rows(tied, found, KeyRange(lower=(3,), upper=(7,)), limit=5) == (
        f"{asked}(`id` >= 3 AND `id` < 7) AND ((`v` <> FLOOR(`v`))) LIMIT 5"
    )
    assert lossy_rows(tied, found, [(3,), (7,)], limit=5) == (
        f"{asked}(`id` IN (3, 7)) AND ((`v` <> FLOOR(`v`))) LIMIT 5"
    )


def test_the_keys_of_each_loss_are_told() -> None:
    tied = link(NUMBERS.format("double"), NUMBERS.format("int"))
    found = losses(tied.columns)
    assert list(losing_rows(tied, found, [(3, 1), (4, 0), (5, None)])) == [(found[0], ["id=3"])]
