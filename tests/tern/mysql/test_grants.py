"""What SHOW GRANTS means for one schema, and the GRANT that mends what lacks."""

import pytest

from tern.mysql.grants import Grants, Need, escape_pattern, parse_grants

ACCOUNT = "'app'@'%'"


def grants(*lines: str) -> Grants:
    return Grants(account=ACCOUNT, grants=parse_grants(lines))


def test_a_global_privilege_holds_in_every_schema() -> None:
    found = grants("GRANT SELECT, PROCESS ON *.* TO `app`@`%`")
    assert found.has("PROCESS")
    assert found.has("SELECT", schema="shop")
    assert not found.has("INSERT", schema="shop")


@pytest.mark.parametrize(
    "line",
    [
        "GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%`",
        "GRANT ALL PRIVILEGES ON `shop`.* TO `app`@`%` WITH GRANT OPTION",
        "GRANT ALL PRIVILEGES ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*ABC' WITH GRANT OPTION",
        "GRANT ALL PRIVILEGES ON *.* TO `app`@`%` REQUIRE SSL",
    ],
)
def test_all_privileges_are_every_privilege(line: str) -> None:
    assert grants(line).has("CREATE TEMPORARY TABLES", schema="shop")


@pytest.mark.parametrize(
    ("pattern", "schema", "covers"),
    [
        ("shop", "shop", True),
        ("shop", "shop2", False),
        (r"a\_b", "a_b", True),
        (r"a\_b", "axb", False),
        ("a_b", "axb", True),
        (r"\_schemabot\_%", "_schemabot_w_1_d0", True),
        (r"\_schemabot\_%", "xschemabot_w_1_d0", False),
        ("%", "anything", True),
        ("a``b", "a`b", True),
    ],
)
def test_schema_patterns_match_as_like_does(pattern: str, schema: str, *, covers: bool) -> None:
    found = grants(f"GRANT SELECT ON `{pattern}`.* TO `app`@`%`")
    assert found.has("SELECT", schema=schema) is covers


def test_privileges_on_one_table_or_column_do_not_hold_for_the_schema() -> None:
    found = grants(
        "GRANT SELECT, INSERT ON `shop`.`users` TO `app`@`%`",
        "GRANT SELECT (`id`, `na,me`), UPDATE ON `shop`.* TO `app`@`%`",
        "GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `app`@`%`",
        "GRANT `role`@`%` TO `app`@`%`",
    )
    assert not found.has("SELECT", schema="shop")
    assert not found.has("INSERT", schema="shop")
    assert found.has("UPDATE", schema="shop")


def test_roles_add_to_the_account() -> None:
    found = grants(
        "GRANT USAGE ON *.* TO `app`@`%`",
        "GRANT SELECT ON `shop`.* TO `reader`",
        "GRANT UPDATE ON `shop`.* TO `writer`",
    )
    assert found.has("SELECT", schema="shop")
    assert found.has("UPDATE", schema="shop")


def test_a_narrow_pattern_hides_a_wide_one_of_the_same_account() -> None:
    found = grants(
        "GRANT ALL PRIVILEGES ON `%`.* TO `app`@`%`",
        r"GRANT SELECT ON `\_schemabot\_%`.* TO `app`@`%`",
    )
    assert found.has("CREATE", schema="shop")
    assert not found.has("CREATE", schema="_schemabot_w_1")


def test_a_partial_revoke_takes_away() -> None:
    found = grants("GRANT SELECT ON *.* TO `app`@`%`", "REVOKE SELECT ON `shop`.* FROM `app`@`%`")
    assert not found.has("SELECT", schema="shop")
    assert found.has("SELECT", schema="other")


def test_missing_names_every_grant_at_once_with_only_what_lacks() -> None:
    found = grants("GRANT SELECT ON `a\\_b`.* TO `app`@`%`")
    needs = [
        Need(privileges=("SELECT", "CREATE"), schema="a_b"),
        Need(privileges=("DROP",), schema="_schemabot_w_1", pattern=r"\_schemabot\_%"),
        Need(privileges=("PROCESS",)),
        Need(privileges=("SELECT",), schema="a_b"),
    ]
    assert found.missing(needs) == (
        r"GRANT CREATE ON `a\_b`.* TO 'app'@'%'",
        r"GRANT DROP ON `\_schemabot\_%`.* TO 'app'@'%'",
        "GRANT PROCESS ON *.* TO 'app'@'%'",
    )


def test_an_escaped_pattern_matches_only_its_name() -> None:
    assert escape_pattern("a_b%c\\d") == r"a\_b\%c\\d"
