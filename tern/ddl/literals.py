"""String literals: what they stand for, and how bytes are written as one."""

import re

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}
_KEPT = "%_"  # LIKE patterns keep the backslash before these


def string_value(literal: str) -> str:
    """The characters that a quoted literal stands for, the quotes being its first and last."""
    mark = literal[0]
    parts = literal[1:-1].split(mark * 2)
    return mark.join(_ESCAPED.sub(_unescape, part) for part in parts)


def string_literal(value: str) -> str:
    """A literal that stands for these characters where backslashes escape, as our sessions set."""
    doubled = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def hex_literal(value: bytes) -> str:
    """A literal that stands for these bytes, whatever they are."""
    return f"x'{value.hex()}'"


def _unescape(found: re.Match[str]) -> str:
    letter = found[1]
    if letter in _KEPT:
        return found[0]
    return _CONTROL.get(letter, letter)
