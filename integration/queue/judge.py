"""What really happened, by the target's own rows and the storage's (queue.md section 11)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integration.databases import Database
from schemabot.domain.apply import Apply
from schemabot.domain.errors import ApplyNotFound
from schemabot.domain.ids import ApplyId
from schemabot.domain.states import ApplyState
from schemabot.storage.storage import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Applies by what is wrong with them; all empty when all is well.

    Attributes:
        doubled: A statement of theirs took effect more than once.
        lost: Acknowledged and gone, or completed without its effects.
        stuck: Not at their end although nothing kept them from it.
        overlapping: A displaced driver wrote to the target after its successor had.
        spent: An attempt was counted though nothing had failed.
        faults: How many were brought.
        cut_off: Workers that were asked to end, and ended at their grace by force.
    """

    applies: int
    doubled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()
    spent: tuple[str, ...] = ()
    faults: int = 0
    cut_off: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.doubled or self.lost or self.stuck or self.overlapping or self.spent)


def judge(storage: Storage, target: Database, admitted: Sequence[ApplyId]) -> Verdict:
    """Compare what was acknowledged with what the storage and the target have."""
    states = {apply.apply_id: apply for apply in _stored(storage, admitted)}
    effects = _effects(target)  # after the states: what is completed by then has its effects
    completed = {i for i, apply in states.items() if apply.state is ApplyState.COMPLETED}
    return Verdict(
        applies=len(admitted),
        doubled=_sorted(apply for (apply, _), count in effects.items() if count > 1),
        lost=_sorted(
            {i for i in admitted if i not in states}
            | {
                i
                for i in completed
                if any((i, task.task_id) not in effects for task in states[i].tasks)
            }
        ),
        stuck=_sorted(states.keys() - completed),
        overlapping=_overlapping(target),
        spent=_sorted(i for i, apply in states.items() if apply.attempt > 1),
    )


def _stored(storage: Storage, admitted: Sequence[ApplyId]) -> list[Apply]:
    found = []
    for apply_id in admitted:
        try:
            found.append(storage.applies.get(apply_id))
        except ApplyNotFound:
            continue
    return found


def _effects(target: Database) -> Counter[tuple[str, str]]:
    rows = target.query("SELECT apply_id, task_id, COUNT(*) FROM effects GROUP BY 1, 2")
    return Counter({(apply, task): count for apply, task, count in rows})


def _overlapping(target: Database) -> tuple[str, ...]:
    """Applies of which a lower epoch wrote after a higher one had begun."""
    sql = (
        "SELECT DISTINCT late.apply_id FROM journal late JOIN journal newer "
        "ON newer.apply_id = late.apply_id AND newer.epoch > late.epoch AND newer.id < late.id"
    )
    return _sorted(apply for (apply,) in target.query(sql))


def _sorted(applies: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(applies)))
