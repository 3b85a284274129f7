import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.api.errors import InvalidJson
from schemabot.api.json_text import parse_object

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", min_size=1), values))
def test_every_plain_object_is_read_as_it_is(value: dict[str, object]) -> None:
    assert parse_object(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"3", "not a JSON object"),
        (b'{"a": 1', "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b'{"a": 1, "a": 1}', "twice"),
        (b'{"x": {"b": 1, "b": 2}}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too long"),
        (b'{"a": "\\u0000"}', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'{"a": "\\ud800"}', "surrogate"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": ' + b"[" * 64 + b"]" * 64 + b"}", "nested"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
    ],
)
def test_what_has_no_one_reading_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(InvalidJson, match=reason):
        parse_object(body)


def test_sixty_four_levels_are_read() -> None:
    body = b'{"a": ' + b"[" * 63 + b"]" * 63 + b"}"
    assert "a" in parse_object(body)


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        value = parse_object(body)
    except InvalidJson as error:
        assert error.code == "invalid_json"  # noqa: PT017 (the other outcome is a value)
    else:
        assert isinstance(value, dict)
