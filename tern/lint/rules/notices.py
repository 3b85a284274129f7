"""Rules that no table's definition can answer: whoever plans notices what they are about.

They stand here so that configuration weighs them like any other; see `linting.notice`.
"""

from collections.abc import Iterator, Sequence

from tern.lint.rule import Complaint, Rule, Subject
from tern.values.schema_files import Severity


def _elsewhere(_subject: Subject, _allow: Sequence[str]) -> Iterator[Complaint]:
    return iter(())


def _noticed(name: str, severity: Severity, *, guards_data: bool = False) -> Rule:
    return Rule(name=name, severity=severity, check=_elsewhere, guards_data=guards_data)


RULES = (
    _noticed("drop_sequence", Severity.ERROR, guards_data=True),
    _noticed("rollback_overwrites", Severity.ERROR, guards_data=True),
    _noticed("rename_hint_done", Severity.INFO),
    _noticed("unmanaged_object", Severity.INFO),
    _noticed("ignored_table", Severity.INFO),
)
