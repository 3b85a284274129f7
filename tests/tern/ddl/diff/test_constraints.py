import pytest

from tern.ddl.diff.constraints import is_automatic_name
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.flavor import Flavor
from tern.ddl.render import clause_text
from tests.tern.ddl.texts import MARIADB, MYSQL, table

OFF = " /*!80016 NOT ENFORCED */"


def texts(live: list[str], desired: list[str], flavor: Flavor = MYSQL) -> list[str]:
    found = diff_table(
        table("`a` int", "`b` int", *live),
        table("`a` int", "`b` int", *desired),
        flavor=flavor,
        policy=DiffPolicy(),
    )
    return [clause_text(clause, flavor) for clause in found]


def check(name: str, limit: int, tail: str = "") -> str:
    return f"CONSTRAINT `{name}` CHECK ((`a` > {limit})){tail}"


def key(name: str, column: str = "a", *, parent: str = "`p`", tail: str = "") -> str:
    return f"CONSTRAINT `{name}` FOREIGN KEY (`{column}`) REFERENCES {parent} (`i`){tail}"


@pytest.mark.parametrize(
    ("name", "mysql", "mariadb"),
    [
        ("t_chk_1", True, False),
        ("T_CHK_12", True, False),
        ("t_ibfk_1", True, True),
        ("u_ibfk_1", False, False),
        ("t_ibfk_", False, False),
        ("my_t_ibfk_1", False, False),
        ("CONSTRAINT_1", False, True),
        ("1", False, True),
        ("named", False, False),
    ],
)
def test_automatic_names_are_known_by_vendor(name: str, *, mysql: bool, mariadb: bool) -> None:
    assert is_automatic_name(name, "t", MYSQL) is mysql
    assert is_automatic_name(name, "t", MARIADB) is mariadb


def test_pattern_characters_in_a_table_name_are_only_characters() -> None:
    assert is_automatic_name("a.b_ibfk_1", "a.b", MYSQL)
    assert not is_automatic_name("axb_ibfk_1", "a.b", MYSQL)


def test_checks_with_automatic_names_are_matched_by_expression() -> None:
    """P-23."""
    live, desired = (
        [check("t_chk_1", 1), check("t_chk_2", 2)],
        [check("t_chk_1", 2), check("t_chk_5", 1)],
    )
    assert texts(live, desired) == []


def test_new_check_without_a_name_is_left_to_the_server_to_name() -> None:
    assert texts([], [check("t_chk_1", 1)]) == ["ADD CHECK ((`a` > 1))"]
    assert texts([check("t_chk_1", 1)], []) == ["DROP CHECK `t_chk_1`"]


def test_name_that_a_person_gave_counts() -> None:
    assert texts([check("x", 1)], [check("y", 1)]) == [
        "DROP CHECK `x`", "ADD CONSTRAINT `y` CHECK ((`a` > 1))"
    ]  # fmt: skip
    assert len(texts([check("x", 1)], [check("t_chk_1", 1)])) == 2
    assert texts([check("X", 1)], [check("x", 1)]) == []


def test_changed_check_is_dropped_and_added_under_its_name() -> None:
    assert texts([check("x", 1)], [check("x", 2)], MARIADB) == [
        "DROP CONSTRAINT `x`", "ADD CONSTRAINT `x` CHECK ((`a` > 2))"
    ]  # fmt: skip


def test_enforcement_alone_is_toggled_by_the_live_name() -> None:
    assert texts([check("x", 1)], [check("x", 1, OFF)]) == ["ALTER CHECK `x` NOT ENFORCED"]
    assert texts([check("t_chk_7", 1, OFF)], [check("t_chk_1", 1)]) == [
        "ALTER CHECK `t_chk_7` ENFORCED"
    ]


def test_enforcement_is_made_anew_where_no_clause_toggles_it() -> None:
    old = Flavor.parse("8.0.15")
    assert len(texts([check("x", 1)], [check("x", 1, OFF)], old)) == 2


def test_equal_checks_are_counted() -> None:
    twice = [check("t_chk_1", 1), check("t_chk_2", 1)]
    assert texts(twice, twice[:1]) == ["DROP CHECK `t_chk_2`"]


def test_foreign_keys_are_matched_by_definition_where_names_are_automatic() -> None:
    assert (
        texts([key("t_ibfk_1"), key("t_ibfk_2", "b")], [key("t_ibfk_3", "b"), key("t_ibfk_4")])
        == []
    )
    assert texts([], [key("t_ibfk_1")]) == ["ADD FOREIGN KEY (`a`) REFERENCES `p` (`i`)"]


@pytest.mark.parametrize(
    "other",
    [
        key("f", "b"),
        key("f", parent="`q`"),
        key("f", parent="`s`.`p`"),
        key("f", tail=" ON DELETE CASCADE"),
        key("g"),
    ],
)
def test_every_part_of_a_foreign_key_counts(other: str) -> None:
    found = texts([key("f")], [other])
    assert found[0] == "DROP FOREIGN KEY `f`"
    assert found[1] == f"ADD {other}"


def test_case_of_a_foreign_keys_columns_is_no_difference() -> None:
    same = key("f").replace("`a`", "`A`").replace("`i`", "`I`")
    assert texts([key("f")], [same]) == []


def test_parents_compare_as_the_server_compares_tables() -> None:
    folding = Flavor(vendor=MYSQL.vendor, version=MYSQL.version, lower_case_table_names=1)
    assert texts([key("f", parent="`S`.`P`")], [key("f", parent="`s`.`p`")], folding) == []
    assert texts([key("f", parent="`P`")], [key("f", parent="`p`")]) != []


def test_a_plain_literal_means_the_same_in_every_character_set_that_has_its_letters() -> None:
    """P-55: MySQL prints another introducer after an ALTER that has nothing to do with it."""
    live = table("`a` int", "CONSTRAINT `k` CHECK ((`a` <> _latin1'x'))")
    desired = table("`a` int", "CONSTRAINT `k` CHECK ((`a` <> _utf8mb4'x'))")
    assert diff_table(live, desired, flavor=MYSQL, policy=DiffPolicy()) == ()
    assert equal(live, desired, flavor=MYSQL, policy=DiffPolicy())
    other = table("`a` int", "CONSTRAINT `k` CHECK ((`a` <> _binary'x'))")
    assert diff_table(live, other, flavor=MYSQL, policy=DiffPolicy())
