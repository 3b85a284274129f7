"""Every SQL text of copy, replay and cutover; pure, and nothing in it comes from a row but keys.

Nothing here says IGNORE, REPLACE or ON DUPLICATE KEY (E-6). A row is converted by the server alone:
a column's value goes from table to table by assignment, the very code that ALTER uses (E-15).
"""

from collections.abc import Iterable, Sequence

from tern.binlog.watched_table import Key, TableName
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import qualified, quote
from tern.engine.online.chunk import KeyRange
from tern.engine.online.conflict_statements import twin
from tern.engine.online.conversion import copied_values
from tern.engine.online.key_values import selected
from tern.engine.online.link import Link
from tern.engine.online.predicates import KeyColumns

# What tells the table that only keeps a name taken from a retired source.
SENTRY = "keeps this name taken during a schema change"


def copy_range(link: Link, key_range: KeyRange) -> str:
    """Rows of a range, each under a lock that is had at once or not at all (E-16)."""
    return _copy(link, _source(link).within(key_range))


def copy_keys(link: Link, keys: Sequence[Key]) -> str:
    """The same for single rows."""
    return _copy(link, _source(link).among(keys))


def delete_range(link: Link, key_range: KeyRange) -> str:
    """What the shadow has of a range goes."""
    return _delete(link, _shadow(link).within(key_range))


def delete_keys(link: Link, keys: Sequence[Key]) -> str:
    """What the shadow has under these keys goes."""
    return _delete(link, _shadow(link).among(keys))


def lock_first(link: Link, key_range: KeyRange) -> str:
    """Wait for the first row of a range alone, seen or not, while nothing else is held (E-18)."""
    where = _source(link).within(key_range)
    return f"{_one_row(link)} WHERE {where} LIMIT 1 {_share(link.flavor)}"


def lock_key(link: Link, key: Key) -> str:
    """Wait for one row of the source, seen or not, while nothing else is held."""
    return f"{_one_row(link)} WHERE {_source(link).among([key])} {_share(link.flavor)}"


def lock_keys(link: Link, keys: Sequence[Key]) -> str:
    """Lock rows of the source that are free; fails at once if one is not."""
    return f"{_one_row(link)} WHERE {_source(link).among(keys)} {_share(link.flavor)} NOWAIT"


def free_rows(link: Link, where: KeyRange | Sequence[Key]) -> str:
    """Keys of the rows that nobody holds; asked, never copied: a row left out here is not lost."""
    return f"{_keys(link)} WHERE {_of_source(link, where)} {_share(link.flavor)} SKIP LOCKED"


def seen_rows(link: Link, where: KeyRange | Sequence[Key]) -> str:
    """Keys of the rows as they were committed last, in the key's order."""
    return f"{_keys(link)} WHERE {_of_source(link, where)} ORDER BY {_source(link).order()}"


def bound_after(link: Link, key_range: KeyRange, rows: int) -> str:
    """The key that has so many rows of the range before it; no row if there is none."""
    where = _source(link).within(key_range)
    order = _source(link).order()
    return f"{_keys(link)} WHERE {where} ORDER BY {order} LIMIT 1 OFFSET {rows:d}"


def keys_in(link: Link, key_range: KeyRange, limit: int) -> str:
    """The first keys of a range."""
    where = _source(link).within(key_range)
    return f"{_keys(link)} WHERE {where} ORDER BY {_source(link).order()} LIMIT {limit:d}"


def last_integer(link: Link) -> str:
    """The greatest value of a key of one integer; NULL for an empty table."""
    return f"SELECT MAX({quote(link.key.parts[0].origin.name)}) FROM {_name(link.source)}"


def first_integer(link: Link) -> str:
    """The smallest value of a key of one integer; NULL for an empty table."""
    return f"SELECT MIN({quote(link.key.parts[0].origin.name)}) FROM {_name(link.source)}"


def truth(expressions: Iterable[str]) -> str:
    """The server's word on each expression, in one row."""
    return "SELECT " + ", ".join(expressions)


