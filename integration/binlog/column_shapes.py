"""Columns of every type, with values at the edges: to stand in a key, and to be stepped over."""

from dataclasses import dataclass

from integration.servers.program import Flavor
from tern.binlog.watched_table import KeyKind


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShape:
    """A type that a change key may have.

    Attributes:
        look: SQL that gives the column `k` in the form that the feed promises for its kind.
    """

    definition: str
    kind: KeyKind
    values: tuple[str, ...]
    look: str = "k"
    fraction_digits: int = 0


AS_NUMBER = "CAST(k + 0 AS UNSIGNED)"
AS_TEXT = "CAST(k AS CHAR)"
AS_BYTES = "CAST(k AS BINARY)"
_DATETIMES = ("'1000-01-01'", "'9999-12-31 23:59:59'", "'2026-02-28 13:05:09.123456'")


def _integer(name: str, bits: int) -> tuple[KeyShape, KeyShape]:
    half = 1 << bits - 1
    signed = tuple(str(n) for n in (-half, -half + 1, -1, 0, 1, half - 1))
    unsigned = tuple(str(n) for n in (0, 1, half - 1, half, 2 * half - 1))
    return (
        KeyShape(definition=name, kind=KeyKind.SIGNED, values=signed),
        KeyShape(definition=f"{name} UNSIGNED", kind=KeyKind.UNSIGNED, values=unsigned),
    )


def _decimal(precision: int, scale: int, *values: str) -> KeyShape:
    definition = f"DECIMAL({precision}, {scale})"
    return KeyShape(definition=definition, kind=KeyKind.DECIMAL, values=values, look=AS_TEXT)


def _temporal(name: str, kind: KeyKind, values: tuple[str, ...]) -> tuple[KeyShape, ...]:
    return tuple(
        KeyShape(
            definition=f"{name}({scale})",
            kind=kind,
            values=values,
            look=AS_TEXT,
            fraction_digits=scale,
        )
        for scale in range(7)
    )


KEY_SHAPES: tuple[KeyShape, ...] = (
    *_integer("TINYINT", 8),
    *_integer("SMALLINT", 16),
    *_integer("MEDIUMINT", 24),
    *_integer("INT", 32),
    *_integer("BIGINT", 64),
    KeyShape(definition="YEAR", kind=KeyKind.YEAR, values=("0", "1901", "2026", "2155")),
    KeyShape(definition="BIT(1)", kind=KeyKind.BIT, values=("0", "1"), look=AS_NUMBER),
    KeyShape(definition="BIT(9)", kind=KeyKind.BIT, values=("0", "255", "511"), look=AS_NUMBER),
    KeyShape(definition="BIT(64)", kind=KeyKind.BIT, values=("0", "1 << 63", "~0"), look=AS_NUMBER),
    KeyShape(
        definition="ENUM('b', 'a', 'ö', '')",
        kind=KeyKind.ENUM,
        values=("'a'", "'b'", "'ö'", "''"),
        look=AS_NUMBER,
    ),
    KeyShape(
        definition="ENUM(" + ",".join(f"'e{n}'" for n in range(300)) + ")",
        kind=KeyKind.ENUM,
        values=("'e0'", "'e254'", "'e255'", "'e256'", "'e299'"),
        look=AS_NUMBER,
    ),
    _decimal(1, 0, "0", "9", "-9"),
    _decimal(5, 2, "0", "0.01", "-0.01", "-999.99", "999.99", "-1"),
    _decimal(9, 9, "0", "0.000000001", "-0.999999999"),
    _decimal(20, 0, "0", "12345678901234567890", "-12345678901234567890"),
    _decimal(65, 30, "0", "-0.5", "9" * 35 + "." + "9" * 30, "-" + "9" * 35 + ".1"),
    KeyShape(
        definition="DATE",
        kind=KeyKind.DATE,
        values=("'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2026-02-31'"),
        look=AS_TEXT,
    ),
    *_temporal(
        "TIME",
        KeyKind.TIME,
        (
            "'-838:59:59'",
            "'838:59:59'",
            "0",
            "'-00:00:01'",
            "'-00:00:10.5'",
            "'-01:02:03.9999'",
            "'12:34:56.789012'",
        ),
    ),
    *_temporal(
        "DATETIME", KeyKind.DATETIME, ("'0000-00-00'", "'2026-02-31 01:02:03'", *_DATETIMES)
    ),
    *_temporal(
        "TIMESTAMP",
        KeyKind.TIMESTAMP,
        ("'0000-00-00'", "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", _DATETIMES[2]),
    ),
    KeyShape(
        definition="BINARY(4)",
        kind=KeyKind.BINARY,
        values=("''", "x'61'", "x'61626364'", "x'2020'", "x'61200000'", "x'ff00ff00'"),
        look=AS_BYTES,
    ),
    KeyShape(
        definition="BINARY(255)", kind=KeyKind.BINARY, values=("''", "x'6100'"), look=AS_BYTES
    ),
    KeyShape(
        definition="VARBINARY(300)",
        kind=KeyKind.BYTES,
        values=("''", "x'00'", "x'6120'", "x'6100'", "REPEAT('x', 300)"),
        look=AS_BYTES,
    ),
    KeyShape(
        definition="CHAR(3) CHARACTER SET latin1",
        kind=KeyKind.TEXT,
        values=("''", "'a'", "'äöü'", "'abc'"),
        look=AS_BYTES,
    ),
    KeyShape(
        definition="CHAR(100) CHARACTER SET utf8mb4",
        kind=KeyKind.TEXT,
        values=("''", "'a'", "REPEAT('😀', 100)", "'ab c'"),
        look=AS_BYTES,
    ),
    KeyShape(
        definition="VARCHAR(10) CHARACTER SET utf8mb4",
        kind=KeyKind.TEXT,
        values=("''", "'A'", "'b '", "'ö'", "'😀'"),
        look=AS_BYTES,
    ),
    KeyShape(
        definition="VARCHAR(200) CHARACTER SET utf16",
        kind=KeyKind.TEXT,
        values=("''", "'a'", "REPEAT('b', 200)"),
        look=AS_BYTES,
    ),
)

