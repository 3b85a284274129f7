"""The engine's only threads: named, stoppable, joined, and none of their errors lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Condition, Event, Thread
from time import monotonic

JOIN_WITHIN = timedelta(seconds=5)

Work = Callable[[Event], None]
"""Works until the event is set; sees it soon after."""


class Worker:
    """One thread with its work."""

    def __init__(self, name: str, work: Work, *, ended: Callable[[], None]) -> None:
        self._work = work
        self._ended = ended
        self.retiring = Event()
        self.error: BaseException | None = None
        self.thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def is_alive(self) -> bool:
        """Whether it still works."""
        return self.thread.is_alive()

    def _run(self) -> None:
        try:
            self._work(self.retiring)
        except BaseException as error:  # noqa: BLE001  # raised where the crew is checked
            self.error = error
        self._ended()


class Crew:
    """All threads of a run; the first error of any is raised by `check` on the coordinator."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._workers: list[Worker] = []
        self.bell = Event()

    def start(self, role: str, work: Work) -> Worker:
        """A new thread at this work."""
        number = sum(
            worker.thread.name.startswith(f"{self._name}:{role}") for worker in self._workers
        )
        worker = Worker(f"{self._name}:{role}-{number}", work, ended=self.bell.set)
        self._workers.append(worker)
        worker.thread.start()
        return worker

    def check(self) -> None:
        """Raise the first error that any thread ended with."""
        for worker in self._workers:
            if worker.error is not None:
                raise worker.error

    def retire(self) -> None:
        """Tell all threads to end."""
        for worker in self._workers:
            worker.retiring.set()

    def join(self) -> bool:
        """Whether all threads ended in time; they were told to."""
        self.retire()
        deadline = monotonic() + JOIN_WITHIN.total_seconds()
        for worker in self._workers:
            worker.thread.join(max(deadline - monotonic(), 0))
        return not any(worker.is_alive for worker in self._workers)


class Squad:
    """Threads at the same work, as many as are wanted."""

    def __init__(self, crew: Crew, role: str, work: Work) -> None:
        self._crew = crew
        self._role = role
        self._work = work
        self._workers: list[Worker] = []

    def resize(self, wanted: int) -> None:
        """So many are at work; the others retire after their statement."""
        self._workers = [worker for worker in self._workers if worker.is_alive]
        staying = [worker for worker in self._workers if not worker.retiring.is_set()]
        for worker in staying[wanted:]:
            worker.retiring.set()
        for _ in range(wanted - len(staying)):
            self._workers.append(self._crew.start(self._role, self._work))

    @property
    def is_done(self) -> bool:
        """Whether nobody works any more, nor is about to retire."""
        return not any(worker.is_alive for worker in self._workers)


class Turnstile:
    """Lets threads in one by one to do a piece of work, and can be shut once all are out."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self._is_shut = False

    @contextmanager
    def inside(self, leaving: Event) -> Iterator[bool]:
        """Whether to work, for the length of the block; waits while shut, False when leaving."""
        with self._changed:
            while self._is_shut and not leaving.is_set():
                self._changed.wait(0.05)
            may_work = not leaving.is_set()
            self._inside += may_work
        try:
            yield may_work
        finally:
            with self._changed:
                self._inside -= may_work
                self._changed.notify_all()

    def shut(self, *, within: timedelta) -> bool:
        """Whether all are out and nobody comes in; if not in time, it is open again."""
        deadline = monotonic() + within.total_seconds()
        with self._changed:
            self._is_shut = True
            while self._inside and (left := deadline - monotonic()) > 0:
                self._changed.wait(left)
            self._is_shut = not self._inside
            self._changed.notify_all()
            return self._is_shut

    def open(self) -> None:
        """Let threads in again."""
        with self._changed:
            self._is_shut = False
            self._changed.notify_all()