def lock_tables(links: Iterable[Link], *, others: Iterable[TableName] = ()) -> str:
    """Source, shadow and probe of these links, and other tables, for writing, by one statement."""
    locked = [
        text
        for link in links
        for text in (
            _name(link.source),
            _name(link.shadow),
            _name(link.probe),
            f"{_name(link.probe)} AS {twin(link.probe)}",
        )
    ]
    locked += map(_name, others)
    return "LOCK TABLES " + ", ".join(f"{text} WRITE" for text in locked)


def rename_tables(renames: Iterable[tuple[TableName, TableName]]) -> str:
    """All renames as one statement."""
    return "RENAME TABLE " + ", ".join(f"{_name(old)} TO {_name(new)}" for old, new in renames)


def drop_table(table: TableName) -> str:
    """The table goes, if it is there."""
    return f"DROP TABLE IF EXISTS {_name(table)}"


def swap_pairs(
    link: Link, retired: TableName
) -> tuple[tuple[TableName, TableName], tuple[TableName, TableName]]:
    """What is renamed into what, in order: the source retires, the shadow takes its name."""
    return (link.source, retired), (link.shadow, link.source)


def drop_own(table: TableName) -> str:
    """A table goes that this session has locked."""
    return f"DROP TABLE {_name(table)}"


def create_sentry(table: TableName) -> str:
    """A table that keeps a name taken."""
    return f"CREATE TABLE {_name(table)} (id INT PRIMARY KEY) ENGINE=InnoDB COMMENT='{SENTRY}'"


def set_counter(table: TableName, counter: int) -> str:
    """The next AUTO_INCREMENT value is this one."""
    return f"ALTER TABLE {_name(table)} AUTO_INCREMENT = {counter:d}"


def analyze(table: TableName) -> str:
    """Fresh statistics, of this server alone."""
    return f"ANALYZE TABLE {_name(table)}"


def add_indexes(table: TableName, definitions: Iterable[str]) -> str:
    """Indexes as one statement, beside which rows are written on (E-15a)."""
    added = ", ".join(f"ADD {text.rstrip()}" for text in definitions)
    return f"ALTER TABLE {_name(table)} {added}, LOCK=NONE"


def fill_probe(link: Link, keys: Sequence[Key]) -> str:
    """Rows as the shadow would have them, into the probe table, their sources locked (E-34)."""
    return _copy(link, _source(link).among(keys), into=link.probe)


def empty_probe(link: Link) -> str:
    """Every row of the probe table goes."""
    return f"DELETE FROM {_name(link.probe)}"


def _copy(link: Link, where: str, *, into: TableName | None = None) -> str:
    targets = ", ".join(quote(pair.target.name) for pair in link.columns)
    return (
        f"INSERT INTO {_name(into or link.shadow)} ({targets}) SELECT {copied_values(link)} "
        f"FROM {_name(link.source)} FORCE INDEX ({quote(link.key.index)}) "
        f"WHERE {where} {_share(link.flavor)} NOWAIT"
    )


def _delete(link: Link, where: str) -> str:
    name = _name(link.shadow)
    index = quote(link.key.shadow_index)
    return f"DELETE {name} FROM {name} FORCE INDEX ({index}) WHERE {where}"


def _one_row(link: Link) -> str:
    return f"SELECT 1 FROM {_name(link.source)} FORCE INDEX ({quote(link.key.index)})"


def _keys(link: Link) -> str:
    values = ", ".join(selected(part) for part in link.key.parts)
    return f"SELECT {values} FROM {_name(link.source)} FORCE INDEX ({quote(link.key.index)})"


def _share(flavor: Flavor) -> str:
    return "FOR SHARE" if flavor.says_for_share() else "LOCK IN SHARE MODE"


def _of_source(link: Link, where: KeyRange | Sequence[Key]) -> str:
    columns = _source(link)
    return columns.within(where) if isinstance(where, KeyRange) else columns.among(where)


def _source(link: Link) -> KeyColumns:
    return KeyColumns(link.key, is_source=True)


def _shadow(link: Link) -> KeyColumns:
    return KeyColumns(link.key, is_source=False)


def _name(table: TableName) -> str:
    return qualified(table.schema, table.name)
