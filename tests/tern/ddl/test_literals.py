import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.lexer import Kind, tokens
from tern.ddl.literals import hex_literal, string_literal, string_value


@given(st.text())
def test_literal_stands_for_what_it_was_made_from(value: str) -> None:
    literal = string_literal(value)
    assert string_value(literal) == value
    assert [token.kind for token in tokens(literal)] == [Kind.STRING]


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r"'a\nb\tc\0'", "a\nb\tc\0"),
        (r"'\Z\b\r\q'", "\x1a\b\rq"),
        (r"'50\% \_'", r"50\% \_"),
        ('"it\'s ""x"""', 'it\'s "x"'),
        (r"'\''", "'"),
        (r"'\\n'", r"\n"),
    ],
)
def test_escapes_stand_for_what_servers_take_them_for(literal: str, value: str) -> None:
    assert string_value(literal) == value


def test_bytes_are_written_in_hex() -> None:
    assert hex_literal(b"\xff\x00'") == "x'ff0027'"
