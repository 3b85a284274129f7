"""Names of files: safe everywhere, one per table (P-52)."""

import pytest

from schemabot.domain.file_names import file_names


@pytest.mark.parametrize(
    ("table", "file"),
    [
        ("users", "users.sql"),
        ("a-b_c.d", "a-b_c.d.sql"),
        ("a/b c", "a%2Fb%20c.sql"),
        ("100%", "100%25.sql"),
        ("größe", "gr%C3%B6%C3%9Fe.sql"),
        (".hidden", "%2Ehidden.sql"),
    ],
)
def test_a_name_is_percent_encoded_where_a_file_system_may_mind(table: str, file: str) -> None:
    assert file_names([table]) == {table: file}


def test_names_that_differ_by_case_are_numbered() -> None:
    assert file_names(["users", "Users", "USERS"]) == {
        "USERS": "USERS.sql", "Users": "Users~2.sql", "users": "users~3.sql",
    }  # fmt: skip


def test_a_name_too_long_for_a_file_system_is_cut_and_stays_its_own() -> None:
    one, other = "\N{PILE OF POO}" * 64, "\N{PILE OF POO}" * 63 + "x"
    names = file_names([one, other])
    assert all(len(name) <= 204 for name in names.values())
    assert len(set(names.values())) == 2
