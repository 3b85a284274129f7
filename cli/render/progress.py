"""One apply on the screen: the frame that is repainted, and the page that is shown once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from rich.text import Text

from cli.render.colors import STATE_COLORS
from cli.render.ddl import one_line
from cli.render.signs import Signs
from cli.render.words import cut_middle, duration, moment, plain, rows, span, state
from schemabot.api.schemas.progress import ProgressAnswer
from schemabot.api.schemas.task import TaskAnswer, ThrottleAnswer

BAR_CELLS = 20
_NAME_CELLS = 24
_STATE_CELLS = 11
_GAP = "  "
_INDENT = " " * 6
_MARKS = {"create": "+", "alter": "~", "drop": "-"}
_FULL_BARS = frozenset({
    "waiting_for_deploy",
    "waiting_for_cutover",
    "cutting_over",
    "revert_window",
    "completed",
    "reverted",
})
_NO_BARS = frozenset({"pending", "failed_retryable"})
_MOST_TABLES = 12
_WORTH_TELLING_SECONDS = 1.0
_UNDER_WAY = frozenset({"running", "waiting_for_cutover", "cutting_over"})
# What an engine tells for people beside its figures, by word.
_TOLD = ("gate", "cutover", "warning")
_ORDER = {"running": 0, "cutting_over": 0, "failed": 1, "waiting_for_cutover": 2, "pending": 3}


def frame_lines(progress: ProgressAnswer, *, signs: Signs, width: int) -> Iterator[Text]:
    """The picture that watching repaints."""
    yield _heading(progress, signs)
    shown = _shown_tasks(progress.tasks)
    names = [cut_middle(plain(task.table), _NAME_CELLS, sign=signs.cut) for task in shown]
    column = max(map(len, names), default=0)
    for task, name in zip(shown, names, strict=True):
        yield from _task(task, name.ljust(column), signs=signs, width=width)
        yield from _beside(task, progress.as_of)
    hidden = len(progress.tasks) - len(shown)
    if hidden:
        yield Text(f"  and {hidden} more", style="dim")
    yield from _outcome(progress)


def page_lines(progress: ProgressAnswer, *, signs: Signs, width: int) -> Iterator[Text]:
    """Everything that is known of an apply, for one look."""
    yield from frame_lines(progress, signs=signs, width=width)
    facts = [
        ("plan", progress.plan_id),
        ("engine", progress.engine),
        ("caller", progress.caller),
        ("attempt", f"{progress.attempt} of {progress.max_attempts}"),
        ("created", moment(progress.created_at)),
        ("started", moment(progress.started_at)),
        ("ended", moment(progress.completed_at)),
        ("last report", moment(progress.as_of)),
        ("worker", next((each.worker_id for each in progress.operations), None)),
    ]
    for name, value in facts:
        if value:
            yield Text(f"  {name:<12}{plain(value)}", style="dim")
    for task in progress.tasks:
        yield Text(f"  {plain(one_line(task.ddl))}")
    for request in progress.control_requests:
        why = f" ({plain(request.error)})" if request.error else ""
        said = f"{state(request.operation)} asked by {plain(request.requested_by)}"
        yield Text(f"  {said}: {state(request.status)}{why}")
    yield from next_steps(progress)


def next_steps(progress: ProgressAnswer) -> Iterator[Text]:
    """The commands that may follow."""
    if progress.terminal:
        return
    for operation in progress.next_actions:
        name = {"take_back": "cutover --take-back", "volume": "volume"}.get(operation, operation)
        level = " 5" if operation == "volume" else ""
        arguments = f"{progress.apply_id}{level} -e {progress.environment}"
        yield Text(f"  schemabot {name.replace('_', '-')} {arguments}", style="dim")


def state_words(progress: ProgressAnswer) -> str:
    """The apply's state with what it waits for."""
    words = state(progress.state)
    queue = progress.queue
    if queue is not None and not progress.terminal:
        blocking = f" behind {queue.blocking_apply_id}" if queue.blocking_apply_id else ""
        words += f" ({state(queue.reason)}{blocking})"
    if progress.state == "failed_retryable":
        at = f" at {moment(progress.retry_at)}" if progress.retry_at else ""
        words = f"retrying{at}, attempt {progress.attempt} of {progress.max_attempts}"
    return words


def bar(task: TaskAnswer, *, signs: Signs) -> str:
    """Filled as far as the task is; at least one cell once it runs. Empty where it says nothing."""
    if task.state in _NO_BARS or (task.percent is None and task.state not in _FULL_BARS):
        return ""
    percent = 100.0 if task.state in _FULL_BARS else task.percent or 0.0
    least = 1 if task.state == "running" else 0
    cells = max(least, int(percent * BAR_CELLS / 100))
    return signs.full * cells + signs.empty * (BAR_CELLS - cells)


