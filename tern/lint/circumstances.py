"""What rules are told of a table beside its definitions: only its server can know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tern.ddl.errors import LexError
from tern.ddl.identifiers import fold, unquote
from tern.ddl.lexer import Kind, tokens

WHOLE_TABLE = ""
"""Stands for the table itself where things in it go by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependent:
    """A view or trigger that may name the table.

    Attributes:
        words: Folded names and words of its text.
        is_own: A trigger of this very table, which goes with it.
    """

    name: str
    words: frozenset[str]
    is_own: bool = False

    def uses(self, table: str, column: str | None = None) -> bool:
        """Whether its text names the table, and the column where one is given."""
        names_table = self.is_own or fold(table) in self.words
        return names_table and (column is None or fold(column) in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """One live table's; None and empty mean unknown or none, which rules take as no reason.

    Attributes:
        rows: By the server's statistics.
        copies: Whether one of its statements copies the table.
        builds_blocked: Whether a statement needs a copy that can't be made here.
        next_counter: The next AUTO_INCREMENT.
        disk_needed_bytes: By the estimate; `disk_limit_bytes` is what the configuration allows.
        row_versions: Instant changes spent since the last rebuild, and how many there are.
        uses: What goes -> how often it was read or written, `WHOLE_TABLE` for the table.
        window: How long that was counted.
        children: Tables, with their schema, whose foreign keys point at it.
    """

    rows: int | None = None
    copies: bool = False
    builds_blocked: bool = False
    next_counter: int | None = None
    disk_needed_bytes: int | None = None
    disk_limit_bytes: int | None = None
    row_versions: tuple[int, int] | None = None
    uses: Mapping[str, int] = field(default_factory=dict)
    window: str = ""
    views: tuple[Dependent, ...] = ()
    triggers: tuple[Dependent, ...] = ()
    children: tuple[str, ...] = ()


def words_of(text: str) -> frozenset[str]:
    """Folded names and words of SQL text outside strings and comments; none if it never ends."""
    try:
        read = [token for token in tokens(text) if token.kind in {Kind.WORD, Kind.NAME}]
    except LexError:
        return frozenset()
    return frozenset(fold(unquote(token.text)) for token in read)
