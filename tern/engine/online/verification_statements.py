"""SQL that compares both sides of a link; pure, and it takes no lock (E-39).

One statement sees both tables in one read view. What stands on the left, `s`, is a range of the
source, or of the probe table where a conversion must be made by the server first.

A look-up in the shadow for each row is most of what a comparison costs. Where the server can hash
the rows of a range it reads both sides in order instead: a million rows took MySQL 9.7 2.7 s of its
CPU in place of 4.2.
"""

# ruff: noqa: S608  # a pure builder of SQL text
from collections.abc import Sequence

from tern.binlog.watched_table import Key, KeyKind, TableName
from tern.ddl.identifiers import qualified, quote
from tern.ddl.table import Column
from tern.engine.online.chunk import KeyRange
from tern.engine.online.column_comparison import Way, equal, equal_in_probe, way_of
from tern.engine.online.conversion import copied_values
from tern.engine.online.key_values import selected
from tern.engine.online.link import ColumnPair, KeyPart, Link, is_integer
from tern.engine.online.predicates import KeyColumns

_CLOCKS = {KeyKind.TIME: "TIME", KeyKind.DATETIME: "DATETIME", KeyKind.TIMESTAMP: "DATETIME"}


def needs_probe(link: Link) -> bool:
    """Whether the source's values must be converted by an assignment before they are compared."""
    return any(way_of(pair) is Way.PROBE for pair in link.columns)


class Stretch:
    """The rows under comparison: a range of the key, or single keys."""

    def __init__(self, link: Link, where: KeyRange | Sequence[Key]) -> None:
        self.link = link
        self._is_probed = needs_probe(link)
        self._is_hashed = isinstance(where, KeyRange) and not self._is_probed and _hashes(link)
        self._of_source = _condition(link, where, is_source=True)
        self._of_shadow = _condition(link, where, is_source=False)

    def fill_probe(self) -> str:
        """The source's rows as the shadow would have them, into the probe table; no lock on them.

        To be rolled back: the probe table is shared, and nothing of this belongs in the log.
        """
        targets = ", ".join(quote(pair.target.name) for pair in self.link.columns)
        return (
            f"INSERT INTO {_name(self.link.probe)} ({targets}) SELECT {copied_values(self.link)} "
            f"FROM {_source(self.link)} WHERE {self._of_source}"
        )

    @property
    def lists_keys(self) -> bool:
        """Whether `counts` says which rows differ, and not only how many are equal."""
        return is_integer(self.link.key)

    def counts(self) -> str:
        """One row: rows of the source, of the shadow, of both joined, with a partner, and more.

        The last is the keys of rows that differ, parted by commas, NULL if none does; where keys
        are not listed, how many joined rows are equal. Rows are as they should be if none differs
        and the first and third, and the second and fourth number are the same.
        """
        link = self.link
        if self._is_probed:
            rows = f"(SELECT COUNT(*) FROM {_name(link.probe)})"
        else:
            rows = f"(SELECT COUNT(*) FROM {_source(link)} WHERE {self._of_source})"
        own = f"(SELECT COUNT(*) FROM {_shadow(link)} WHERE {self._of_shadow})"
        paired = f"COUNT(t.{quote(link.key.parts[0].target.name)})"
        if self.lists_keys:
            unlike = f"GROUP_CONCAT(IF({self._equals()}, NULL, {self._keys()}))"
        else:
            unlike = f"COALESCE(SUM({self._equals()}), 0)"
        return f"SELECT {rows}, {own}, COUNT(*), {paired}, {unlike} {self._joined()}"

    def differing(self) -> str:
        """Keys of the source's rows that the shadow has not or has otherwise."""
        return f"SELECT {self._keys()} {self._joined()} WHERE NOT ({self._equals()})"

    def columns_that_differ(self) -> str:
        """One row per row of the source: for each column in turn whether it is equal."""
        equals = ", ".join(self._equal(pair) for pair in self.link.columns)
        return f"SELECT {equals} {self._joined()}"

    def extra(self) -> str:
        """Keys of the shadow's rows that the source has not."""
        link = self.link
        source, shadow = _name(link.source), _name(link.shadow)
        joined = " AND ".join(
            f"{source}.{quote(part.origin.name)} = {shadow}.{quote(part.target.name)}"
            for part in link.key.parts
        )
        return (
            f"SELECT {_own_keys(link)} FROM {_shadow(link)} WHERE ({self._of_shadow}) AND "
            f"NOT EXISTS (SELECT 1 FROM {source} WHERE {joined})"
        )

    def doubled(self) -> str:
        """Keys that the shadow has more than once: its index over them need not be unique."""
        link = self.link
        columns = ", ".join(quote(part.target.name) for part in link.key.parts)
        return (
            f"SELECT {_own_keys(link)} FROM {_shadow(link)} WHERE {self._of_shadow} "
            f"GROUP BY {columns} HAVING COUNT(*) > 1"
        )

    def _joined(self) -> str:
        link = self.link
        if self._is_probed:
            left = _name(link.probe)
        else:
            left = f"(SELECT {self._left_columns()} FROM {_source(link)} WHERE {self._of_source})"
        if self._is_hashed:
            return f"FROM {left} AS s LEFT JOIN {self._hashed()}"
        joined = " AND ".join(
            f"s.{quote(self._left_name(part))} = t.{quote(part.target.name)}"
            for part in link.key.parts
        )
        index = quote(link.key.shadow_index)
        right = f"{_name(link.shadow)} AS t FORCE INDEX ({index})"
        return f"FROM {left} AS s LEFT JOIN {right} ON {joined}"

    def _hashed(self) -> str:
        """The shadow's rows of the range, joined by a term that no index answers."""
        names = ", ".join(quote(pair.target.name) for pair in self.link.columns)
        rows = f"(SELECT {names} FROM {_shadow(self.link)} WHERE {self._of_shadow})"
        (part,) = self.link.key.parts
        return f"{rows} AS t ON s.{quote(part.origin.name)} = t.{quote(part.target.name)}+0"

    def _left_columns(self) -> str:
        names = {quote(pair.origin.name): None for pair in self.link.columns}
        keys = (f"{selected(part)} AS {_key_name(i)}" for i, part in enumerate(self.link.key.parts))
        return ", ".join([*names, *keys])

    def _left_name(self, part: KeyPart) -> str:
        return part.target.name if self._is_probed else part.origin.name

    def _keys(self) -> str:
        if self._is_probed:
            return ", ".join(_own_key(part, alias="s") for part in self.link.key.parts)
        return ", ".join(f"s.{_key_name(i)}" for i in range(len(self.link.key.parts)))

    def _equals(self) -> str:
        found = f"t.{quote(self.link.key.parts[0].target.name)} IS NOT NULL"
        return " AND ".join([found, *map(self._equal, self.link.columns)])

    def _equal(self, pair: ColumnPair) -> str:
        compare = equal_in_probe if self._is_probed else equal
        return compare(pair, origin="s", target="t")


