"""Whether it can be told which column's values go where."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """Something is copied at all."""
    for table in sight.tables:
        if not table.columns:
            yield Failure(
                code="columns",
                subject=table.name,
                what="no column of the old table is in the new one",
                fix="drop and create the table instead",
            )
