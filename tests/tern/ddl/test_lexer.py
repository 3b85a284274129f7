import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.ddl.errors import LexError
from tern.ddl.lexer import Kind, Token, tokens

SQL_PIECES = st.sampled_from([
    "'a'", "''", '"b"', "`c`", "x'ff'", "--", "-- c\n", "#c\n", "/* c */", "/*!50100", "*/", "(",
    ")", ",", ";", "word", "1.5e3", " ", "\n", "\\", "'", '"', "`", "/*", "é", "\r\n", "@v", ".",
])  # fmt: skip
SQL_TEXTS = st.lists(SQL_PIECES, max_size=25).map("".join)


def kinds(text: str) -> list[tuple[Kind, str]]:
    return [(token.kind, token.text) for token in tokens(text)]


def read_or_none(text: str) -> list[Token] | None:
    try:
        return list(tokens(text))
    except LexError:
        return None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("users", Kind.WORD),
        ("1a", Kind.WORD),
        ("größe", Kind.WORD),
        ("@@sql_mode", Kind.WORD),
        ("0x1F", Kind.WORD),
        ("12", Kind.NUMBER),
        ("1.5e-3", Kind.NUMBER),
        (".5", Kind.NUMBER),
        ("`a``b`", Kind.NAME),
        ("`line\nend, (`", Kind.NAME),
        ("'it''s'", Kind.STRING),
        (r"'it\'s \\'", Kind.STRING),
        ('"a""b\\"c"', Kind.STRING),
        ("N'x'", Kind.STRING),
        ("x'ff'", Kind.STRING),
        ("b'101'", Kind.STRING),
        ("-- to the end", Kind.COMMENT),
        ("--", Kind.COMMENT),
        ("--\tx", Kind.COMMENT),
        ("# to the end", Kind.COMMENT),
        ("/* over\nlines */", Kind.COMMENT),
        ("/*+ hint */", Kind.COMMENT),
        ("(", Kind.SYMBOL),
        ("\\", Kind.SYMBOL),
    ],
)
def test_text_is_one_token(text: str, kind: Kind) -> None:
    assert kinds(text) == [(kind, text)]


def test_two_dashes_before_a_letter_are_two_symbols() -> None:
    assert kinds("1--x") == [
        (Kind.NUMBER, "1"), (Kind.SYMBOL, "-"), (Kind.SYMBOL, "-"), (Kind.WORD, "x")
    ]  # fmt: skip


def test_charset_introducer_stands_apart_from_its_string() -> None:
    assert kinds("_utf8mb4'x'") == [(Kind.WORD, "_utf8mb4"), (Kind.STRING, "'x'")]


@pytest.mark.parametrize("opening", ["/*!", "/*!50100", "/*!100301", "/*M!", "/*M!100301"])
def test_inside_an_executable_comment_is_sql(opening: str) -> None:
    assert kinds(f"{opening} a '*/' */ b") == [
        (Kind.OPENING, opening),
        (Kind.WORD, "a"),
        (Kind.STRING, "'*/'"),
        (Kind.CLOSING, "*/"),
        (Kind.WORD, "b"),
    ]


def test_fewer_than_five_digits_are_no_version() -> None:
    assert kinds("/*!5010 x*/")[:2] == [(Kind.OPENING, "/*!"), (Kind.NUMBER, "5010")]


def test_closing_without_opening_is_two_symbols() -> None:
    assert kinds("*/") == [(Kind.SYMBOL, "*"), (Kind.SYMBOL, "/")]


def test_places_count_lines_and_characters_from_one() -> None:
    read = list(tokens("a\n  'x\ny' `ü` b -- c\r\nd"))
    assert [(t.text, t.line, t.column) for t in read] == [
        ("a", 1, 1), ("'x\ny'", 2, 3), ("`ü`", 3, 4), ("b", 3, 8), ("-- c\r", 3, 10), ("d", 4, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("a\n 'b", 2, 2, "string"),
        ('a "b', 1, 3, "string"),
        (r"'b\'", 1, 1, "string"),
        ("x''' ", 1, 2, "string"),
        ("`a``", 1, 1, "quoted name"),
        ("\n\n/* a", 3, 1, "comment"),
        ("/*!50100 a", 1, 1, "executable comment never ends"),
        ("/*! a /*!50100 b */", 1, 7, "inside another"),
    ],
)
def test_what_never_ends_is_an_error_at_its_place(
    text: str, line: int, *, column: int, reason: str
) -> None:
    with pytest.raises(LexError, match=reason) as caught:
        list(tokens(text))
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"{line}:{column}: ")


@given(SQL_TEXTS)
def test_between_tokens_is_only_white_space(text: str) -> None:
    read = read_or_none(text) or []
    place = 0
    for token in read:
        assert not text[place : token.offset].strip(" \t\n\v\f\r")
        assert text[token.offset : token.end] == token.text
        place = token.end
    assert not read or not text[place:].strip(" \t\n\v\f\r")


@given(SQL_TEXTS)
def test_lines_and_columns_agree_with_the_offset(text: str) -> None:
    for token in read_or_none(text) or []:
        before = text[: token.offset]
        assert token.line == before.count("\n") + 1
        assert token.column == token.offset - (before.rfind("\n") + 1) + 1


def test_a_long_run_of_brackets_is_read() -> None:
    assert sum(1 for _ in tokens("(" * 2**17)) == 2**17
