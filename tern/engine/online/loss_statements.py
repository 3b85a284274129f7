"""SQL that finds rows which would lose something on their way into the shadow; pure (E-37)."""

from collections.abc import Iterator, Sequence

from tern.binlog.watched_table import Key
from tern.ddl.identifiers import qualified, quote
from tern.engine.online.chunk import KeyRange
from tern.engine.online.key_values import read_key, selected
from tern.engine.online.link import Link, Loss, describe_key
from tern.engine.online.predicates import KeyColumns


def lossy_rows(
    link: Link, found: Sequence[Loss], where: KeyRange | Sequence[Key], *, limit: int
) -> str:
    """Keys of rows that lose something, and for each loss in turn whether it is that one.

    Losses of every row are not among `found`.
    """
    columns = KeyColumns(link.key, is_source=True)
    among = columns.within(where) if isinstance(where, KeyRange) else columns.among(where)
    keys = ", ".join(selected(part) for part in link.key.parts)
    conditions = [f"({loss.condition})" for loss in found]
    source = qualified(link.source.schema, link.source.name)
    return (
        f"SELECT {keys}, {', '.join(conditions)} FROM {source} "  # noqa: S608  # a builder
        f"FORCE INDEX ({quote(link.key.index)}) WHERE ({among}) AND ({' OR '.join(conditions)}) "
        f"LIMIT {limit:d}"
    )


def losing_rows(
    link: Link, found: Sequence[Loss], rows: Sequence[Sequence[object]]
) -> Iterator[tuple[Loss, list[str]]]:
    """Each loss that the answer to `lossy_rows` names rows of, and their keys for people."""
    parts = len(link.key.parts)
    for place, loss in enumerate(found, start=parts):
        keys = [describe_key(link, read_key(link.key, row[:parts])) for row in rows if row[place]]
        if keys:
            yield loss, keys
