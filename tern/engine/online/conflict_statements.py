"""SQL about rows that share a unique value; pure. Names resolve to the nearest FROM, no alias."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from tern.binlog.watched_table import Key, TableName
from tern.ddl.identifiers import fold, qualified, quote, unquote
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Index
from tern.engine.online.conversion import copied_values
from tern.engine.online.key_values import selected
from tern.engine.online.link import Link
from tern.engine.online.predicates import KeyColumns

_BYTES = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "bit")


def twin(probe: TableName) -> str:
    """The probe table's other name: under LOCK TABLES a table named twice is locked twice."""
    return quote(f"twin of {probe.name}")


def in_the_way(link: Link, index: Index, keys: Sequence[Key]) -> str:
    """Keys of the shadow's rows that share a unique value with the probe table's, these not."""
    shadow = qualified(link.shadow.schema, link.shadow.name)
    probe = qualified(link.probe.schema, link.probe.name)
    values = _values(index)
    own = KeyColumns(link.key, is_source=False).among(keys)
    return (
        f"SELECT {_keys(link)} FROM {shadow} "  # noqa: S608  # a builder
        f"WHERE ({values}) IN (SELECT {values} FROM {probe}) AND NOT ({own})"
    )


def add_as_committed(link: Link, keys: Sequence[Key]) -> str:
    """Rows as the shadow would have them, into the probe table, as they were committed last.

    Nothing is locked: these are looked at, never written to the shadow.
    """
    targets = ", ".join(quote(pair.target.name) for pair in link.columns)
    source = (
        f"{qualified(link.source.schema, link.source.name)} FORCE INDEX ({quote(link.key.index)})"
    )
    return (
        f"INSERT INTO {qualified(link.probe.schema, link.probe.name)} ({targets}) "  # noqa: S608  # a builder
        f"SELECT {copied_values(link)} FROM {source} "
        f"WHERE {KeyColumns(link.key, is_source=True).among(keys)}"
    )


def remove_stale(link: Link, index: Index, keys: Sequence[Key], *, stale: Sequence[Key]) -> str:
    """Of these rows of the shadow go those that still share a unique value with those keys'."""
    shadow = qualified(link.shadow.schema, link.shadow.name)
    probe = qualified(link.probe.schema, link.probe.name)
    values, columns = _values(index), KeyColumns(link.key, is_source=False)
    return (
        f"DELETE {shadow} FROM {shadow} FORCE INDEX ({quote(link.key.shadow_index)}) "  # noqa: S608  # a builder
        f"WHERE {columns.among(stale)} AND ({values}) IN "
        f"(SELECT {values} FROM {probe} WHERE {columns.among(keys)})"
    )


def shared(link: Link, index: Index) -> str:
    """Keys of the probe table's rows that share a unique value among themselves."""
    probe = qualified(link.probe.schema, link.probe.name)
    values, again = _values(index), twin(link.probe)
    return (
        f"SELECT {_keys(link)} FROM {probe} WHERE ({values}) IN "  # noqa: S608  # a builder
        f"(SELECT {values} FROM {probe} AS {again} GROUP BY {values} HAVING COUNT(*) > 1)"
    )


def first_shared(link: Link, index: Index, *, limit: int) -> str:
    """One value that rows of the probe table share, and the first keys that have it: a row each.

    Rows are of key and value; the server itself says which values are equal.
    """
    probe = qualified(link.probe.schema, link.probe.name)
    values, again = _values(index), twin(link.probe)
    keys = [f"{text} AS k{n}" for n, text in enumerate(_key_parts(link))]
    order = ", ".join(f"k{n}" for n in range(len(keys)))
    return (
        f"SELECT {order}, shown FROM (SELECT {', '.join(keys)}, {_shown(link, index)} AS shown, "  # noqa: S608  # a builder
        f"DENSE_RANK() OVER (ORDER BY {values}) AS place FROM {probe} WHERE ({values}) IN "
        f"(SELECT {values} FROM {probe} AS {again} GROUP BY {values} HAVING COUNT(*) > 1)) "
        f"AS found WHERE place = 1 ORDER BY {order} LIMIT {limit:d}"
    )


def _shown(link: Link, index: Index) -> str:
    """The value as text, its parts joined as the server does it in its own message."""
    types = {fold(pair.target.name): pair.target.type for pair in link.columns}
    parts = [
        f"CONCAT('0x', HEX({_part(part)}))"
        if types.get(fold(name), "").startswith(_BYTES)
        else f"CAST({_part(part)} AS CHAR)"
        for part, name in zip_longest(index.parts, index.columns, fillvalue="")
    ]
    return f"CONCAT_WS('-', {', '.join(parts)})"


def _values(index: Index) -> str:
    """What the index holds, part by part: a column, the head of one, or an expression."""
    return ", ".join(_part(part) for part in index.parts)


def _part(printed: str) -> str:
    read = [token for token in tokens(printed) if not token.is_word("ASC", "DESC")]
    if read[0].kind is Kind.NAME and len(read) > 1 and read[1].is_symbol("("):
        return f"LEFT({read[0].text}, {unquote(read[2].text)})"
    return " ".join(token.text for token in read)


def _keys(link: Link) -> str:
    return ", ".join(_key_parts(link))


def _key_parts(link: Link) -> list[str]:
    return [selected(replace(part, origin=part.target)) for part in link.key.parts]
