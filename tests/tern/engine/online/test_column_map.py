"""Which column's values go where (E-15)."""

from tern.ddl.create_table import parse_create_table
from tern.engine.online.column_map import pair_columns, renamed_columns


def pairs(old: str, new: str, ddl: str) -> list[tuple[str, str]]:
    source, shadow = (
        parse_create_table(f"CREATE TABLE `t` (\n  {text}\n) ENGINE=InnoDB") for text in (old, new)
    )
    return [(pair.origin.name, pair.target.name) for pair in pair_columns(source, shadow, ddl)]


def test_columns_of_one_name_belong_together_whatever_their_order() -> None:
    old, new = "`a` int,\n  `b` int", "`b` int,\n  `A` bigint"
    assert pairs(old, new, "ALTER TABLE `t` MODIFY COLUMN `A` bigint") == [("b", "b"), ("a", "A")]


def test_a_rename_is_what_the_statement_says() -> None:
    ddl = "ALTER TABLE `t`\n  RENAME COLUMN `a` TO `b`,\n  CHANGE COLUMN `b` `a` int"
    assert renamed_columns(ddl) == {"b": "a", "a": "b"}
    assert pairs("`a` int,\n  `b` int", "`a` int,\n  `b` int", ddl) == [("b", "a"), ("a", "b")]


def test_added_dropped_and_generated_columns_are_not_copied() -> None:
    old = "`a` int,\n  `gone` int"
    new = "`a` int,\n  `new` int,\n  `g` int GENERATED ALWAYS AS (`a`) STORED"
    assert pairs(old, new, "ALTER TABLE `t` DROP COLUMN `gone`") == [("a", "a")]
