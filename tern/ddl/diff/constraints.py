"""Checks and foreign keys to drop, add and toggle; names that a server gave don't count."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tern.ddl.clauses import (
    AddCheck,
    AddForeignKey,
    AlterCheckEnforcement,
    DropCheck,
    DropForeignKey,
)
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names, fold
from tern.ddl.lexer import Kind, tokens
from tern.ddl.table import Check, ForeignKey, Table

Meaning = tuple[object, ...]

_INTRODUCERS = ("_UTF8MB4", "_UTF8MB3", "_UTF8", "_LATIN1", "_ASCII")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Constraint = TypeVar("_Constraint", bound=_Named)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckClauses:
    """What to do with checks, by the places that the clauses have in an ALTER."""

    dropped: tuple[DropCheck, ...]
    added: tuple[AddCheck, ...]
    toggled: tuple[AlterCheckEnforcement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKeyClauses:
    """What to do with foreign keys; `kept` are the live ones that stay as they are."""

    dropped: tuple[DropForeignKey, ...]
    added: tuple[AddForeignKey, ...]
    kept: tuple[tuple[ForeignKey, ForeignKey], ...]


def is_automatic_name(name: str, table: str, flavor: Flavor) -> bool:
    """Whether a server gave this name because the definition gives none.

    Source: both name foreign keys `t_ibfk_1`, MariaDB from 12.1 `1`; checks are `t_chk_1` on MySQL
    and `CONSTRAINT_1` on MariaDB.
    """
    own = re.escape(fold(table))
    pattern = (
        rf"{own}_ibfk_\d+|constraint_\d+|\d+" if flavor.is_mariadb() else rf"{own}_(ibfk|chk)_\d+"
    )
    return re.fullmatch(pattern, fold(name)) is not None


def diff_checks(
    live: Table, desired: Table, *, unsettled: frozenset[str], flavor: Flavor
) -> CheckClauses:
    """Compare checks by name and expression, automatically named ones by expression alone.

    A check that mentions an unsettled column is dropped by name: one server would drop it unasked,
    another would refuse the change.
    """

    def stays(old: Check, new: Check) -> bool:
        can_toggle = flavor.has_check_enforcement() or old.is_enforced == new.is_enforced
        return can_toggle and not old.uses & unsettled

    def is_automatic(name: str) -> bool:
        return is_automatic_name(name, desired.name, flavor)

    matched = _match(
        live.checks,
        desired.checks,
        is_same=lambda old, new: check_meaning(old) == check_meaning(new) and stays(old, new),
        is_automatic=is_automatic,
    )
    gained_names = {fold(check.name) for check in matched.gained}
    return CheckClauses(
        dropped=tuple(
            DropCheck(check=check, is_replaced=fold(check.name) in gained_names)
            for check in matched.lost
        ),
        added=tuple(
            AddCheck(check=check, is_named=not is_automatic(check.name)) for check in matched.gained
        ),
        toggled=tuple(
            AlterCheckEnforcement(name=old.name, check=new)
            for old, new in matched.kept
            if old.is_enforced != new.is_enforced
        ),
    )


def check_meaning(check: Check) -> str:
    """What the check demands, whichever character set its plain literals are said to be in.

    Source: an ALTER of something else makes MySQL 9.7 print `_latin1'x'` for `_utf8mb4'x'`, and
    letters that all of these sets have in common compare alike.
    """
    read = [*tokens(check.expression)]
    following = [*read[1:], None]
    return " ".join(
        token.text
        for token, after in zip(read, following, strict=True)
        if not (
            token.is_word(*_INTRODUCERS)
            and after is not None
            and after.kind is Kind.STRING
            and after.text.isascii()
        )
    )


def diff_foreign_keys(
    live: Table, desired: Table, *, dropped_columns: frozenset[str], flavor: Flavor
) -> ForeignKeyClauses:
    """Compare foreign keys by name and definition, automatically named ones by definition alone."""
    matched = _match(
        live.foreign_keys,
        desired.foreign_keys,
        is_same=lambda old, new: (
            foreign_key_meaning(old, flavor) == foreign_key_meaning(new, flavor)
            and not dropped_columns.intersection(fold(column) for column in old.columns)
        ),
        is_automatic=lambda name: is_automatic_name(name, desired.name, flavor),
    )
    gained_names = {fold(key.name) for key in matched.gained}
    return ForeignKeyClauses(
        dropped=tuple(
            DropForeignKey(foreign_key=key, is_replaced=fold(key.name) in gained_names)
            for key in matched.lost
        ),
        added=tuple(add_foreign_key(key, desired.name, flavor) for key in matched.gained),
        kept=matched.kept,
    )


def add_foreign_key(key: ForeignKey, table: str, flavor: Flavor) -> AddForeignKey:
    """The clause that adds a foreign key; the server names it anew if it named it before."""
    return AddForeignKey(foreign_key=key, is_named=not is_automatic_name(key.name, table, flavor))


def foreign_key_meaning(key: ForeignKey, flavor: Flavor) -> Meaning:
    """What the key enforces, its name apart."""
    names = Names(flavor)
    return (
        tuple(fold(column) for column in key.columns),
        None if key.parent_schema is None else names.table_key(key.parent_schema),
        names.table_key(key.parent_table),
        tuple(fold(column) for column in key.parent_columns),
        key.actions,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched(Generic[_Constraint]):
    kept: tuple[tuple[_Constraint, _Constraint], ...]
    lost: tuple[_Constraint, ...]
    gained: tuple[_Constraint, ...]


def _match(
    live: Sequence[_Constraint],
    desired: Sequence[_Constraint],
    *,
    is_same: Callable[[_Constraint, _Constraint], bool],
    is_automatic: Callable[[str], bool],
) -> _Matched[_Constraint]:
    """Pair what stays: by name and meaning, or by meaning alone where servers gave both names."""

    def is_pair(old: _Constraint, new: _Constraint) -> bool:
        has_right_name = (
            is_automatic(new.name) if is_automatic(old.name) else fold(old.name) == fold(new.name)
        )
        return has_right_name and is_same(old, new)

    kept: list[tuple[_Constraint, _Constraint]] = []
    gained = list(desired)
    for old in live:
        new = next((candidate for candidate in gained if is_pair(old, candidate)), None)
        if new is not None:
            gained.remove(new)
            kept.append((old, new))
    paired = [id(old) for old, _ in kept]
    lost = tuple(old for old in live if id(old) not in paired)
    return _Matched(kept=tuple(kept), lost=lost, gained=tuple(gained))
