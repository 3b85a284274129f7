"""Random tables in the form in which a server prints them, and a model of ALTER TABLE."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from tern.ddl.clauses import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddIndex,
    AddPeriod,
    AddPrimaryKey,
    AddSystemVersioning,
    AlterCheckEnforcement,
    AlterIndexVisibility,
    ChangeColumn,
    Clause,
    DropCheck,
    DropColumn,
    DropForeignKey,
    DropIndex,
    DropPeriod,
    DropPrimaryKey,
    DropSystemVersioning,
    ModifyColumn,
    RenameColumn,
    RenameIndex,
    SetOption,
)
from tern.ddl.table import Column, Part, Table, TableOption
from tests.tern.ddl.texts import table

_NAMES = ["a", "b", "c", "d", "x y", "q`t"]
_TYPES = ["int", "bigint", "varchar(9)", "enum('p','q,r')", "datetime(3)"]
_ATTRIBUTES = ["NOT NULL", "DEFAULT NULL", "DEFAULT '5' COMMENT 'it''s, ('"]
_OPTIONS = ["", "COMMENT='c'", "COMMENT='d'", "ROW_FORMAT=COMPACT", "AUTO_INCREMENT=7"]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of a few columns, some generated, with indexes, checks and foreign keys."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, unique=True))
    plain = [name for name in names if draw(st.integers(0, 3))] or names[:1]
    definitions = [
        _plain(draw, name) if name in plain else _generated(draw, name, plain) for name in names
    ]
    definitions += _indexes(draw, names)
    definitions += _constraints(draw, plain)
    return table(*definitions, options=draw(st.sampled_from(_OPTIONS)))


def carried_out(live: Table, clauses: Sequence[Clause], desired: Table) -> Table:
    """What a server makes of a table; written from its manual, not from the differ.

    Definitions are those of the desired table, found by name where a clause only gives text.
    """
    model = _Model(live)
    for clause in clauses:
        model.carry_out(clause)
    return model.finished(desired.name)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _plain(draw: st.DrawFn, name: str) -> str:
    kind, attribute = draw(st.sampled_from(_TYPES)), draw(st.sampled_from(_ATTRIBUTES))
    return f"{_quoted(name)} {kind} {attribute}"


def _generated(draw: st.DrawFn, name: str, plain: list[str]) -> str:
    source = _quoted(draw(st.sampled_from(plain)))
    storage = draw(st.sampled_from(["VIRTUAL", "STORED"]))
    offset = draw(st.integers(1, 2))
    return f"{_quoted(name)} int GENERATED ALWAYS AS (({source} + {offset})) {storage}"


def _indexes(draw: st.DrawFn, names: list[str]) -> list[str]:
    columns = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
    found = []
    if draw(st.booleans()):
        found.append(f"PRIMARY KEY ({','.join(map(_quoted, draw(columns)))})")
    for name in draw(st.lists(st.sampled_from("klmn"), max_size=3, unique=True)):
        kind = draw(st.sampled_from(["KEY", "UNIQUE KEY"]))
        parts = ",".join(map(_quoted, draw(columns)))
        hidden = draw(st.sampled_from(["", "", " /*!80000 INVISIBLE */"]))
        found.append(f"{kind} `{name}` ({parts}){hidden}")
    return found


def _constraints(draw: st.DrawFn, plain: list[str]) -> list[str]:
    found = []
    for name in draw(
        st.lists(st.sampled_from(["f", "t_ibfk_1", "t_ibfk_2"]), max_size=2, unique=True)
    ):
        column, parent = draw(st.sampled_from(plain)), draw(st.sampled_from(["p", "o"]))
        found.append(
            f"CONSTRAINT `{name}` FOREIGN KEY ({_quoted(column)}) REFERENCES `{parent}` (`i`)"
        )
    for name in draw(
        st.lists(st.sampled_from(["z", "t_chk_1", "t_chk_2"]), max_size=3, unique=True)
    ):
        column, limit = draw(st.sampled_from(plain)), draw(st.integers(1, 2))
        enforced = draw(st.sampled_from(["", " /*!80016 NOT ENFORCED */"]))
        found.append(f"CONSTRAINT `{name}` CHECK (({_quoted(column)} > {limit})){enforced}")
    return found


class _Model:
    """The parts of a table while clauses are carried out; moved columns leave the row first."""

    def __init__(self, live: Table) -> None:
        self._live = live
        self._columns = list(live.columns)
        self._others: list[Part] = [part for part in live.parts if not isinstance(part, Column)]
        self._options = {option.name: option for option in live.options}
        self._gone: set[str] = set()

    def finished(self, name: str) -> Table:
        """The table reached; automatic names are made unique, as a server does."""
        return replace(
            self._live,
            name=name,
            parts=(*self._columns, *self._others),
            options=tuple(self._options.values()),
            text="",
        )

    def carry_out(self, clause: Clause) -> None:
        """Carry one clause out; what it names must be there."""
        match clause:
            case AddColumn(column=column, place=place):
                assert column.name not in [each.name for each in self._columns]
                self._put(column, "end" if place is None else place.after)
            case DropColumn(column=column):
                self._columns.remove(column)
                self._gone.add(column.name)
            case (
                ModifyColumn(old=old, new=new, place=place)
                | ChangeColumn(old=old, new=new, place=place)
            ):
                if place is None:
                    self._columns[self._columns.index(old)] = new
                else:
                    self._columns.remove(old)
                    self._put(new, place.after)
            case RenameColumn() | AddPeriod() | DropPeriod():
                raise AssertionError(clause)
            case AddSystemVersioning() | DropSystemVersioning():
                raise AssertionError(clause)
            case SetOption(name=name, text=text, new=new_value):
                self._options.pop(name, None)
                if new_value is not None:
                    self._options[name] = TableOption(name=name, value=new_value, text=text)
            case _:
                self._carry_out_on_keys(clause)

    def _carry_out_on_keys(self, clause: Clause) -> None:
        match clause:
            case DropPrimaryKey(index=part) | DropIndex(index=part):
                self._others.remove(part)
            case DropCheck(check=check):
                self._others.remove(check)
            case DropForeignKey(foreign_key=key):
                self._others.remove(key)
            case AddPrimaryKey(index=index) | AddIndex(index=index):
                assert index.name not in [each.name for each in self._others]
                self._others.append(index)
            case AddCheck(check=new_check, is_named=is_named):
                self._others.append(new_check if is_named else replace(new_check, name="t_chk_99"))
            case AddForeignKey(foreign_key=new_key, is_named=is_named):
                self._others.append(new_key if is_named else replace(new_key, name="t_ibfk_99"))
            case RenameIndex(old=old, new=new):
                self._others[self._others.index(old)] = new
            case AlterIndexVisibility(index=index):
                (place,) = [i for i, each in enumerate(self._others) if each.name == index.name]
                self._others[place] = index
            case AlterCheckEnforcement(name=name, check=toggled):
                (place,) = [i for i, each in enumerate(self._others) if each.name == name]
                self._others[place] = replace(toggled, name=name)
            case _:
                raise AssertionError(clause)

    def _put(self, column: Column, after: str | None) -> None:
        if after == "end":
            self._columns.append(column)
            return
        names = [each.name for each in self._columns]
        self._columns.insert(0 if after is None else names.index(after) + 1, column)
