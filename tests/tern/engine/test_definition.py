"""When two of a server's texts describe one table."""

import pytest

from tern.ddl.create_table import parse_create_table
from tern.ddl.flavor import Flavor
from tern.engine.definition import is_same
from tern.engine.effective_charsets import with_effective_charsets

MYSQL = Flavor.parse("9.7.4")
DEFAULTS = {"utf8mb4": "utf8mb4_0900_ai_ci", "latin1": "latin1_swedish_ci"}
TAIL = ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci"


def table(*definitions: str, tail: str = TAIL) -> str:
    return "CREATE TABLE `t` (\n  " + ",\n  ".join(definitions) + f"\n{tail}"


def same(one: str | None, other: str | None) -> bool:
    return is_same(one, other, flavor=MYSQL, defaults=DEFAULTS)


@pytest.mark.parametrize(
    ("clause", "charset", "collation"),
    [
        ("", "utf8mb4", "utf8mb4_0900_ai_ci"),
        (" CHARACTER SET utf8mb4", "utf8mb4", "utf8mb4_0900_ai_ci"),
        (" CHARACTER SET latin1", "latin1", "latin1_swedish_ci"),
        (" COLLATE utf8mb4_bin", "utf8mb4", "utf8mb4_bin"),
        (" CHARACTER SET latin1 COLLATE latin1_bin", "latin1", "latin1_bin"),
    ],
)
def test_a_column_has_what_it_says_or_what_the_defaults_say(
    clause: str, charset: str, collation: str
) -> None:
    text = table(f"`name` varchar(10){clause} DEFAULT NULL")
    (column,) = with_effective_charsets(parse_create_table(text), DEFAULTS).columns
    assert (column.charset, column.collation) == (charset, collation)


def test_a_charset_that_is_spelled_out_is_the_one_left_out() -> None:
    spelled = "`name` varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci DEFAULT NULL"
    assert same(table(spelled), table("`name` varchar(10) DEFAULT NULL"))


def test_another_collation_is_another_table() -> None:
    binary = "`name` varchar(10) COLLATE utf8mb4_bin DEFAULT NULL"
    assert not same(table(binary), table("`name` varchar(10) DEFAULT NULL"))


def test_a_tables_default_alone_makes_a_difference() -> None:
    other = ") ENGINE=InnoDB DEFAULT CHARSET=latin1"
    assert not same(table("`id` int NOT NULL"), table("`id` int NOT NULL", tail=other))


def test_the_counter_makes_none() -> None:
    counted = TAIL.replace("ENGINE=InnoDB", "ENGINE=InnoDB AUTO_INCREMENT=17")
    column = "`id` int NOT NULL AUTO_INCREMENT"
    key = "PRIMARY KEY (`id`)"
    assert same(table(column, key), table(column, key, tail=counted))


def test_the_order_of_columns_makes_a_difference() -> None:
    assert not same(
        table("`a` int DEFAULT NULL", "`b` int DEFAULT NULL"),
        table("`b` int DEFAULT NULL", "`a` int DEFAULT NULL"),
    )


def test_absence_is_the_same_as_absence_alone() -> None:
    assert same(None, None)
    assert not same(None, table("`id` int NOT NULL"))
    assert not same(table("`id` int NOT NULL"), None)


def test_what_can_not_be_taken_apart_is_the_same_only_to_the_letter() -> None:
    view = "CREATE ALGORITHM=UNDEFINED VIEW `t` AS select 1"
    assert same(view, view)
    assert not same(view, view.replace("1", "2"))
    assert not same(view, table("`id` int NOT NULL"))


def test_sequences_are_compared_by_what_they_say() -> None:
    text = (
        "CREATE SEQUENCE `s` start with 1 minvalue 1 maxvalue 9223372036854775806 "
        "increment by 1 cache 1000 nocycle ENGINE=InnoDB"
    )
    assert same(text, text.replace(" ENGINE=InnoDB", " ENGINE=Aria"))
    assert not same(text, text.replace("increment by 1", "increment by 5"))
