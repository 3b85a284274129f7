"""Rules about who still needs what a change drops or renames."""

from collections.abc import Iterator, Sequence

from tern.ddl.clauses import ChangeColumn, DropColumn, DropIndex, RenameColumn
from tern.ddl.identifiers import fold
from tern.lint.circumstances import WHOLE_TABLE, Dependent
from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity


def _drop_in_use(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    around = subject.circumstances
    for name, thing in _dropped(subject):
        count = around.uses.get(name, 0)
        if count:
            window = f" in {around.window}" if around.window else ""
            message = f"{thing} was used {count} times{window}: make sure that nobody needs it"
            yield Complaint(message=message, object=name or None)


def _dropped(subject: Subject) -> Iterator[tuple[str, str]]:
    """What goes and is counted: its name in the counts, and in words."""
    if subject.base is not None and subject.desired is None:
        yield WHOLE_TABLE, f"table `{subject.name}`"
    columns = [c for c in subject.clauses if isinstance(c, DropColumn) and not c.is_replaced]
    if columns:
        yield WHOLE_TABLE, f"table `{subject.name}`, which loses `{columns[0].column.name}`,"
    for clause in subject.clauses:
        if isinstance(clause, DropIndex) and not clause.is_replaced:
            yield clause.index.name, f"index `{clause.index.name}`"


def _view_depends(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    yield from _depending(subject, subject.circumstances.views, "view")


def _trigger_depends(subject: Subject, _: Sequence[str]) -> Iterator[Complaint]:
    if subject.base is not None and subject.desired is None:
        for trigger in subject.circumstances.triggers:
            if trigger.is_own:
                yield Complaint(message=f"trigger {trigger.name} goes with the table")
    yield from _depending(subject, subject.circumstances.triggers, "trigger")


def _depending(subject: Subject, dependents: Sequence[Dependent], kind: str) -> Iterator[Complaint]:
    table = subject.base.name if subject.base is not None else ""
    for dependent in dependents:
        for column, what in _leaving(subject):
            is_told = dependent.is_own and column is None
            if not is_told and dependent.uses(table, column):
                message = f"{kind} {dependent.name} uses {what}: it breaks; change it first"
                yield Complaint(message=message, object=column)


def _leaving(subject: Subject) -> Iterator[tuple[str | None, str]]:
    """What goes or gets another name: the column, None for the table, and in words."""
    base, desired = subject.base, subject.desired
    if base is not None and (desired is None or fold(base.name) != fold(desired.name)):
        way = "is removed" if desired is None else "is renamed"
        yield None, f"table `{base.name}`, which {way}"
    for clause in subject.clauses:
        match clause:
            case DropColumn(column=column, is_replaced=False):
                yield column.name, f"column `{column.name}`, which is removed"
            case RenameColumn(old=old, new=new) | ChangeColumn(old=old, new=new):
                if fold(old.name) != fold(new.name):
                    yield old.name, f"column `{old.name}`, which is renamed to `{new.name}`"
            case _:
                pass


RULES = (
    Rule(name="drop_in_use", severity=Severity.WARNING, check=_drop_in_use),
    Rule(name="view_depends", severity=Severity.WARNING, check=_view_depends),
    Rule(name="trigger_depends", severity=Severity.WARNING, check=_trigger_depends),
)
