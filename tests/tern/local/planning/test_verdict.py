"""How ALGORITHM and LOCK come into a statement."""

import pytest

from tern.local.planning.verdict import INPLACE, INSTANT, with_modifiers


def test_modifiers_stand_before_the_clauses() -> None:
    assert (
        with_modifiers("ALTER TABLE `t` ADD COLUMN `a` int", "t", INSTANT)
        == "ALTER TABLE `t` ALGORITHM=INSTANT, ADD COLUMN `a` int"
    )


def test_a_strange_name_is_no_obstacle() -> None:
    made = with_modifiers("ALTER TABLE `a``b` \n  DROP COLUMN `x`", "a`b", INPLACE)
    assert made == "ALTER TABLE `a``b` ALGORITHM=INPLACE, LOCK=NONE, \n  DROP COLUMN `x`"


def test_another_tables_statement_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="ALTER TABLE `u`"):
        with_modifiers("ALTER TABLE `u` DROP COLUMN `x`", "t", INSTANT)