def _heading(progress: ProgressAnswer, signs: Signs) -> Text:
    parts = [progress.apply_id, state_words(progress)]
    if progress.elapsed_seconds is not None:
        parts.append(duration(progress.elapsed_seconds))
    if progress.volume is not None and not progress.terminal:
        parts.append(f"volume {progress.volume}")
    if progress.stale:
        parts.append("no report for a while")
    line = Text(plain(f"{progress.database} / {progress.environment}"), style="bold")
    for part in parts:
        line.append(f" {signs.dot} ", style="dim")
        line.append(part, style=STATE_COLORS[progress.state] if part == parts[1] else "")
    return line


def _shown_tasks(tasks: Sequence[TaskAnswer]) -> Sequence[TaskAnswer]:
    if len(tasks) <= _MOST_TABLES:
        return tasks
    first = sorted(tasks, key=lambda task: _ORDER.get(task.state, 4))[:_MOST_TABLES]
    return [task for task in tasks if task in first]


def _task(task: TaskAnswer, name: str, *, signs: Signs, width: int) -> Iterator[Text]:
    style = STATE_COLORS.get(task.state, "")
    line = Text(f"  {_MARKS.get(task.change_type, '*')} {name}  ")
    line.append(f"{_doing(task):<{_STATE_CELLS}}", style=style)
    drawn = bar(task, signs=signs)
    if drawn:
        line.append(f" {drawn}", style=style)
        line.append(f" {100.0 if task.percent is None else task.percent:3.0f} %")
    for figure in _figures(task):
        if line.cell_len + len(_GAP) + len(figure) > width:
            yield line
            line = Text(_INDENT)
        line.append(f"{'' if line.plain == _INDENT else _GAP}{figure}")
    yield line


def _doing(task: TaskAnswer) -> str:
    if task.state == "running" and task.phase:
        return state(task.phase)
    words = {"pending": "queued", "completed": "done", "failed_retryable": "retrying"}
    return words.get(task.state, state(task.state))


def _figures(task: TaskAnswer) -> Iterator[str]:
    if task.state == "completed" and task.started_at and task.completed_at:
        yield f"in {duration((task.completed_at - task.started_at).total_seconds())}"
    if task.method != "copy" and task.state in {"running", "pending"}:
        yield task.method
    if task.state != "running":
        return
    if task.rows_copied is not None and task.rows_total:
        about = "about " if task.rows_total_is_estimate else ""
        yield f"{rows(task.rows_copied)} / {about}{rows(task.rows_total)}"
    if task.rows_per_second:
        yield f"{rows(round(task.rows_per_second))} rows/s"
    if task.eta_seconds is not None:
        yield f"about {duration(task.eta_seconds)} left"
    elif task.rows_total:
        yield "measuring"
    if behind := backlog_words(task.detail):
        yield behind


def _beside(task: TaskAnswer, as_of: datetime | None) -> Iterator[Text]:
    held = throttle_words(task.throttle, as_of)
    if held and task.state == "running":
        yield Text(f"      {held}", style="yellow")
    estimate = task.estimate
    if task.state == "running" and estimate is not None and estimate.seconds_low is not None:
        high = estimate.seconds_high or estimate.seconds_low
        yield Text(f"      estimate was {span(estimate.seconds_low, high)}", style="dim")
    if task.state in _UNDER_WAY:
        for told in (task.detail.get(name) for name in _TOLD):
            if told:
                yield Text(f"      {plain(told)}", style="yellow")
    if task.error:
        yield Text(f"      {plain(task.error)}", style="red")


def throttle_words(throttle: ThrottleAnswer, as_of: datetime | None) -> str | None:
    """`throttled 6s: replica lag 2.4 s, limit 1.5 s`; None while nothing holds it back."""
    if not throttle.throttled:
        return None
    held = held_seconds(throttle, as_of)
    lasting = "" if held is None else f" {duration(held)}"
    return f"throttled{lasting}: {plain(throttle.detail or throttle.reason or '')}"


def held_seconds(throttle: ThrottleAnswer, as_of: datetime | None) -> float | None:
    """For how long it was held back when the engine last said so; None if it is not."""
    if throttle.since is None or as_of is None:
        return None
    return max((as_of - throttle.since).total_seconds(), 0.0)


def backlog_words(detail: Mapping[str, str]) -> str | None:
    """`2.3s behind (3,400 keys)`; None where the shadow is as good as current."""
    keys, age = detail.get("backlog_keys"), detail.get("backlog_age_seconds")
    if keys is None or age is None or float(age) < _WORTH_TELLING_SECONDS:
        return None
    return f"{duration(float(age))} behind ({rows(int(keys))} keys)"


def _outcome(progress: ProgressAnswer) -> Iterator[Text]:
    shown_already = {task.error for task in progress.tasks}
    if progress.error and progress.error not in shown_already:
        yield Text(f"  {plain(progress.error)}", style="red")
