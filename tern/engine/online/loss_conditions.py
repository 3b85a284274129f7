"""For each pair of types the rows that would lose something silently, as SQL; pure (E-37).

What each server does was tried on MySQL 9.7 and MariaDB 10.11 in the session of the copy. An error
of the server's is no silent loss, so nothing is said here about values that are out of range.
"""

from tern.lint.column_types import ColumnType

Condition = tuple[str | None, str]
"""Over the source's rows, None for all of them; and what these lose in plain words."""

_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_BLANKS = "blanks at its end are cut off"
_CLOCKS = frozenset({"time", "datetime", "timestamp"})
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json"})
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
_SHAPES = frozenset({
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geomcollection",
    "geometrycollection",
})
# Whole numbers up to here are all values of the type, beyond it only some.
_EXACT = {"double": 2**53, "float": 2**24}
_WHOLE = {"tinyint": 2**8, "smallint": 2**16, "mediumint": 2**24, "int": 2**32, "bigint": 2**64}
# What has no silent way to go wrong: it fits and is the same value, or it is an error.
_LOUD = (
    (_INTEGERS, _INTEGERS | _TEXTS | _BYTES | {"decimal", "bit", "float", "double"}),
    ({"decimal", "double"}, _TEXTS | _BYTES),
    ({"bit"}, _INTEGERS | {"bit", "decimal"}),
    ({"year"}, _INTEGERS | _TEXTS),
    ({"date"}, _TEXTS | {"datetime"}),
    ({"datetime", "time"}, _TEXTS),
    (_TEXTS, _TEXTS | _BYTES),
    (_BYTES, _TEXTS | _BYTES),
    ({"enum"}, {"enum"}),
    ({"set"}, _TEXTS | {"set"}),
    (_SHAPES, _SHAPES),
)


def condition_of(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    """The rows that would lose something of this column; None if there can be none."""
    for rule in _RULES:
        found = rule(column, one, other)
        if found is not None:
            return found
    if one.base == other.base or any(one.base in a and other.base in b for a, b in _LOUD):
        return None
    return None, f"values change their meaning from {one.base} to {other.base}"


def _of_integers(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    most = _EXACT.get(other.base)
    if one.base in _INTEGERS and other.base == "year":
        return f"{column} BETWEEN 1 AND 99", "a year of two digits becomes one of four"
    if most is None or _WHOLE.get(one.base, 0) <= most:
        return None
    return f"{column} NOT BETWEEN -{most:d} AND {most:d}", _too_many_digits(other)


def _of_decimals(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    if one.base != "decimal":
        return None
    if other.base in _EXACT:
        there = f"CAST({column} AS {other.base.upper()})"
        back = f"CAST({there} AS DECIMAL({','.join(one.arguments)}))"
        return f"{column} <> {back}", _too_many_digits(other)
    is_fixed = other.base == "decimal" or other.base in _INTEGERS
    if not is_fixed or _scale(other) >= _scale(one):
        return None
    return f"{column} <> TRUNCATE({column}, {_scale(other):d})", _rounded(_scale(other))


def _of_floats(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    if one.base not in _EXACT:
        return None
    if other.base in _INTEGERS:
        return f"{column} <> FLOOR({column})", _rounded(0)
    if other.base == "decimal":
        # As a DOUBLE, also from a FLOAT: that is what the server converts, digit by digit.
        back = f"CAST(CAST({column} AS DECIMAL(65,{_scale(other):d})) AS DOUBLE)"
        return f"{column} <> {back}", _rounded(_scale(other))
    if other.base in _EXACT:
        rounded = f"ROUND({column}, {_scale(other):d})" if len(other.arguments) > 1 else column
        return f"{column} <> CAST({rounded} AS {other.base.upper()})", _too_many_digits(other)
    if other.base in _TEXTS and one.base == "float":
        return f"{column} <> CAST({column} AS CHAR) + 0e0", "its text has fewer digits"
    return None


def _of_strings(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    if one.base not in _TEXTS | _BYTES:
        return None
    trimmed = f"CHAR_LENGTH(TRIM(TRAILING ' ' FROM {column}))"
    if other.base == "binary":
        return f"LENGTH({column}) < {other.size(1):d}", "it is padded with zero bytes"
    if other.base == "char" and one.base != "char":
        return f"CHAR_LENGTH({column}) <> {trimmed}", _BLANKS
    has_room = one.base in {"char", "varchar"} and one.size(1) <= other.size(1)
    if other.base != "varchar" or has_room:
        return None
    longest = other.size(1)
    return f"CHAR_LENGTH({column}) > {longest:d} AND {trimmed} <= {longest:d}", _BLANKS


def _of_elements(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    if one.base == "enum" and other.base in {*_TEXTS, "set"}:
        return f"{column} = 0", "its value is no element, and becomes empty"
    return None


def _of_times(column: str, one: ColumnType, other: ColumnType) -> Condition | None:
    before, after = one.base, other.base
    if before == after and before in _CLOCKS:
        step = 10 ** (6 - other.size(0))
        return f"MICROSECOND({column}) % {step:d} <> 0", "fractions of its second are cut off"
    if before == "datetime" and after == "date":
        return f"{column} <> CAST({column} AS DATE)", "its time of day is cut off"
    if {before, after} == {"timestamp", "datetime"}:
        return None, "values are converted by the server's global time zone"
    return None


def _scale(type_: ColumnType) -> int:
    return int(type_.arguments[1]) if len(type_.arguments) > 1 else 0


def _rounded(scale: int) -> str:
    return f"it is rounded to {scale:d} digits after the point"


def _too_many_digits(other: ColumnType) -> str:
    return f"it has more digits than a {other.base} keeps"


_RULES = (_of_integers, _of_decimals, _of_floats, _of_strings, _of_elements, _of_times)
