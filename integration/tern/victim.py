"""A process that runs a piece of work, for a test to kill or freeze: `python -m` with a file.

It prints each task that is reported as running, then the outcome's or the error's type.
"""

import pickle
import sys
from pathlib import Path

import anyio

from tern.local.access import TargetAccess
from tern.local.tern import LocalTern
from tern.values.progress import Progress, TaskStatus
from tern.values.run import Work
from tests.support.caller import HeldLease, Memory, SentSignals


class Talker(Memory):
    """A reporter that says on standard output which task runs."""

    async def progress(self, progress: Progress) -> None:
        await super().progress(progress)
        for task in progress.tasks:
            if task.status is TaskStatus.RUNNING:
                say(f"running {task.task_id} {task.phase}")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(path: str) -> None:
    """Run the pickled work under the pickled epoch."""
    access: TargetAccess
    work: Work
    content = await anyio.Path(path).read_bytes()
    access, work, epoch = pickle.loads(content)  # noqa: S301  # the test's own file
    tern = LocalTern({(work.target.database, work.target.environment): access})
    try:
        outcome = await tern.run(
            work, fence=HeldLease(epoch), signals=SentSignals(), report=Talker()
        )
    except Exception as error:  # noqa: BLE001  # its name is what the test wants
        say(f"raised {type(error).__name__}")
    else:
        say(f"ended {type(outcome).__name__}")


if __name__ == "__main__":
    anyio.run(main, str(Path(sys.argv[1])))
