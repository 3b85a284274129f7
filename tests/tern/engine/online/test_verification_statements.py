"""The texts that compare two tables, word for word."""

# ruff: noqa: S608  # the texts that are expected

from dataclasses import replace

import pytest

from tern.binlog.watched_table import TableName
from tern.ddl.create_table import parse_create_table
from tern.ddl.flavor import Flavor
from tern.engine.online.chunk import EVERYTHING, KeyRange
from tern.engine.online.column_map import pair_columns
from tern.engine.online.key_choice import choose_key
from tern.engine.online.link import Link
from tern.engine.online.verification_statements import Stretch, needs_probe

FLAVOR = Flavor.parse("9.7.0")


def link(before: str, after: str) -> Link:
    """A link between `a`.`s` and `a`.`t` with these columns and keys."""
    source, shadow = (
        parse_create_table(f"CREATE TABLE `x` (\n  {columns}\n) ENGINE=InnoDB")
        for columns in (before, after)
    )
    pairs = pair_columns(source, shadow, "ALTER TABLE s")
    return Link(
        source=TableName("a", "s"),
        shadow=TableName("a", "t"),
        probe=TableName("a", "p"),
        key=choose_key(source, shadow, pairs, flavor=FLAVOR),
        columns=pairs,
        flavor=FLAVOR,
    )


PLAIN = "`id` int NOT NULL,\n  `v` int DEFAULT NULL,\n  PRIMARY KEY (`id`)"
CLOCK = "`at` datetime({}) NOT NULL,\n  `v` int DEFAULT NULL,\n  PRIMARY KEY (`at`)"


def test_counts_see_both_tables_in_one_statement() -> None:
    stretch = Stretch(link(PLAIN, PLAIN), KeyRange(lower=(3,), upper=(7,)))
    within = "`id` >= 3 AND `id` < 7"
    assert stretch.counts() == (
        f"SELECT (SELECT COUNT(*) FROM `a`.`s` FORCE INDEX (`PRIMARY`) WHERE {within}), "
        f"(SELECT COUNT(*) FROM `a`.`t` FORCE INDEX (`PRIMARY`) WHERE {within}), COUNT(*), "
        "COUNT(t.`id`), GROUP_CONCAT(IF(t.`id` IS NOT NULL AND s.`id` <=> t.`id` "
        "AND s.`v` <=> t.`v`, NULL, s.`_schemabot_key_0`)) "
        "FROM (SELECT `id`, `v`, `id`+0 AS `_schemabot_key_0` FROM `a`.`s` "
        f"FORCE INDEX (`PRIMARY`) WHERE {within}) AS s "
        f"LEFT JOIN (SELECT `id`, `v` FROM `a`.`t` FORCE INDEX (`PRIMARY`) WHERE {within}) AS t "
        "ON s.`id` = t.`id`+0"
    )


LOOKED_UP = "LEFT JOIN `a`.`t` AS t FORCE INDEX (`PRIMARY`) ON s.`id` = t.`id`"


@pytest.mark.parametrize("version", ["8.0.19", "10.11.4-MariaDB"])
def test_rows_are_looked_up_where_the_server_would_compare_each_pair(version: str) -> None:
    old = replace(link(PLAIN, PLAIN), flavor=Flavor.parse(version))
    assert Stretch(old, EVERYTHING).counts().endswith(LOOKED_UP)


def test_rows_are_looked_up_where_the_two_keys_are_not_of_one_range_of_values() -> None:
    unlike = link(PLAIN, PLAIN.replace("int NOT", "bigint unsigned NOT"))
    assert Stretch(unlike, EVERYTHING).counts().endswith(LOOKED_UP)


def test_keys_that_are_no_integers_are_counted_and_not_listed() -> None:
    clock = link(CLOCK.format(3), CLOCK.format(3))
    assert "COALESCE(SUM(t.`at` IS NOT NULL AND s.`at` <=> t.`at`" in (
        Stretch(clock, EVERYTHING).counts()
    )


def test_single_keys_are_looked_up() -> None:
    assert Stretch(link(PLAIN, PLAIN), [(3,)]).counts().endswith(LOOKED_UP)


def test_single_keys_are_asked_for_by_a_list() -> None:
    assert Stretch(link(PLAIN, PLAIN), [(3,), (7,)]).extra() == (
        "SELECT `a`.`t`.`id`+0 FROM `a`.`t` FORCE INDEX (`PRIMARY`) WHERE (`id` IN (3, 7)) AND "
        "NOT EXISTS (SELECT 1 FROM `a`.`s` WHERE `a`.`s`.`id` = `a`.`t`.`id`)"
    )


def test_a_conversion_is_made_by_assignment_and_the_probe_table_is_compared() -> None:
    converted = link(PLAIN, PLAIN.replace("`v` int", "`v` varchar(9)"))
    assert needs_probe(converted)
    stretch = Stretch(converted, EVERYTHING)
    assert stretch.fill_probe() == (
        "INSERT INTO `a`.`p` (`id`, `v`) SELECT `id`, `v` FROM `a`.`s` FORCE INDEX (`PRIMARY`) "
        "WHERE TRUE"
    )
    assert stretch.differing() == (
        "SELECT s.`id`+0 FROM `a`.`p` AS s LEFT JOIN `a`.`t` AS t FORCE INDEX (`PRIMARY`) "
        "ON s.`id` = t.`id` WHERE NOT (t.`id` IS NOT NULL AND s.`id` <=> t.`id` "
        "AND CAST(s.`v` AS BINARY) <=> CAST(t.`v` AS BINARY))"
    )


def test_a_key_of_the_shadow_is_read_with_the_digits_of_the_source() -> None:
    stretch = Stretch(link(CLOCK.format(3), CLOCK.format(6)), EVERYTHING)
    assert "CAST(CAST(`a`.`t`.`at` AS DATETIME(3)) AS CHAR)" in stretch.extra()


def test_nothing_that_is_compared_is_locked() -> None:
    stretch = Stretch(link(PLAIN, PLAIN), EVERYTHING)
    texts = (stretch.counts(), stretch.differing(), stretch.extra(), stretch.doubled())
    assert not any("SHARE" in text or "UPDATE" in text for text in texts)
