"""How fast earlier copies on a target were: what the next one is estimated by (P-38)."""

from sqlalchemy import select

from schemabot.domain.states import TaskState
from schemabot.storage.database import Database
from schemabot.storage.json_values import TASK_PROGRESS
from schemabot.storage.tables.schema import applies, tasks
from tern.values.plan import Verdict
from tern.values.target import Target

MOST_COPIES = 20
# Copies of small tables say nothing and are passed over; so many in all are looked at.
_MOST_LOOKED_AT = 200


class CopyStore:
    """Reads what finished tasks have reported; keeps nothing of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rates(self, target: Target) -> tuple[float, ...]:
        """Bytes a second of the last copies there, newest first, at most 20.

        Transaction: one read, by the index of applies by target.
        """
        query = (
            select(tasks.c.progress)
            .join(applies, applies.c.id == tasks.c.apply_row)
            .where(
                applies.c.database_name == target.database,
                applies.c.database_type == target.type.value,
                applies.c.environment == target.environment,
                tasks.c.verdict == Verdict.COPY.value,
                tasks.c.state == TaskState.COMPLETED.value,
                tasks.c.progress.is_not(None),
            )
            .order_by(applies.c.created_at.desc(), tasks.c.position.desc())
            .limit(_MOST_LOOKED_AT)
        )
        texts = self._database.read(lambda tx: list(tx.execute(query).scalars()))
        actuals = [TASK_PROGRESS.load(text).actual for text in texts]
        rates = [a.copy_rate for a in actuals if a is not None and a.copy_rate is not None]
        return tuple(rates[:MOST_COPIES])