MARIADB_KEY_SHAPES: tuple[KeyShape, ...] = tuple(
    KeyShape(definition=definition, kind=KeyKind.BINARY, values=values, look="UNHEX(HEX(k))")
    for definition, values in (
        ("UUID", ("'00112233-4455-1677-8899-aabbccddee00'", "UUID()")),
        ("INET6", ("'::'", "'1:2::3'", "'ffff::'")),
        ("INET4", ("'0.0.0.0'", "'1.2.3.0'", "'255.0.0.1'")),
    )
)

_STEPPED_OVER = (
    "TINYINT",
    "SMALLINT",
    "MEDIUMINT",
    "INT UNSIGNED",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL(65, 30)",
    "DECIMAL(12, 5)",
    "BIT(1)",
    "BIT(17)",
    "BIT(64)",
    "YEAR",
    "DATE",
    *(f"{name}({scale})" for name in ("TIME", "DATETIME", "TIMESTAMP") for scale in range(7)),
    "CHAR(0)",
    "CHAR(5)",
    "CHAR(255) CHARACTER SET utf8mb4",
    "VARCHAR(20)",
    "VARCHAR(63) CHARACTER SET utf8mb4",
    "VARCHAR(64) CHARACTER SET utf8mb4",
    "BINARY(7)",
    "VARBINARY(255)",
    "VARBINARY(256)",
    "TINYTEXT",
    "TEXT",
    "MEDIUMTEXT",
    "LONGTEXT",
    "TINYBLOB",
    "BLOB",
    "MEDIUMBLOB",
    "LONGBLOB",
    "ENUM('x', 'y')",
    "SET('x', 'y', 'z')",
    "JSON",
    "GEOMETRY",
)
_ONLY = {
    Flavor.MYSQL: ("VECTOR(3)", "INT INVISIBLE"),
    Flavor.MARIADB: (
        "UUID",
        "INET6",
        "INET4",
        "VARCHAR(50) COMPRESSED",
        "VARCHAR(500) COMPRESSED",
        "TEXT COMPRESSED",
        "MEDIUMBLOB COMPRESSED",
        "INT INVISIBLE",
    ),
}
_SAMPLES = {
    "BIT": "1",
    "YEAR": "2026",
    "DATE": "'2026-01-31'",
    "TIME(": "'-12:34:56.789'",
    "DATETIME": "'2026-01-31 12:34:56.789'",
    "TIMESTAMP": "'2026-01-31 12:34:56.789'",
    "CHAR(0)": "''",
    "CHAR(5)": "'ab'",
    "BINARY(7)": "x'610000'",
    "ENUM": "'y'",
    "SET": "'x,z'",
    "JSON": """'{"a": [1, 2.5, "x"]}'""",
    "GEOMETRY": "ST_GeomFromText('POINT(1 2)')",
    "VECTOR": "TO_VECTOR('[1,2,3]')",
    "UUID": "UUID()",
    "INET6": "'::1'",
    "INET4": "'1.2.3.4'",
    "CHAR": "REPEAT('ä', 60)",
    "VARCHAR(20)": "'short'",
    "VARCHAR": "REPEAT('ä', 50)",
    "VARBINARY": "REPEAT('b', 255)",
    "TINYTEXT": "REPEAT('t', 255)",
    "TINYBLOB": "REPEAT('t', 255)",
    "TEXT": "REPEAT('t', 3000)",
    "BLOB": "REPEAT('b', 300)",
    "MEDIUM": "REPEAT('m', 70000)",
    "LONG": "REPEAT('l', 66000)",
}
_NUMBER = "-1"


def stepped_over(flavor: Flavor) -> list[tuple[str, str]]:
    """Every type of a flavor as (definition, value in SQL), NULL allowed in each."""
    definitions = (*_STEPPED_OVER, *_ONLY[flavor])
    return [(definition, _sample(definition)) for definition in definitions]


def _sample(definition: str) -> str:
    matching = [start for start in _SAMPLES if definition.startswith(start)]
    longest = max(matching, key=len, default=None)
    if longest is not None:
        return _SAMPLES[longest]
    return "1" if "UNSIGNED" in definition else _NUMBER
