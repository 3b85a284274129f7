"""Progress as lines for a log: what has happened between one picture and the next (C-23)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cli.render.ddl import one_line
from cli.render.progress import backlog_words, held_seconds
from cli.render.words import clock, duration, plain, span, state
from schemabot.api.schemas.progress import ProgressAnswer
from schemabot.api.schemas.task import TaskAnswer

_ENDS = frozenset({"completed", "failed", "cancelled", "reverted", "stopped"})
_HOLDS = {
    "waiting_for_deploy": "waiting for deploy",
    "waiting_for_cutover": "waiting for cutover",
    "cutting_over": "cutting over",
    "revert_window": "revert window",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event: a message and its facts, in order."""

    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self, at: datetime) -> str:
        """`HH:MM:SS message key=value ...`, on one line whatever the values hold."""
        facts = "".join(
            f" {key}={_value(value)}" for key, value in self.facts.items() if value is not None
        )
        return f"{clock(at)} {self.message}{facts}"


def news(before: ProgressAnswer | None, now: ProgressAnswer) -> Iterator[Line]:
    """What has happened since; the first picture tells everything that it shows."""
    if before is None:
        yield _accepted(now)
    yield from _waiting(before, now)
    old = {task.task_id: task for task in before.tasks} if before is not None else {}
    for task in now.tasks:
        yield from _task_news(old.get(task.task_id), task)
    if before is None or before.state != now.state:
        yield from _state_news(now)


def beat(now: ProgressAnswer) -> Iterator[Line]:
    """How far each running copy is."""
    for task in now.tasks:
        if task.state == "running" and task.percent is not None:
            eta = None if task.eta_seconds is None else duration(task.eta_seconds)
            rate = None if task.rows_per_second is None else round(task.rows_per_second)
            facts = {
                "table": task.table,
                "percent": f"{task.percent:.1f}",
                "rows": task.rows_copied,
                "rows_total": task.rows_total,
                "rate": rate,
                "eta": eta,
                "backlog": backlog_words(task.detail),
                **_held(task, now),
            }
            yield Line(message=state(task.phase or "running"), facts=facts)


def last_line(now: ProgressAnswer) -> Line:
    """How it ended."""
    done = sum(task.state in {"completed", "reverted"} for task in now.tasks)
    took = None if now.elapsed_seconds is None else duration(now.elapsed_seconds)
    error = now.actual.estimate_error if now.actual is not None else None
    facts = {
        "duration": took,
        "tables": f"{done}/{len(now.tasks)}",
        "estimate_error": None if error is None else f"{error:.2f}",
        "error": now.error,
        "error_code": now.error_code,
    }
    return Line(message=f"apply {state(now.state)}", facts=facts)


def _accepted(now: ProgressAnswer) -> Line:
    facts: dict[str, object] = {
        "apply": now.apply_id,
        "plan": now.plan_id,
        "database": now.database,
        "environment": now.environment,
    }
    return Line(message="apply accepted", facts=facts)


def _waiting(before: ProgressAnswer | None, now: ProgressAnswer) -> Iterator[Line]:
    reason = now.queue.reason if now.queue is not None else None
    known = before.queue.reason if before is not None and before.queue is not None else None
    if now.queue is not None and reason != known and not now.terminal:
        facts: dict[str, object] = {
            "reason": reason,
            "position": now.queue.position,
            "behind": now.queue.blocking_apply_id,
        }
        yield Line(message="queued", facts=facts)


def _task_news(before: TaskAnswer | None, task: TaskAnswer) -> Iterator[Line]:
    was = before.state if before is not None else "pending"
    if was == task.state:
        yield from _phase_news(before, task)
        return
    if was == "pending" and task.state not in {"cancelled", "stopped"}:
        facts: dict[str, object] = {"table": task.table, "method": task.method}
        facts |= {"estimate": _estimate(task), "ddl": one_line(task.ddl)}
        yield Line(message="table started", facts=facts)
    match task.state:
        case "completed":
            facts = {"table": task.table, "duration": _took(task), **_score(task)}
            yield Line(message="table done", facts=facts)
        case "failed":
            facts = {"table": task.table, "error": task.error, "error_code": task.error_code}
            yield Line(message="table failed", facts=facts)
        case "running":
            yield from _phase_news(None, task)
        case "pending":
            return
        case _:
            message = _HOLDS.get(task.state, f"table {state(task.state)}")
            yield Line(message=message, facts={"table": task.table})


def _phase_news(before: TaskAnswer | None, task: TaskAnswer) -> Iterator[Line]:
    was = before.phase if before is not None else None
    if task.phase is not None and task.phase != was and task.state == "running":
        yield Line(message=state(task.phase), facts={"table": task.table})


def _state_news(now: ProgressAnswer) -> Iterator[Line]:
    if now.terminal or now.state in _ENDS:
        return
    if now.state == "failed_retryable":
        at = None if now.retry_at is None else clock(now.retry_at)
        facts = {"attempt": now.attempt, "of": now.max_attempts, "at": at, "error": now.error}
        yield Line(message="retrying", facts=facts)


def _took(task: TaskAnswer) -> str | None:
    if task.started_at is None or task.completed_at is None:
        return None
    return duration((task.completed_at - task.started_at).total_seconds())


def _held(task: TaskAnswer, now: ProgressAnswer) -> dict[str, object]:
    """How long it was held back by now, and why."""
    if not task.throttle.throttled:
        return {}
    seconds = held_seconds(task.throttle, now.as_of)
    held = "yes" if seconds is None else duration(seconds)
    return {"throttled": held, "reason": task.throttle.detail or task.throttle.reason}


def _estimate(task: TaskAnswer) -> str | None:
    estimate = task.estimate
    if estimate is None or estimate.seconds_low is None or estimate.seconds_high is None:
        return None
    return span(estimate.seconds_low, estimate.seconds_high)


def _score(task: TaskAnswer) -> dict[str, object]:
    """What a copy has taken beside what was expected of it."""
    actual = task.actual
    if actual is None:
        return {}
    error = actual.estimate_error
    return {
        "rows": actual.rows,
        "throttled": duration(actual.throttled_seconds) if actual.throttled_seconds else None,
        "inside_estimate": {True: "yes", False: "no", None: None}[actual.inside_estimate],
        "estimate_error": None if error is None else f"{error:.2f}",
    }


def _value(value: object) -> str:
    text = plain(str(value)).replace("\n", " ")
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text or not text else text
