"""A server's error, taken back to its line and column in the file."""

import pytest

from tern.ddl.statements import SourceStatement, split
from tern.local.planning.places import ErrorPlace, find_place

PREAMBLE = (
    "You have an error in your SQL syntax; check the manual that corresponds to your "
    "MariaDB server version for the right syntax to use "
)
FILE = "-- users\n\n  CREATE TABLE t (\n    id int,\n\tname varcharr(9),\n    id int)"


def source(text: str = FILE) -> SourceStatement:
    (statement,) = split(text, file="t.sql")
    return statement


def found(server_text: str, text: str = FILE) -> ErrorPlace:
    return find_place(server_text, source(text))


def test_the_text_after_near_is_the_place() -> None:
    place = found(f"{PREAMBLE}near 'varcharr(9),\n    id int)' at line 3")
    assert (place.line, place.column) == (5, 7)
    assert place.message.splitlines()[-2:] == [" name varcharr(9),", "      ^"]


def test_the_message_begins_with_what_differs_between_errors() -> None:
    assert found(f"{PREAMBLE}near 'varcharr(9)' at line 3").message.startswith("near 'varcharr(9)'")


def test_a_place_on_the_first_line_counts_what_stands_before_the_statement() -> None:
    place = found(f"{PREAMBLE}near 't (' at line 1")
    assert (place.line, place.column) == (3, 16)


def test_text_that_stands_twice_is_looked_for_from_the_line_that_was_named() -> None:
    place = found(f"{PREAMBLE}near 'id int)' at line 4")
    assert (place.line, place.column) == (6, 5)


def test_text_that_is_nowhere_gives_the_line() -> None:
    place = found(f"{PREAMBLE}near 'elsewhere' at line 2")
    assert (place.line, place.column) == (4, 1)


def test_nothing_after_near_is_the_end() -> None:
    place = found(f"{PREAMBLE}near '' at line 1", "CREATE TABLE t (id int) COMMENT=")
    assert (place.line, place.column) == (1, 33)


@pytest.mark.parametrize(
    ("server_text", "place"),
    [
        ("Unknown data type: 'varcharr'", (5, 7)),
        ("Duplicate column name 'id'", (3, 3)),
        ("Row size too large", (3, 3)),
    ],
)
def test_without_near_a_name_that_stands_once_is_the_place(
    server_text: str, place: tuple[int, int]
) -> None:
    error = found(server_text)
    assert (error.line, error.column) == place
    assert error.message.startswith(server_text)
