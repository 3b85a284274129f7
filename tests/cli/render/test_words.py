"""Figures and statements as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.render.ddl import clauses, one_line
from cli.render.words import cut_middle, duration, listed, plain, size, span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"),
        (9.94, "9.9s"),
        (48, "48s"),
        (59.4, "59s"),
        (59.6, "1m 00s"),
        (72, "1m 12s"),
        (7500, "2h 05m"),
        (273_600, "3d 4h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (2_040_109_466, "1.9 GiB")]
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


def test_a_span_of_one_figure_is_one_figure() -> None:
    assert span(100, 100.4) == "1m 40s"
    assert span(100, 150) == "1m 40s to 2m 30s"
    assert listed(["a", "b", "c"]) == "a, b and c"


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_a_cut_name_fits_and_keeps_both_ends(name: str, width: int) -> None:
    cut = cut_middle(name, width, sign="..")
    assert len(cut) <= width
    assert len(name) > width or cut == name


@given(st.text())
def test_plain_text_is_printable_and_keeps_printable_text(text: str) -> None:
    shown = plain(text)
    assert all(char == "\n" or char.isprintable() for char in shown)
    assert not text.isprintable() or shown == text


@pytest.mark.parametrize(
    ("ddl", "lines"),
    [
        ("ALTER TABLE `a` ADD COLUMN b int", ["ALTER TABLE `a`", "  ADD COLUMN b int"]),
        (
            "ALTER TABLE `a, b` ADD c enum('x,y', 'it''s'), DROP KEY `d,e`, ADD KEY (f, g)",
            [
                "ALTER TABLE `a, b`",
                "  ADD c enum('x,y', 'it''s'),",
                "  DROP KEY `d,e`,",
                "  ADD KEY (f, g)",
            ],
        ),
        ("DROP TABLE `a`", ["DROP TABLE `a`"]),
        ("ALTER TABLE `a`\n  ADD b int", ["ALTER TABLE `a`", "  ADD b int"]),
    ],
)
def test_one_clause_a_line(ddl: str, lines: list[str]) -> None:
    assert clauses(ddl) == lines


@given(st.text(alphabet="a,`'\" ()\\", max_size=30))
def test_no_word_of_a_statement_is_lost(tail: str) -> None:
    ddl = f"ALTER TABLE `t` {tail}"
    assert "".join("".join(clauses(ddl)).split()) == "".join(ddl.split())
    assert "\n" not in one_line(ddl)
