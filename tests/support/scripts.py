"""Ready scripts for the scripted Tern; each obeys stop, cancel and pause where it waits."""

from collections.abc import Awaitable, Callable

import anyio

from tern.errors import SchemaBotError
from tern.values.control import SettledResult, Signal, SignalKind
from tern.values.progress import TaskStatus
from tern.values.run import (
    Completed,
    EndState,
    Outcome,
    Permanent,
    Retryable,
    Stopped,
    Unknown,
    Waiting,
)
from tests.support.stage import Stage

Script = Callable[[Stage], Awaitable[Outcome]]


def completes() -> Script:
    """Accepted, running, completed, at once."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        return await _complete(stage)

    return script


def fails(error: SchemaBotError, *, accepted: bool = True) -> Script:
    """Permanently, with this error on the first unfinished task."""

    async def script(stage: Stage) -> Outcome:
        first = await _begin(stage, accepted=accepted)
        return Permanent(error=error, task_id=first)

    return script


def fails_for_now(error: SchemaBotError, *, accepted: bool = True) -> Script:
    """Retryably: an attempt is spent."""

    async def script(stage: Stage) -> Outcome:
        first = await _begin(stage, accepted=accepted)
        return Retryable(error=error, task_id=first)

    return script


def loses_track(error: SchemaBotError) -> Script:
    """Nobody knows whether it happened."""

    async def script(stage: Stage) -> Outcome:
        first = await _begin(stage, accepted=True)
        return Unknown(error=error, task_id=first)

    return script


def breaks(error: BaseException) -> Script:
    """Raises, as a bug would."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        raise error

    return script


def copies(go_on: anyio.Event | None = None, *, rows_total: int = 1000) -> Script:
    """Runs until `go_on` is set (never, without one), stop, cancel or pause; takes any volume."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING, rows=1, rows_total=rows_total)
        ended = await _serve(stage, until=go_on or anyio.Event())
        return ended or await _complete(stage)

    return script


def waits_for_cutover() -> Script:
    """Runs up to its cutover and waits there for the order."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        await stage.say(TaskStatus.WAITING_FOR_CUTOVER)
        ended = await _serve(stage, until=anyio.Event())
        return ended or await _complete(stage)

    return script


def waits(due: Waiting) -> Script:
    """Comes to rest until a time, or a signal."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        return due

    return script


def never_listens() -> Script:
    """Runs until it is cancelled; no signal reaches it."""

    async def script(stage: Stage) -> Outcome:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
        await anyio.sleep_forever()
        raise AssertionError

    return script


def ignores_everything() -> Script:
    """Breaks the port: neither a signal nor cancellation ends it."""

    async def script(_: Stage) -> Outcome:
        with anyio.CancelScope(shield=True):
            await anyio.sleep_forever()
        raise AssertionError

    return script


async def _begin(stage: Stage, *, accepted: bool) -> str | None:
    if accepted:
        await stage.accept()
        await stage.say(TaskStatus.RUNNING)
    return stage.unfinished[0] if stage.unfinished else None


async def _complete(stage: Stage) -> Outcome:
    await stage.say(TaskStatus.COMPLETED)
    return Completed()


async def _serve(stage: Stage, *, until: anyio.Event) -> Outcome | None:
    """Obey signals until one ends the run; None when the run goes on to its end."""
    ended: Outcome | None = None

    async def obey() -> None:
        nonlocal ended
        is_over = False
        while not is_over:
            is_over, ended = await _obey(stage, await stage.signal())
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(obey)
        await until.wait()
        group.cancel_scope.cancel()
    return ended


async def _obey(stage: Stage, signal: Signal) -> tuple[bool, Outcome | None]:
    match signal.kind:
        case SignalKind.STOP:
            await stage.say(TaskStatus.STOPPED)
            await stage.settle(signal)
            return True, Stopped()
        case SignalKind.CANCEL:
            await stage.say(TaskStatus.CANCELLED)
            await stage.settle(signal)
            return True, Completed(end=EndState.CANCELLED)
        case SignalKind.PAUSE:
            return True, Waiting(reason="shutdown")
        case SignalKind.CUTOVER if TaskStatus.WAITING_FOR_CUTOVER in stage.statuses.values():
            await stage.say(TaskStatus.CUTTING_OVER)
            await stage.settle(signal)
            return True, None
        case SignalKind.VOLUME:
            stage.volume = signal.value
            await stage.settle(signal)
            await stage.say()
            return False, None
        case _:
            await stage.settle(signal, SettledResult.REFUSED, "not possible now")
            return False, None
