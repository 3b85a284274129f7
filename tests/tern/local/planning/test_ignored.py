"""Whose tables a plan leaves alone (P-27)."""

import re

import pytest

from tern.local.planning.ignored import reason_to_ignore


@pytest.mark.parametrize(
    ("table", "owner"),
    [
        ("_schemabot_work", "SchemaBot"),
        ("users_sbab2x7_n", "SchemaBot"),
        ("users_sbab2x7_c", "SchemaBot"),
        ("_users_gho", "another"),
        ("_users_ghc", "another"),
        ("_users_del", "another"),
        ("_users_new", "another"),
        ("_users_old", "another"),
        ("_users_chkpnt", "another"),
        ("_vt_hld_6ace8bcef73211ea87e9f875a4d24e90_20200915120410_", "another"),
        ("tmp_x", "ignore_tables"),
    ],
)
def test_tables_of_tools_and_patterns_are_left_alone(table: str, owner: str) -> None:
    assert owner in str(reason_to_ignore(table, [re.compile("^tmp_")]))


@pytest.mark.parametrize(
    "table",
    ["users", "users_new", "gho", "_gho", "users_sbab2x7_x", "users_sbAB2x7_n", "x_tmp_", "_vt"],
)
def test_any_other_table_is_managed(table: str) -> None:
    assert reason_to_ignore(table, [re.compile("^tmp_")]) is None
