"""What follows a commit: hooks that may fail, hang or be dropped without anybody noticing (Q-37).

The rows are the truth, so a hook only makes things happen sooner: a wake, an observer, a comment.
Hooks run outside of the request that committed, whose answer waits for none of them and whose end
ends none of them. They are isolated from each other, and each has a limit. There is room for some;
what comes when it is full, or while nobody runs them, is dropped, and the next poll finds the row.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import anyio
import structlog
from anyio.abc import TaskStatus
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from schemabot.telemetry.metrics import Counter, Metric

_log = structlog.stdlib.get_logger(__name__)

_ROOM = 100
_AT_ONCE = 4

Hook = Callable[[], Awaitable[None]]


class AfterCommit:
    """Hooks of one process; lives on its event loop.

    Args:
        limit: How long one hook may take (`queue.hook_timeout`).
        room: How many may wait.
    """

    def __init__(self, *, limit: timedelta = timedelta(seconds=30), room: int = _ROOM) -> None:
        self._limit = limit.total_seconds()
        self._room = room
        self._waiting: MemoryObjectSendStream[tuple[str, Hook]] | None = None
        self._hooks = Counter(
            "post_commit_hooks_total", "Hooks after a commit.", labels=["hook", "outcome"]
        )

    @property
    def all(self) -> tuple[Metric, ...]:
        """Every metric, for the exposition."""
        return (self._hooks,)

    def count(self, name: str, outcome: str) -> float:
        """How many hooks of this name were `done`, `failed` or `dropped`."""
        return self._hooks.value(hook=name, outcome=outcome)

    def post(self, name: str, hook: Hook) -> None:
        """Have the hook run soon; call it after the commit. Never waits, never raises."""
        try:
            if self._waiting is not None:
                self._waiting.send_nowait((name, hook))
                return
        except anyio.WouldBlock:
            _log.warning("hook.dropped", hook=name)
        self._hooks.add(hook=name, outcome="dropped")

    def do(self, name: str, step: Callable[[], None]) -> None:
        """Take a step at once that waits for nothing. Never raises."""
        try:
            step()
        except Exception:  # noqa: BLE001 (the commit stands, whatever its hooks do)
            self._note_failure(name)
        else:
            self._hooks.add(hook=name, outcome="done")

    async def run(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Run hooks until cancelled, a few at once."""
        send, receive = anyio.create_memory_object_stream[tuple[str, Hook]](self._room)
        self._waiting = send
        try:
            async with send, receive, anyio.create_task_group() as group:
                for number in range(_AT_ONCE):
                    group.start_soon(self._run_hooks, receive, name=f"hooks {number}")
                task_status.started()
        finally:
            self._waiting = None

    async def _run_hooks(self, hooks: MemoryObjectReceiveStream[tuple[str, Hook]]) -> None:
        while True:
            name, hook = await hooks.receive()
            try:
                with anyio.fail_after(self._limit):
                    await hook()
            except Exception:  # noqa: BLE001 (one hook is isolated from the next)
                self._note_failure(name)
            else:
                self._hooks.add(hook=name, outcome="done")

    def _note_failure(self, name: str) -> None:
        _log.exception("hook.failed", hook=name)
        self._hooks.add(hook=name, outcome="failed")
