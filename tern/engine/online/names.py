"""Names of the engine's own tables, derived from the table's own and sorting after it (E-4)."""

import base64
from dataclasses import dataclass
from hashlib import sha256

from tern.binlog.watched_table import TableName
from tern.ddl.identifiers import MAX_NAME_CHARACTERS
from tern.errors import UnsupportedChange

_ID_CHARACTERS = 5
_SUFFIX_CHARACTERS = len("_sb") + _ID_CHARACTERS + len("_n")
_LONGEST_WHOLE = MAX_NAME_CHARACTERS - _SUFFIX_CHARACTERS
_CUT_MARK = "z"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNames:
    """The names of one table's change.

    Attributes:
        shadow: The new definition (T).
        retired: The source after the swap (O); before it the sentry.
        probe: P.
        checkpoint: C, used for the first table of a run.
    """

    shadow: TableName
    retired: TableName
    probe: TableName
    checkpoint: TableName

    def all(self) -> tuple[TableName, ...]:
        """In the order in which they may be dropped: the checkpoint last."""
        return self.shadow, self.retired, self.probe, self.checkpoint


def own_names(change_id: str, source: TableName) -> OwnNames:
    """The names for a change of this table; each sorts bytewise after the table's own (E-50).

    Raises:
        UnsupportedChange: the name is too long to be followed by one that sorts after it.
    """
    stem = _stem(source)
    digest = sha256(f"{change_id}\0{source.schema}\0{source.name}".encode()).digest()
    identity = base64.b32encode(digest)[:_ID_CHARACTERS].decode().lower()

    def name(role: str) -> TableName:
        return TableName(source.schema, f"{stem}_sb{identity}_{role}")

    return OwnNames(shadow=name("n"), retired=name("o"), probe=name("p"), checkpoint=name("c"))


def _stem(source: TableName) -> str:
    if len(source.name) <= _LONGEST_WHOLE:
        return source.name
    for length in reversed(range(_LONGEST_WHOLE)):
        if source.name[length] < _CUT_MARK:
            return source.name[:length] + _CUT_MARK
    raise UnsupportedChange(
        table=f"{source.schema}.{source.name}",
        reason="no name for its shadow sorts after its own name",
        next_action="rename the table to something shorter first",
    )
