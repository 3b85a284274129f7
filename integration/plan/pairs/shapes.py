"""Tables drawn at random, as the text that somebody would write for them (P-55).

Two tables drawn from here share most of their names, so that one differs from the other in what
their columns, indexes, constraints, options and partitions are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tern.ddl.identifiers import quote

PARENT = "p"
CHILD = "t"

NAMES = ("c0", "c1", "c2", "C 3", "c`4", "c,5", "ключ", "c\n7")
COMMENTS = ("", "it's", "a, b) c", "line\nend", "\\n 'q' \"d\"", "😀")

NUMBERS = ("", " DEFAULT 0", " DEFAULT 7")
STRINGS = ("", " DEFAULT ''", " DEFAULT 'a''b'")
NOW = ("", " DEFAULT CURRENT_TIMESTAMP", " DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")

NUMERIC: Mapping[str, Sequence[str]] = MappingProxyType({
    "tinyint": NUMBERS,
    "smallint unsigned": NUMBERS,
    "int": (*NUMBERS, " DEFAULT -1", " DEFAULT (1 + 2)"),
    "bigint": NUMBERS,
    "bigint unsigned": NUMBERS,
    "decimal(10,2)": (*NUMBERS, " DEFAULT 1.50"),
    "decimal(12,4)": NUMBERS,
})
TEXTUAL: Mapping[str, Sequence[str]] = MappingProxyType({
    "varchar(20)": (*STRINGS, " DEFAULT (upper('x'))"),
    "varchar(300)": STRINGS,
    "char(5)": STRINGS,
})
LONG: Mapping[str, Sequence[str]] = MappingProxyType({
    "tinytext": ("",),
    "text": ("", " DEFAULT ('x')"),
    "mediumtext": ("",),
})
OTHER: Mapping[str, Sequence[str]] = MappingProxyType({
    "float": NUMBERS,
    "double": NUMBERS,
    "bit(3)": ("", " DEFAULT b'101'"),
    "enum('a','b')": ("", " DEFAULT 'a'"),
    "enum('a','b','c''d')": ("", " DEFAULT 'b'"),
    "set('x','y')": ("", " DEFAULT 'x,y'"),
    "binary(4)": ("", " DEFAULT x'00ff'"),
    "varbinary(30)": ("", " DEFAULT x'c328'"),
    "blob": ("",),
    "date": ("", " DEFAULT '2020-01-01'", " DEFAULT '0000-00-00'"),
    "datetime": NOW,
    "datetime(3)": ("", " DEFAULT CURRENT_TIMESTAMP(3)"),
    "timestamp NULL": NOW,
    "time": ("", " DEFAULT '10:00:00'"),
    "year": ("", " DEFAULT 2020"),
    "json": ("",),
})
ONLY: Mapping[str, Mapping[str, Sequence[str]]] = MappingProxyType({
    "mysql": {"point": ("",), "vector(3)": ("",)},
    "mariadb": {"point": ("",), "uuid": ("", " DEFAULT uuid()"), "inet6": ("", " DEFAULT '::1'")},
})
LONERS = frozenset({"point", "vector(3)", "uuid", "inet6"})  # no server converts these
UNINDEXED = frozenset({"json", "point", "vector(3)"})
PREFIXED = frozenset({*LONG, "varchar(300)", "varchar(400)", "blob"})
CHARSETS = ("", "", " CHARACTER SET latin1", " COLLATE utf8mb4_bin", " CHARACTER SET utf8mb4")
OPTIONS = (
    "",
    " COMMENT='a ''b'''",
    " DEFAULT CHARSET=latin1",
    " DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    " ROW_FORMAT=COMPACT",
    " STATS_PERSISTENT=1",
)
UP_TO_10 = "PARTITION a VALUES LESS THAN (10)"
UP_TO_20 = "PARTITION b VALUES LESS THAN (20)"
PARTITIONS = (
    "",
    "",
    "",
    " PARTITION BY HASH (id) PARTITIONS 2",
    " PARTITION BY HASH (id) PARTITIONS 4",
    " PARTITION BY KEY (id) PARTITIONS 3",
    f" PARTITION BY RANGE (id) ({UP_TO_10}, {UP_TO_20})",
    f" PARTITION BY RANGE (id) ({UP_TO_10}, {UP_TO_20}, PARTITION z VALUES LESS THAN MAXVALUE)",
    " PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (20))",
    " PARTITION BY LIST (id) (PARTITION a VALUES IN (1,2), PARTITION b VALUES IN (3))",
)
VERSIONED = " WITH SYSTEM VERSIONING"
KEY_TYPES = ("int", "bigint", "int unsigned")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One column: what it is called, its type, and its whole definition."""

    name: str
    type: str
    text: str

    @property
    def part(self) -> str:
        """The column in an index."""
        return quote(self.name) + ("(10)" if self.type in PREFIXED else "")