def _condition(link: Link, where: KeyRange | Sequence[Key], *, is_source: bool) -> str:
    columns = KeyColumns(link.key, is_source=is_source)
    return columns.within(where) if isinstance(where, KeyRange) else columns.among(where)


def _hashes(link: Link) -> bool:
    """Whether the server joins by a hash: of one integer, of one range of values on both sides."""
    if not link.flavor.hashes_outer_joins() or not is_integer(link.key):
        return False
    (part,) = link.key.parts
    return _is_unsigned(part.origin) == _is_unsigned(part.target)


def _is_unsigned(column: Column) -> bool:
    return "unsigned" in column.type.lower()


def _own_keys(link: Link) -> str:
    alias = _name(link.shadow)
    return ", ".join(_own_key(part, alias=alias) for part in link.key.parts)


def _own_key(part: KeyPart, *, alias: str) -> str:
    """A key column of the shadow's type, in the form that the source's own has in the feed."""
    column = f"{alias}.{quote(part.target.name)}"
    kind, digits = part.logged.kind, part.logged.fraction_digits
    match kind:
        case KeyKind.TIME | KeyKind.DATETIME | KeyKind.TIMESTAMP:
            return f"CAST(CAST({column} AS {_CLOCKS[kind]}({digits:d})) AS CHAR)"
        case KeyKind.DECIMAL:
            return f"CAST(CAST({column} AS {part.origin.type.partition(' ')[0].upper()}) AS CHAR)"
        case KeyKind.DATE:
            return f"CAST({column} AS CHAR)"
        case KeyKind.BINARY | KeyKind.BYTES | KeyKind.TEXT:
            return f"HEX({column})"
        case KeyKind.ENUM:
            return f"CAST({column} AS UNSIGNED)"
        case KeyKind.SIGNED | KeyKind.UNSIGNED | KeyKind.YEAR | KeyKind.BIT:
            return f"{column}+0"


def _key_name(i: int) -> str:
    """A name that no application gives a column."""
    return f"`_schemabot_key_{i:d}`"


def _source(link: Link) -> str:
    return f"{_name(link.source)} FORCE INDEX ({quote(link.key.index)})"


def _shadow(link: Link) -> str:
    return f"{_name(link.shadow)} FORCE INDEX ({quote(link.key.shadow_index)})"


def _name(table: TableName) -> str:
    return qualified(table.schema, table.name)
