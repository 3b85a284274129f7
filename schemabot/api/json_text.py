"""JSON as this API takes it: one reading for each text, nothing lost or guessed (A-2, A-3)."""

import json
import math
import re

from schemabot.api.errors import InvalidJson

_DEEPEST = 64
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_object(body: bytes) -> dict[str, object]:
    """The object that the body holds.

    Raises:
        InvalidJson: not UTF-8, not JSON, not an object; a key twice, NaN or Infinity, nested deeper
            than 64, a NUL character or half a surrogate pair in a string.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise InvalidJson(reason=f"it is not UTF-8 from byte {error.start} on") from error
    value = _loads(text)
    if not isinstance(value, dict):
        raise InvalidJson(reason="it is not a JSON object")
    _check(value)
    return value


def _loads(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidJson(reason=f"it is not JSON at {place}: {error.msg}") from error
    except RecursionError as error:
        raise InvalidJson(reason=f"it is nested deeper than {_DEEPEST}") from error
    except ValueError as error:  # an integer of thousands of digits
        raise InvalidJson(reason="it holds a number that is too long") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise InvalidJson(reason=f"the key {twice[:80]!r} stands twice in one object")
    return values


def _no_constant(word: str) -> object:
    raise InvalidJson(reason=f"{word} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise InvalidJson(reason="it holds a number that is too large")
    return number


def _check(value: object) -> None:
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise InvalidJson(reason=f"it is nested deeper than {_DEEPEST}")


def _children(value: object) -> list[object]:
    match value:
        case dict():
            return [*value.keys(), *value.values()]
        case list():
            return value
        case str():
            if "\0" in value or _LONE_SURROGATE.search(value):
                raise InvalidJson(reason="a string holds NUL or half a surrogate pair")
            return []
        case _:
            return []
