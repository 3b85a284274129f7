"""Hints in files against live tables: what is to be renamed, what has been, what can't be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tern.ddl.diff.renames import TableRename
from tern.ddl.flavor import Flavor
from tern.ddl.hints import RenameHint
from tern.ddl.identifiers import Names, fold
from tern.ddl.problems import DefinitionProblem, ProblemCode
from tern.ddl.statements import CreateTable
from tern.ddl.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneHint:
    """A hint whose rename has already happened, so that it can go; no column means the table."""

    table: str
    column: str | None
    old_name: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedHints:
    """What the hints of one namespace come to."""

    renames: tuple[TableRename, ...]
    done: tuple[DoneHint, ...]
    problems: tuple[DefinitionProblem, ...]


_Claim = tuple[str, str, str]  # which name, of which table, of which column

# The hint itself where it acts; None where it speaks of something else.
_Outcome = RenameHint | DoneHint | DefinitionProblem | None


def resolve_hints(
    definitions: Sequence[CreateTable], live: Mapping[str, Table], *, flavor: Flavor
) -> ResolvedHints:
    """Decide every rename hint by what is live.

    It acts when only the old name is live, is done when only the new one is, and is a problem
    otherwise.
    """
    names = Names(flavor)
    tables = {names.table_key(table.name): table for table in live.values()}
    renames: list[TableRename] = []
    left: list[DoneHint | DefinitionProblem] = []
    seen: set[_Claim] = set()
    for definition in definitions:
        hints = [hint for hint in definition.hints if isinstance(hint, RenameHint)]
        judged = [_judge_table(hint, definition, tables, names=names) for hint in hints]
        acting = [hint for hint, outcome in zip(hints, judged, strict=True) if outcome is hint]
        old_name = acting[-1].old_name if acting else definition.name
        table = tables.get(names.table_key(old_name))
        judged += [_judge_column(hint, definition, table) for hint in hints]
        left += [outcome for outcome in judged if not isinstance(outcome, RenameHint | None)]
        all_acting = [outcome for outcome in judged if isinstance(outcome, RenameHint)]
        left += _contradictions(all_acting, definition, seen, names=names)
        if all_acting:
            renames.append(
                TableRename(
                    old_name=old_name, new_name=definition.name, columns=_columns(all_acting)
                )
            )
    return ResolvedHints(
        renames=tuple(renames),
        done=tuple(outcome for outcome in left if isinstance(outcome, DoneHint)),
        problems=tuple(outcome for outcome in left if isinstance(outcome, DefinitionProblem)),
    )


def _judge_table(
    hint: RenameHint, definition: CreateTable, live: Mapping[str, Table], *, names: Names
) -> _Outcome:
    if hint.subject is not None:
        return None
    return _judge(
        hint,
        definition,
        is_old_live=names.table_key(hint.old_name) in live,
        is_new_live=names.table_key(definition.name) in live,
    )


def _judge_column(hint: RenameHint, definition: CreateTable, table: Table | None) -> _Outcome:
    if hint.subject is None:
        return None
    return _judge(
        hint,
        definition,
        is_old_live=table is not None and table.column(hint.old_name) is not None,
        is_new_live=table is not None and table.column(hint.subject.name) is not None,
    )


def _judge(
    hint: RenameHint, definition: CreateTable, *, is_old_live: bool, is_new_live: bool
) -> RenameHint | DoneHint | DefinitionProblem:
    if is_old_live and is_new_live:
        return _problem(hint, definition, "both names are live")
    if is_old_live:
        return hint
    if not is_new_live:
        return _problem(hint, definition, "neither name is live")
    return DoneHint(
        table=definition.name,
        column=None if hint.subject is None else hint.subject.name,
        old_name=hint.old_name,
        file=definition.source.file,
        line=hint.line,
    )


def _columns(hints: Sequence[RenameHint]) -> dict[str, str]:
    """Folded old name to new name."""
    return {fold(hint.old_name): hint.subject.name for hint in hints if hint.subject is not None}


def _contradictions(
    hints: Sequence[RenameHint], definition: CreateTable, seen: set[_Claim], *, names: Names
) -> Iterator[DefinitionProblem]:
    """A name can be renamed from once, and a thing can have had one name; `seen` grows."""
    for hint in hints:
        if hint.subject is None:
            claims = {("new", definition.name, ""), ("old", "", names.table_key(hint.old_name))}
        else:
            claims = {
                ("new", definition.name, fold(hint.subject.name)),
                ("old", definition.name, fold(hint.old_name)),
            }
        if claims & seen:
            yield _problem(hint, definition, "another hint says otherwise")
        seen |= claims


def _problem(hint: RenameHint, definition: CreateTable, reason: str) -> DefinitionProblem:
    new_name = definition.name if hint.subject is None else hint.subject.name
    return DefinitionProblem(
        code=ProblemCode.RENAME_CONFLICT,
        message=(
            f"`{new_name}` can't be renamed from `{hint.old_name}`: {reason}; remove the hint, "
            "or correct the old name"
        ),
        file=definition.source.file,
        line=hint.line,
        column=hint.column,
    )
