"""Which changes of a column keep every value; whatever is not surely free is not (P-44)."""

import pytest

from tern.lint.column_types import keeps_every_value, stored
from tests.tern.lint.tables import column, table

FREE = [
    ("tinyint(4)", "smallint"),
    ("int", "bigint"),
    ("int(11)", "int"),
    ("int unsigned", "bigint unsigned"),
    ("int unsigned", "bigint"),
    ("varchar(10)", "varchar(11)"),
    ("char(3)", "char(4)"),
    ("binary(3)", "binary(4)"),
    ("varbinary(3)", "varbinary(4)"),
    ("varchar(10)", "tinytext"),
    ("varchar(255)", "text"),
    ("text", "mediumtext"),
    ("varbinary(200)", "tinyblob"),
    ("blob", "longblob"),
    ("decimal(10,2)", "decimal(12,2)"),
    ("decimal(10,2)", "decimal(12,4)"),
    ("decimal(10,2) unsigned", "decimal(10,2)"),
    ("datetime", "datetime(3)"),
    ("time(1)", "time(6)"),
    ("timestamp(2)", "timestamp(2)"),
    ("enum('a','b')", "enum('a','b','c')"),
    ("set('a')", "set('a','b')"),
    ("float", "double"),
    ("date", "datetime"),
    ("varchar(9) CHARACTER SET latin1", "varchar(9)"),
    ("varchar(9) CHARACTER SET utf8mb3", "varchar(20)"),
    ("char(9) CHARACTER SET ascii", "char(9) CHARACTER SET latin1"),
    ("varchar(9) COLLATE utf8mb4_bin", "varchar(9) COLLATE utf8mb4_general_ci"),
    ("text CHARACTER SET latin1", "mediumtext"),
]
LOSSY = [
    ("bigint", "int"),
    ("int", "int unsigned"),
    ("bigint unsigned", "bigint"),
    ("int", "decimal(10,0)"),
    ("int", "varchar(20)"),
    ("varchar(11)", "varchar(10)"),
    ("varchar(10)", "char(10)"),
    ("varchar(100)", "tinytext"),
    ("varchar(10)", "varbinary(10)"),
    ("text", "varchar(100)"),
    ("text CHARACTER SET latin1", "text"),
    ("mediumtext", "text"),
    ("blob", "text"),
    ("decimal(10,2)", "decimal(9,2)"),
    ("decimal(10,2)", "decimal(10,3)"),
    ("decimal(10,2)", "decimal(10,1)"),
    ("decimal(10,2)", "decimal(10,2) unsigned"),
    ("decimal(10,2)", "double"),
    ("datetime(3)", "datetime"),
    ("datetime", "date"),
    ("datetime", "timestamp"),
    ("timestamp", "datetime"),
    ("enum('a','b')", "enum('b','a')"),
    ("enum('a','b')", "enum('a')"),
    ("enum('a','b')", "set('a','b')"),
    ("enum('a','b')", "varchar(9)"),
    ("double", "float"),
    ("float", "double(5,2)"),
    ("varchar(9)", "varchar(9) CHARACTER SET latin1"),
    ("varchar(9) CHARACTER SET latin1", "varchar(9) CHARACTER SET latin2"),
    ("json", "text"),
    ("text", "json"),
    ("geometry", "point"),
    ("bit(8)", "bit(4)"),
    ("year", "int"),
]


@pytest.mark.parametrize(("old", "new"), FREE)
def test_a_change_that_keeps_every_value_is_free(old: str, new: str) -> None:
    before, after = column(old), column(new)
    assert keeps_every_value(stored(before.columns[0], before), stored(after.columns[0], after))


@pytest.mark.parametrize(("old", "new"), LOSSY)
def test_any_other_change_may_lose_values(old: str, new: str) -> None:
    before, after = column(old), column(new)
    assert not keeps_every_value(stored(before.columns[0], before), stored(after.columns[0], after))


@pytest.mark.parametrize("definition", sorted({side for pair in FREE + LOSSY for side in pair}))
def test_no_change_is_free(definition: str) -> None:
    same = column(definition)
    before = stored(same.columns[0], same)
    assert keeps_every_value(before, before)


def test_the_tables_charset_counts_where_the_column_names_none() -> None:
    old = table("`c` varchar(9)")
    new = table("`c` varchar(9)", options="ENGINE=InnoDB DEFAULT CHARSET=latin1")
    assert not keeps_every_value(stored(old.columns[0], old), stored(new.columns[0], new))
