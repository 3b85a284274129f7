"""Where a live table stands between what a plan started from and what it wants."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from tern.ddl.create_table import parse_create_table
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.errors import UnsupportedTable
from tern.ddl.flavor import Flavor
from tern.ddl.sequence import Sequence, parse_create_sequence
from tern.ddl.table import Table
from tern.engine.effective_charsets import Defaults, with_effective_charsets
from tern.errors import StalePlan, TableMissing
from tern.mysql.connection import Connection
from tern.mysql.introspect import SEQUENCE, TABLE, show_create
from tern.values.run import WorkStatement

_DEFAULT_COLLATIONS = (
    "SELECT CHARACTER_SET_NAME, DEFAULT_COLLATE_NAME FROM information_schema.CHARACTER_SETS"
)


class Standing(StrEnum):
    """What a live table is equal to."""

    BASE = "base"
    DESIRED = "desired"
    BOTH = "both"
    NEITHER = "neither"


Same = Callable[[str | None, str | None], bool]


def read_standing(connection: Connection, statement: WorkStatement) -> Standing:
    """What the statement's table is equal to at this moment, by the server's own text.

    Absence counts: it is the base of a CREATE and what a DROP wants. What a RENAME starts from is
    looked for under its old name, and what it leads to is there only if the old name is free.

    Raises:
        SchemaBotError: the server did not say; never because the table is absent.
    """
    live = _read(connection, statement, statement.table)
    same = _comparison(connection)
    is_desired = same(live, statement.desired)
    old_name = _old_name(statement)
    if old_name is None:
        return _standing(is_base=same(live, statement.base), is_desired=is_desired)
    old = _read(connection, statement, old_name)
    return _standing(
        is_base=live is None and same(old, statement.base),
        is_desired=old is None and is_desired,
    )


def stale_plan(statement: WorkStatement, *, change: str) -> StalePlan:
    """The error for a table that is neither."""
    return StalePlan(table=f"{statement.schema}.{statement.table}", change=change)


def is_sequence(statement: WorkStatement) -> bool:
    """Whether the statement is about a sequence, not a table."""
    text = statement.base or statement.desired or ""
    return text.startswith("CREATE SEQUENCE")


def is_same(live: str | None, text: str | None, *, flavor: Flavor, defaults: Defaults) -> bool:
    """Whether both texts describe one table, by the rules of a plan's own proof (P-23).

    A text that can't be taken apart is the same only to the letter. Absence is the same as absence
    alone.
    """
    if live is None or text is None or live == text:
        return live == text
    one, other = parsed(live), parsed(text)
    if one is None or other is None:
        sequences = (_parsed_sequence(live), _parsed_sequence(text))
        return sequences[0] is not None and sequences[0] == sequences[1]
    return equal(
        with_effective_charsets(one, defaults),
        with_effective_charsets(other, defaults),
        flavor=flavor,
        policy=DiffPolicy(),
    )


def parsed(text: str | None) -> Table | None:
    """The table that a text describes; None without one, or if it can't be taken apart."""
    try:
        return None if text is None else parse_create_table(text)
    except UnsupportedTable:
        return None


def _parsed_sequence(text: str) -> Sequence | None:
    try:
        return replace(parse_create_sequence(text), text="")
    except UnsupportedTable:
        return None


def _standing(*, is_base: bool, is_desired: bool) -> Standing:
    if is_base and is_desired:
        return Standing.BOTH
    if is_desired:
        return Standing.DESIRED
    return Standing.BASE if is_base else Standing.NEITHER


def _read(connection: Connection, statement: WorkStatement, table: str) -> str | None:
    kind = SEQUENCE if is_sequence(statement) else TABLE
    try:
        return show_create(connection, schema=statement.schema, table=table, kind=kind)
    except TableMissing:
        return None


def _comparison(connection: Connection) -> Same:
    rows = connection.query(_DEFAULT_COLLATIONS)
    defaults = {str(charset).lower(): str(collation).lower() for charset, collation in rows}

    def same(live: str | None, text: str | None) -> bool:
        return is_same(live, text, flavor=connection.flavor, defaults=defaults)

    return same


def _old_name(statement: WorkStatement) -> str | None:
    """The table's name before a RENAME; None for what renames nothing."""
    base = parsed(statement.base)
    if base is None or base.name == statement.table:
        return None
    return base.name
