"""Statements that are compiled once and from then on only filled in: those of the hot path.

SQLAlchemy finds the compiled form of a statement by walking it at each execution; for a row of 50
columns that takes longer than the server's answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Table,
    bindparam,
    insert,
    update,
)

from schemabot.storage.server_connection import ServerConnection

_SHAPES = 256
_ROW = "row_number"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """A text as the driver takes it.

    Attributes:
        places: Names in the order of the text's places; None where the text has the names itself.
        given: Values that came with the statement.
        binds: Name -> what makes a value one that the driver can send.
    """

    text: str
    places: tuple[str, ...] | None
    given: Values
    binds: Mapping[str, Callable[[Any], Any]]

    def parameters(self, values: Values) -> Any:  # noqa: ANN401 - as the driver takes them
        found = self.bound(values)
        return found if self.places is None else tuple(found[name] for name in self.places)

    def bound(self, values: Values) -> Values:
        """Name -> value, each as the driver can send it."""
        found = {**self.given, **values}
        for name, bind in self.binds.items():
            found[name] = bind(found[name])
        return found


_numbers = count(1)


class Prepared:
    """One statement without lists of variable length; what differs each time is a `bindparam`.

    Args:
        statement: To be compiled once for each dialect.
        is_kept: Whether sessions on a server keep it parsed: for what is long and comes often.
    """

    def __init__(self, statement: ClauseElement, *, is_kept: bool = False) -> None:
        self.statement = statement
        self._name = f"kept_{next(_numbers)}" if is_kept else None
        self._compiled: dict[str, _Compiled] = {}

    def run(self, tx: Connection, **values: Any) -> CursorResult[Any]:  # noqa: ANN401 - row access
        """Execute it once."""
        compiled = self._for(tx.dialect)
        kept = self._kept(tx, compiled, values)
        if kept is not None:
            return tx.exec_driver_sql(kept)
        return tx.exec_driver_sql(compiled.text, compiled.parameters(values))

    def run_later(self, tx: Connection, **values: Any) -> None:  # noqa: ANN401 - row access
        """Execute it before the transaction's next statement or its commit, which gets its error.

        On SQLite, where no journey is saved, at once.
        """
        compiled = self._for(tx.dialect)
        parameters = compiled.parameters(values)
        driver = tx.connection.dbapi_connection
        if isinstance(driver, ServerConnection):
            driver.execute_later(compiled.text, parameters)
        else:
            tx.exec_driver_sql(compiled.text, parameters)

    def run_each_later(self, tx: Connection, rows: Sequence[Values]) -> None:
        """The same for each row of an INSERT, which goes as one statement."""
        compiled = self._for(tx.dialect)
        parameters = [compiled.parameters(row) for row in rows]
        driver = tx.connection.dbapi_connection
        if isinstance(driver, ServerConnection):
            driver.insert_later(compiled.text, parameters)
        else:
            tx.exec_driver_sql(compiled.text, parameters)

    def _kept(self, tx: Connection, compiled: _Compiled, values: Values) -> str | None:
        driver = tx.connection.dbapi_connection
        if self._name is None or not isinstance(driver, ServerConnection):
            return None
        bound = compiled.bound(values)
        fixed = {name: value for name, value in bound.items() if name not in values}
        return driver.kept(self._name, compiled.text, fixed=fixed, given=bound)

    def _for(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compile(self.statement, dialect)
        return self._compiled[dialect.name]


def insert_row(tx: Connection, table: Table, values: Values) -> CursorResult[Any]:
    """INSERT one row; expressions among the values become part of the statement's shape."""
    fixed, filled = _parted(values)
    return _insertion(table, tuple(filled), fixed).run(tx, **_marked(filled))


def insert_row_later(tx: Connection, table: Table, values: Values) -> None:
    """INSERT one row by the transaction's next statement."""
    fixed, filled = _parted(values)
    _insertion(table, tuple(filled), fixed).run_later(tx, **_marked(filled))


def insert_rows_later(tx: Connection, table: Table, rows: Sequence[Values]) -> None:
    """INSERT rows, all with values for the same columns, by the transaction's next statement."""
    if rows:
        _insertion(table, tuple(rows[0]), ()).run_each_later(tx, [_marked(row) for row in rows])


def update_row_later(tx: Connection, table: Table, values: Values, *, row_number: int) -> None:
    """UPDATE the row with this number by the transaction's next statement."""
    fixed, filled = _parted(values)
    prepared = _alteration(table, tuple(filled), fixed)
    prepared.run_later(tx, **{_ROW: row_number}, **_marked(filled))


_Fixed = tuple[tuple[str, ColumnElement[Any]], ...]


def _parted(values: Values) -> tuple[_Fixed, Values]:
    fixed = tuple((name, v) for name, v in values.items() if isinstance(v, ColumnElement))
    names = {name for name, _ in fixed}
    return fixed, {name: value for name, value in values.items() if name not in names}


def _marked(values: Values) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


@lru_cache(maxsize=_SHAPES)
def _insertion(table: Table, filled: tuple[str, ...], fixed: _Fixed) -> Prepared:
    return Prepared(insert(table).values({**_places(table, filled), **dict(fixed)}))


@lru_cache(maxsize=_SHAPES)
def _alteration(table: Table, filled: tuple[str, ...], fixed: _Fixed) -> Prepared:
    changed = update(table).where(table.c["id"] == bindparam(_ROW))
    return Prepared(changed.values({**_places(table, filled), **dict(fixed)}))


def _places(table: Table, names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect)
    binds = {}
    for parameter, name in compiled.bind_names.items():  # type: ignore[attr-defined]
        bind = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if bind is not None:
            binds[name] = bind
    places = compiled.positiontup  # type: ignore[attr-defined]
    return _Compiled(
        text=str(compiled),
        places=None if places is None else tuple(places),
        given=dict(compiled.params),
        binds=binds,
    )
