"""The steps of a run, one after another, until all are done or one ends it (T-9, T-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tern.engine.definition import Standing
from tern.engine.port import Engine
from tern.errors import CopyNeeded, LeaseLost, SchemaBotError, UnsupportedChange
from tern.local.admission import Finding, Refusal, find_findings, find_refusal, stale_refusal
from tern.local.control import Control, Rest
from tern.local.picture import Picture
from tern.local.reports import Reports
from tern.local.score_words import score_words
from tern.local.site import Note, Survey
from tern.local.steps import Route, Step, make_steps
from tern.local.target_side import TargetSide
from tern.values.progress import TaskStatus
from tern.values.run import (
    Completed,
    EndState,
    Outcome,
    Permanent,
    Retryable,
    Stopped,
    Unknown,
    Work,
)

RUNNING = "running"


class Carrying:
    """Carries the work out on a target that is ours.

    Attributes:
        current: The engine that runs now, for whoever watches its snapshot.
    """

    def __init__(
        self,
        work: Work,
        *,
        target: TargetSide,
        control: Control,
        picture: Picture,
        reports: Reports,
    ) -> None:
        self._work = work
        self._target = target
        self._control = control
        self._picture = picture
        self._reports = reports
        self.current: Engine | None = None

    async def to_outcome(self) -> Outcome:
        """Take the target, judge the work, run what is left of it.

        Raises:
            SchemaBotError: what went wrong outside a statement; the outcome is the caller's to say.
        """
        refusal = find_refusal(
            self._work, has_online=self._target.has_online, lowered=self._target.lowered
        )
        if refusal is not None:
            return _refused(refusal)
        survey = await self._target.take()
        await self._reports.accepted()
        steps = self._steps()
        findings = await self._judge(survey, steps)
        stale = stale_refusal(self._work, findings)
        if stale is not None and self._control.rest is None:
            return _refused(stale)
        await self._complete(
            [task_id for task_id, found in findings.items() if found is Finding.IN_PLACE],
            how="already in place",
        )
        await self._tell_uses(survey)
        unfinished = set(self._picture.unfinished())
        return await self._take([step for step in steps if _task_ids(step) & unfinished])

    def _steps(self) -> tuple[Step, ...]:
        unfinished = set(self._picture.unfinished())
        return make_steps(
            [each for each in self._work.statements if each.task_id in unfinished],
            together=self._target.cuts_over_together,
        )

    async def _tell_uses(self, survey: Survey) -> None:
        for task_id, uses in survey.uses.items():
            said = "; ".join(f"{what}: {change}" for what, change in uses.items())
            await self._reports.log("used_since_plan", said, task_id=task_id)

    async def _judge(self, survey: Survey, steps: Sequence[Step]) -> Mapping[str, Finding]:
        begun: set[str] = set()
        for step in steps:
            if step.route is Route.ONLINE and await self._target.has_checkpoint(step):
                begun |= _task_ids(step)
        return find_findings(self._work, survey, begun=begun)

    async def _take(self, steps: Sequence[Step]) -> Outcome:
        for index, step in enumerate(steps):
            if self._control.rest is not None:
                return await self._come_to_rest(steps[index:], self._control.rest)
            outcome = await self._take_step(step)
            if outcome == Completed(end=EndState.CANCELLED):
                return await self._come_to_rest(steps[index + 1 :], Rest.CANCEL)
            if isinstance(outcome, Stopped) and self._control.rest is not None:
                # What it is called depends on who asked; a cancel may have come after a stop.
                return await self._come_to_rest(steps[index:], self._control.rest)
            if outcome != Completed():
                return outcome
        return Completed()

    async def _come_to_rest(self, steps: Sequence[Step], rest: Rest) -> Outcome:
        """A cancel goes through the engine of every step that left something on the target."""
        if rest is not Rest.CANCEL:
            return rest.outcome
        for step in steps:
            if step.route is Route.ONLINE and await self._target.has_checkpoint(step):
                outcome = await self._run_engine(step)
                if not isinstance(outcome, Completed):
                    return outcome
                if outcome.end is EndState.COMPLETED:
                    await self._complete(_task_ids(step), how="run before it could be cancelled")
        return rest.outcome

    async def _take_step(self, step: Step) -> Outcome:
        for task_id in _task_ids(step):
            if self._picture.status(task_id) is TaskStatus.PENDING:
                self._picture.set(task_id, TaskStatus.RUNNING)
        await self._tell()
        outcome = await self._run_engine(step)
        match outcome:
            case Completed(end=EndState.COMPLETED):
                await self._complete(_task_ids(step))
                await self._tell_scores(step)
                return outcome
            case Permanent(error=CopyNeeded() as error) if step.route is Route.DIRECT:
                return await self._copy_instead(step, error)
            case Unknown():
                return await self._decide(step, outcome)
            case _:
                return outcome

    async def _run_engine(self, step: Step) -> Outcome:
        options = replace(self._work.options, volume=self._control.volume)
        with self._target.engine(step.route) as engine:
            self.current = engine
            self._control.attach(engine)
            try:
                outcome = await self._target.apply(engine, step, options)
            finally:
                self.current = None
                self._control.detach()
            self._picture.merge(engine.progress())
        return outcome

    async def _copy_instead(self, step: Step, error: CopyNeeded) -> Outcome:
        """The live table takes less than its empty copy did when the plan was made (P-36)."""
        task_id = step.statements[0].task_id
        if not self._target.has_online:
            unsupported = UnsupportedChange(
                table=step.statements[0].table,
                reason=f"{error.message}; no online engine is here",
                next_action=error.next_action,
            )
            return Permanent(error=unsupported, task_id=task_id)
        await self._reports.log("verdict_changed", error.message, task_id=task_id)
        return await self._take_step(replace(step, route=Route.ONLINE))

    async def _decide(self, step: Step, outcome: Unknown) -> Outcome:
        """Look at the target once more; a step that surely ran, or surely did not, is known."""
        try:
            survey = await self._target.take()
        except LeaseLost:
            raise
        except SchemaBotError:
            return outcome
        standings = {survey.standings[task_id] for task_id in _task_ids(step)}
        if standings == {Standing.DESIRED}:
            await self._complete(_task_ids(step), how="run; seen afterwards")
            return Completed()
        if standings == {Standing.BASE}:
            return Retryable(error=outcome.error, task_id=outcome.task_id)
        return outcome

    async def _complete(self, task_ids: Sequence[str] | set[str], how: str | None = None) -> None:
        """These are done: known to the caller and on record before anything else begins."""
        for task_id in task_ids:
            detail = None if how is None else {"how": how}
            self._picture.set(task_id, TaskStatus.COMPLETED, detail=detail)
        await self._tell()

    async def _tell_scores(self, step: Step) -> None:
        for statement in step.statements:
            words = score_words(self._picture.actual(statement.task_id))
            if words is not None:
                message = f"{statement.schema}.{statement.table}: {words}"
                await self._reports.log("copied", message, task_id=statement.task_id)

    async def _tell(self) -> None:
        await self._reports.send()
        await self._target.note(Note(state=RUNNING, tasks=self._picture.states()))


def _refused(refusal: Refusal) -> Permanent:
    return Permanent(error=refusal.error, task_id=refusal.task_id)


def _task_ids(step: Step) -> set[str]:
    return {statement.task_id for statement in step.statements}