def pairs(flavor: str) -> SearchStrategy[tuple[Mapping[str, str], Mapping[str, str]]]:
    """What is live and what is desired: each a table, half of them with a parent."""
    return st.tuples(sides(flavor), sides(flavor))


@st.composite
def sides(draw: DrawFn, flavor: str) -> Mapping[str, str]:
    """Name -> CREATE TABLE."""
    if not draw(st.booleans()):
        return {CHILD: draw(tables(flavor))}
    key = draw(st.sampled_from(KEY_TYPES))
    parent = f"CREATE TABLE {PARENT} (id {key} NOT NULL PRIMARY KEY, x int)"
    return {PARENT: parent, CHILD: draw(tables(flavor, parent_key=key))}


@st.composite
def tables(draw: DrawFn, flavor: str, parent_key: str | None = None) -> str:
    """One CREATE TABLE that the server takes."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    plain = list({one.name: one for one in (draw(columns(flavor, n)) for n in names)}.values())
    computed = draw(generated(plain))
    keys = [] if parent_key is None else [_reference(draw, parent_key)]
    lines = [one.text for one in (*plain, *computed)]
    lines.insert(draw(st.integers(0, len(plain))), _id(draw))
    is_whole = bool(keys) or any(one.type == "point" for one in plain)
    partitions = "" if is_whole else draw(st.sampled_from(PARTITIONS))
    lines += _keys(draw, flavor, [*plain, *computed], is_partitioned=bool(partitions))
    lines += _checks(draw, flavor, plain)
    if not partitions:
        lines += _special_keys(draw, plain)
    body = ",\n  ".join([*lines, *(line for pair in keys for line in pair)])
    options = draw(st.sampled_from(OPTIONS))
    if flavor == "mariadb" and not is_whole and not draw(st.integers(0, 5)):
        options += VERSIONED
    return f"CREATE TABLE {CHILD} (\n  {body}\n){options}{partitions}"


@st.composite
def columns(draw: DrawFn, flavor: str, name: str) -> Drawn:
    """One ordinary column."""
    types = {**NUMERIC, **TEXTUAL, **LONG, **OTHER, **ONLY[flavor]}
    kind = draw(st.sampled_from(sorted(types)))
    name = f"only {kind}" if kind in LONERS else name
    default = draw(st.sampled_from(types[kind]))
    is_text = kind in TEXTUAL or kind in LONG or kind.startswith(("enum", "set"))
    charset = draw(st.sampled_from(CHARSETS)) if is_text else ""
    null = "" if kind.endswith("NULL") else draw(st.sampled_from(("", " NOT NULL", " NULL")))
    comment = draw(st.sampled_from(COMMENTS))
    said = f" COMMENT {_literal(comment)}" if comment else ""
    hidden = " INVISIBLE" if null != " NOT NULL" and draw(st.integers(0, 9)) == 0 else ""
    text = f"{quote(name)} {kind}{charset}{null}{default}{hidden}{said}"
    return Drawn(name=name, type=kind, text=text)


@st.composite
def generated(draw: DrawFn, plain: Sequence[Drawn]) -> list[Drawn]:
    """At most one column that is computed from another."""
    # MariaDB stores nothing computed from CHAR, whose padding hangs on the session.
    sources = [one for one in plain if one.type in NUMERIC or one.type.startswith("varchar")]
    if not sources or draw(st.integers(0, 2)):
        return []
    source = draw(st.sampled_from(sources))
    how = draw(st.sampled_from(("VIRTUAL", "STORED")))
    name = quote(source.name)
    if source.type in NUMERIC:
        expression = draw(st.sampled_from((f"{name} + 1", f"{name} * 2")))
        kind = draw(st.sampled_from(("bigint", "decimal(20,4)")))
    else:
        expression, kind = f"upper({name})", "varchar(400)"
    return [Drawn(name="g", type=kind, text=f"g {kind} GENERATED ALWAYS AS ({expression}) {how}")]


def _id(draw: DrawFn) -> str:
    kind = draw(st.sampled_from(KEY_TYPES))
    return f"id {kind} NOT NULL" + (" AUTO_INCREMENT" if draw(st.booleans()) else "")


def _keys(draw: DrawFn, flavor: str, made: Sequence[Drawn], *, is_partitioned: bool) -> list[str]:
    """A primary key, so that AUTO_INCREMENT has one, and up to three others."""
    whole = [c for c in made if "NOT NULL" in c.text and c.type in (*NUMERIC, *TEXTUAL)]
    more = draw(st.sampled_from([None, *whole]))
    first = "id" if more is None else f"id, {more.part}"
    lines = [f"PRIMARY KEY ({first})"]
    able = [one for one in made if one.type not in UNINDEXED]
    numbers = draw(st.lists(st.integers(0, 3), unique=True, max_size=3)) if able else []
    return [
        *lines,
        *(_key(draw, flavor, able, name=f"i{n}", is_cut=is_partitioned) for n in numbers),
    ]


def _key(draw: DrawFn, flavor: str, able: Sequence[Drawn], *, name: str, is_cut: bool) -> str:
    chosen = draw(st.lists(st.sampled_from(able), unique=True, min_size=1, max_size=2))
    parts = [one.part + draw(st.sampled_from(("", "", " DESC"))) for one in chosen]
    is_unique = draw(st.booleans())
    if flavor == "mysql" and not is_unique and chosen[0].type in NUMERIC and draw(st.booleans()):
        parts[0] = f"(({quote(chosen[0].name)} + 1))"
    if is_unique and is_cut:
        parts.append("id")
    word = {"mysql": " INVISIBLE", "mariadb": " IGNORED"}[flavor]
    hidden = word if draw(st.integers(0, 4)) == 0 else ""
    return f"{'UNIQUE ' if is_unique else ''}KEY {name} ({', '.join(parts)}){hidden}"


def _special_keys(draw: DrawFn, plain: Sequence[Drawn]) -> list[str]:
    """A full-text key and a spatial one, seldom: servers are slow to make the former."""
    words = [one for one in plain if one.type in TEXTUAL or one.type in LONG]
    places = [one for one in plain if one.type == "point" and "NOT NULL" in one.text]
    lines: list[str] = []
    if words and draw(st.integers(0, 11)) == 0:
        lines.append(f"FULLTEXT KEY words ({quote(draw(st.sampled_from(words)).name)})")
    if places and draw(st.integers(0, 1)) == 0:
        lines.append(f"SPATIAL KEY places ({quote(places[0].name)})")
    return lines


def _checks(draw: DrawFn, flavor: str, plain: Sequence[Drawn]) -> list[str]:
    able = [one for one in plain if one.type in NUMERIC or one.type in TEXTUAL]
    lines: list[str] = []
    for name in draw(st.lists(st.sampled_from(("", "k0", "k1")), unique=True, max_size=2)):
        if able:
            one = draw(st.sampled_from(able))
            meaning = "> 1" if one.type in NUMERIC else "<> 'x,y)'"
            loose = " NOT ENFORCED" if flavor == "mysql" and draw(st.booleans()) else ""
            head = f"CONSTRAINT {name} " if name else ""
            lines.append(f"{head}CHECK ({quote(one.name)} {meaning}){loose}")
    return lines


def _reference(draw: DrawFn, kind: str) -> tuple[str, ...]:
    """A column and a foreign key to the parent; in some cases the column alone."""
    column = f"ref {kind}"
    how = draw(st.sampled_from((None, "", "CONSTRAINT f0 ", "CONSTRAINT f1 ")))
    action = draw(st.sampled_from(("", " ON DELETE CASCADE", " ON UPDATE CASCADE")))
    if how is None:
        return (column,)
    index = ("KEY ref (ref)",) if draw(st.booleans()) else ()
    return (column, *index, f"{how}FOREIGN KEY (ref) REFERENCES {PARENT} (id){action}")


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
