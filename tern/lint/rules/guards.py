"""Rules that guard data: what a change can lose for good."""

from collections.abc import Iterable, Sequence

from tern.lint.rule import Complaint, Rule, Subject
from tern.lint.unsafe import unsafe_changes
from tern.values.schema_files import Severity

NAMES = (
    "drop_table",
    "drop_column",
    "lossy_type",
    "convert_generated",
    "drop_primary_key",
    "drop_partition",
    "drop_versioning",
    "rename_table",
    "rename_column",
    "engine_change",
)


def _rule(name: str) -> Rule:
    def check(subject: Subject, allow: Sequence[str]) -> Iterable[Complaint]:
        del allow
        for found in unsafe_changes(subject.base, subject.desired, subject.clauses):
            if found.rule == name:
                count = subject.circumstances.rows
                rows = f" (about {count} rows)" if count is not None else ""
                message = f"{found.message}{rows if name == 'drop_table' else ''}"
                yield Complaint(message=message, object=found.object)

    return Rule(name=name, severity=Severity.ERROR, check=check, guards_data=True)


RULES = tuple(_rule(name) for name in NAMES)
