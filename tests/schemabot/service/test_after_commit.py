"""Hooks after a commit: isolated, bounded, independent of the request, never before it (Q-37)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import anyio
import pytest
from sqlalchemy import Connection

from schemabot.domain.apply import ApplyFilter
from schemabot.domain.idempotency import StoredAnswer
from schemabot.offload import Offload
from schemabot.service.after_commit import AfterCommit
from schemabot.service.applying import Applying
from schemabot.service.dispatching import NoDispatcher
from schemabot.storage.database import Database
from schemabot.storage.storage import Storage
from schemabot.storage.upgrade import upgrade
from tests.support.api_client import Api, settings_of, surface_over
from tests.support.spans import eventually

LIMIT = timedelta(milliseconds=50)


@asynccontextmanager
async def running(after_commit: AfterCommit) -> AsyncIterator[None]:
    async with anyio.create_task_group() as group:
        await group.start(after_commit.run)
        yield
        group.cancel_scope.cancel()


async def does() -> None:
    await anyio.lowlevel.checkpoint()


async def breaks() -> None:
    await anyio.lowlevel.checkpoint()
    raise ValueError


async def test_a_hook_that_fails_or_hangs_stops_no_other() -> None:
    after_commit = AfterCommit(limit=LIMIT)
    async with running(after_commit):
        for _ in range(8):
            after_commit.post("broken", breaks)
            after_commit.post("hanging", anyio.sleep_forever)
            after_commit.post("good", does)
        await eventually(lambda: after_commit.count("good", "done") == 8)
        await eventually(lambda: after_commit.count("hanging", "failed") == 8)
    assert after_commit.count("broken", "failed") == 8


async def test_what_comes_when_there_is_no_room_is_dropped() -> None:
    after_commit = AfterCommit(limit=timedelta(seconds=30), room=2)
    async with running(after_commit):
        for _ in range(3):
            after_commit.post("too early to be taken", anyio.sleep_forever)
        assert after_commit.count("too early to be taken", "dropped") == 1
        await anyio.lowlevel.checkpoint()
        for _ in range(2):
            after_commit.post("taken later", does)
        await eventually(lambda: after_commit.count("taken later", "done") == 2)


async def test_while_nobody_runs_hooks_they_are_dropped() -> None:
    after_commit = AfterCommit()
    after_commit.post("wake", does)
    async with running(after_commit):
        after_commit.post("wake", does)
        await eventually(lambda: after_commit.count("wake", "done") == 1)
    after_commit.post("wake", does)
    assert after_commit.count("wake", "dropped") == 2


async def test_a_hook_outlives_the_request_that_posted_it() -> None:
    after_commit = AfterCommit()
    go_on = anyio.Event()
    async with running(after_commit):
        with anyio.CancelScope() as request:
            after_commit.post("slow", go_on.wait)
            request.cancel()
            await anyio.lowlevel.checkpoint()
        go_on.set()
        await eventually(lambda: after_commit.count("slow", "done") == 1)


def test_a_step_that_raises_is_counted_and_nobody_else_sees_it() -> None:
    after_commit = AfterCommit()

    def fail() -> None:
        raise ValueError

    after_commit.do("hand_over", fail)
    assert after_commit.count("hand_over", "failed") == 1


class SlowCommit(Database):
    """Commits an apply only once a hook has looked, or when it seems that none will."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.looked = Event()
        self.is_slow = False

    def commit(self, connection: Connection) -> None:
        if self.is_slow:
            self.looked.wait(0.5)
        super().commit(connection)


class Looks(NoDispatcher):
    """A wake that looks for the row as another process would."""

    def __init__(self, database: SlowCommit, url: str) -> None:
        self.mine = database
        self.others = Storage(Database(url))
        self.threads = Offload("look", limit=1)
        self.seen: list[int] = []

    async def look(self) -> None:
        page = await self.threads.run(self.others.applies.find, ApplyFilter(), limit=9)
        self.seen.append(len(page.items))
        self.mine.looked.set()


class WakesFirst(Applying):
    """The fault: the hook is posted before the commit."""

    async def apply(self, *args: Any, **kwargs: Any) -> StoredAnswer:  # noqa: ANN401 (as they come)
        self._after_commit.post("wake", self._wake)
        return await super().apply(*args, **kwargs)


@pytest.fixture
def looking(tmp_path: Path) -> tuple[Api, Looks]:
    """The surface, whose wake looks at the rows."""
    url = f"sqlite:///{tmp_path / 'service.db'}"
    database = SlowCommit(url)
    upgrade(database)
    looks = Looks(database, url)
    return surface_over(Storage(database), settings_of(tmp_path), dispatcher=looks), looks


async def rows_seen_first(api: Api, looks: Looks, applying: type[Applying]) -> int:
    """How many applies the first hook saw."""
    mine = api.parts.services.applying
    mine.__class__ = applying
    mine._wake = looks.look  # type: ignore[method-assign]  # noqa: SLF001 (the planted hook)
    async with running(api.parts.services.after_commit):
        plan = await api.plan()
        looks.mine.is_slow = True
        await api.post("/api/apply", {"plan_id": plan["plan_id"], "environment": "staging"})
        await eventually(lambda: looks.seen)
    return looks.seen[0]


async def test_a_hook_sees_what_was_committed(looking: tuple[Api, Looks]) -> None:
    assert await rows_seen_first(*looking, Applying) == 1


async def test_a_hook_before_the_commit_is_found(looking: tuple[Api, Looks]) -> None:
    """Q-62: the mutant."""
    assert await rows_seen_first(*looking, WakesFirst) == 0
