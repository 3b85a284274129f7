"""A process that dies or freezes with the work in its hands, and the one that takes over."""

import os
import pickle
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from integration.tern.desk import access
from integration.tern.real_world import RealWorld
from tern.values.run import Completed, Work
from tests.contracts.tern import Run
from tests.support.caller import HeldLease

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def victim(world: RealWorld, work: Work, folder: Path) -> AsyncIterator[Process]:
    """A process that runs the work under epoch 1."""
    file = anyio.Path(folder / "work")
    await file.write_bytes(pickle.dumps((access(world.database), work, 1)))
    command = [sys.executable, "-m", "integration.tern.victim", str(file)]
    process = await anyio.open_process(command, cwd=ROOT, stderr=None)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.aclose()


async def said(process: Process, words: str) -> str:
    """What the process has said when these words come."""
    assert process.stdout is not None
    heard = ""
    with anyio.fail_after(20):
        async for text in TextReceiveStream(process.stdout):
            heard += text
            if words in heard:
                break
    assert words in heard
    return heard


@pytest.fixture
def work(world: RealWorld) -> Work:
    return world.work()


async def test_what_a_killed_process_left_is_finished_by_the_next(
    world: RealWorld, work: Work, tmp_path: Path
) -> None:
    with world.blocked(1):
        async with victim(world, work, tmp_path) as process:
            await said(process, "running task-1")
            process.kill()
            await process.wait()
    assert await Run(tern=world.tern, work=work, lease=HeldLease(2)).to_end() == Completed()
    assert world.effects() == [each.ddl for each in work.statements]


async def test_a_frozen_process_is_taken_over_and_finds_itself_displaced(
    world: RealWorld, work: Work, tmp_path: Path
) -> None:
    """Wherever in its attempts it froze; the successor ends its session before it begins."""
    run = Run(tern=world.tern, work=work, lease=HeldLease(2))
    async with victim(world, work, tmp_path) as process:
        async with anyio.create_task_group() as group:
            with world.blocked(1):
                await said(process, "running task-1")
                os.kill(process.pid, signal.SIGSTOP)
                group.start_soon(run.to_end)
                await run.running("task-1")
        assert run.outcome == Completed()
        os.kill(process.pid, signal.SIGCONT)
        await said(process, "raised StaleEpoch")
    assert world.effects() == [each.ddl for each in work.statements]
