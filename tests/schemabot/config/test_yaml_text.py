import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.config.yaml_text import dotted, read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("off", "off"),
        ("no", "no"),
        ("true", True),
        ("10:30", "10:30"),
        ("2026-01-02", "2026-01-02"),
        ("'3'", "3"),
        ("3", 3),
        ("-0.5", -0.5),
        ("~", None),
        ("", None),
        ("1e999", "1e999"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text: str, value: object) -> None:
    assert read_yaml(f"key: {text}").value == {"key": value}


def test_every_key_and_item_has_its_place() -> None:
    document = read_yaml("a:\n  b: 1\n  c:\n    - x\n    - d: 2\n")
    assert document.value == {"a": {"b": 1, "c": ["x", {"d": 2}]}}
    assert document.place(("a", "b")) == (2, 3)
    assert document.place(("a", "c", 1, "d")) == (5, 7)


def test_a_missing_path_has_the_place_of_its_nearest_ancestor() -> None:
    assert read_yaml("a:\n  b: 1\n").place(("a", "z", "y")) == (1, 1)
    assert read_yaml("x: 1\na:\n  b: 1\n").place(("a", "z")) == (2, 1)


def test_a_key_twice_is_told_with_both_places() -> None:
    (mistake,) = read_yaml("a: 1\nb: 2\na: 3\n").mistakes
    assert (mistake.line, mistake.column, mistake.path) == (3, 1, "a")
    assert "line 1" in mistake.message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a: &x [1]\nb: *x\n", "alias"),
        ("a: !!python/object:os.system 1\n", "tags"),
        ("a: [1\n", "expected"),
        ("a: 1\n---\nb: 2\n", "document"),
        ("a: \x01\n", "character"),
        ("[1]: 2\n", "word"),
        ("[" * 3000, "nested"),
    ],
)
def test_what_is_no_plain_yaml_is_a_mistake_with_a_place(text: str, word: str) -> None:
    mistakes = read_yaml(text).mistakes
    assert mistakes
    assert word in mistakes[0].message
    assert mistakes[0].line is not None


@given(st.text(max_size=200))
def test_any_text_is_read_or_has_mistakes(text: str) -> None:
    document = read_yaml(text)
    assert document.mistakes or document.places is not None


def test_paths_are_written_as_people_write_them() -> None:
    assert dotted(("auth", "tokens", 0, "name")) == "auth.tokens[0].name"
