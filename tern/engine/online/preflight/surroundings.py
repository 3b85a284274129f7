"""Whether something hangs on a table that a swap of names would tear off (P-35)."""

from collections.abc import Iterator

from tern.engine.obstacles import find_obstacles
from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """Neither trigger nor foreign key, an InnoDB table with a key: as the plan has judged it."""
    for table in sight.tables:
        for found in find_obstacles(table.source, (), table.around):
            # That no key ties the rows is told by the check of the key.
            if found.code != "key":
                yield Failure(
                    code=found.code,
                    subject=table.name,
                    what=found.what,
                    fix="see the plan for what can be done",
                )
        added = [key.name for key in table.desired.foreign_keys]
        if added and not table.source.foreign_keys:
            yield Failure(
                code="foreign_key",
                subject=table.name,
                what=f"the change adds foreign keys ({', '.join(added)})",
                fix="leave them out",
            )
