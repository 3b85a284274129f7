"""Reports of a run in this process, as the documents that a service would answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cli.client import Answer
from schemabot.api.schemas.progress import ProgressAnswer, progress_answer
from schemabot.domain.apply import Apply, ApplyOptions, Lane, Task
from schemabot.domain.ids import ApplyId, PlanId, TaskId
from schemabot.domain.reported import final_state
from schemabot.domain.states import ApplyState, TaskState, derive_apply_state
from schemabot.service.picture import Picture
from tern.values.plan import Estimate
from tern.values.progress import Progress, TaskProgress
from tern.values.run import Work

_BEGUN = frozenset({TaskState.RUNNING, TaskState.WAITING_FOR_CUTOVER, TaskState.CUTTING_OVER})
_ENDED = frozenset({TaskState.COMPLETED, TaskState.FAILED, TaskState.CANCELLED})


@dataclass(slots=True)
class AlonePicture:
    """One run's newest picture."""

    work: Work
    estimates: Sequence[Estimate | None] = ()
    apply: Apply = field(init=False)

    def __post_init__(self) -> None:
        now = datetime.now(UTC)
        self.apply = Apply(
            apply_id=ApplyId(self.work.apply_id),
            plan_id=PlanId(self.work.apply_id),
            plan_hash=self.work.plan_hash,
            target=self.work.target,
            lane=Lane.LOCAL,
            engine="online",
            state=ApplyState.PENDING,
            options=ApplyOptions(run=self.work.options),
            caller=self.work.caller,
            tasks=tuple(_tasks(self.work)),
            attempt=1,
            lease_epoch=1,
            version=0,
            created_at=now,
            updated_at=now,
            started_at=now,
        )

    def take(self, progress: Progress) -> Answer[ProgressAnswer]:
        """The document after a report."""
        now = datetime.now(UTC)
        reported = {each.task_id: each for each in progress.tasks}
        tasks = tuple(
            _reported(task, reported[task.task_id], now) if task.task_id in reported else task
            for task in self.apply.tasks
        )
        state = derive_apply_state([task.state for task in tasks])
        failed = next((task for task in tasks if task.error is not None), None)
        self.apply = replace(
            self.apply,
            tasks=tasks,
            state=state,
            version=self.apply.version + 1,
            volume=progress.volume,
            progress_at=now,
            updated_at=now,
            summary=progress.summary,
            error=None if failed is None else failed.error,
            error_code=None if failed is None else failed.error_code,
            completed_at=now if state in {"completed", "failed", "cancelled"} else None,
        )
        return self.answer()

    def answer(self) -> Answer[ProgressAnswer]:
        """The document as it stands."""
        count = len(self.apply.tasks)
        picture = Picture(
            apply=self.apply,
            requests=(),
            place=None,
            plan_estimate=None,
            estimates=tuple(self.estimates) or (None,) * count,
            now=datetime.now(UTC),
            max_attempts=1,
        )
        document = progress_answer(picture)
        return Answer(text=document.model_dump_json(), document=document)


def _tasks(work: Work) -> Iterator[Task]:
    for position, each in enumerate(work.statements):
        yield Task(
            task_id=TaskId(each.task_id),
            apply_id=ApplyId(work.apply_id),
            position=position,
            namespace=each.namespace,
            schema=each.schema,
            table=each.table,
            change_type=each.change_type,
            ddl=each.ddl,
            verdict=each.verdict,
            state=TaskState(each.status),
        )


def _reported(task: Task, found: TaskProgress, now: datetime) -> Task:
    state = final_state(task.state, found)
    return replace(
        task,
        state=state,
        ready=found.ready,
        progress=found,
        error=found.error,
        error_code=found.error_code,
        started_at=task.started_at or (now if state in _BEGUN | _ENDED else None),
        completed_at=task.completed_at or (now if state in _ENDED else None),
    )
