"""procrastinate's worker, in a process of its own: `python -m ... ADDRESS`.

Standard output has `ready`, then `started <number> <monotonic nanoseconds>` for each task.
"""

import os
import sys
import time

import anyio
from procrastinate import App, PsycopgConnector

CONCURRENCY = 8


def make_app(address: str) -> App:
    """The application that both sides know: one task, which says when it began."""
    app = App(connector=PsycopgConnector(conninfo=address))

    @app.task(name="stamp")
    async def stamp(number: int) -> None:
        os.write(1, f"started {number} {time.monotonic_ns()}\n".encode())

    return app


async def _work(address: str) -> None:
    app = make_app(address)
    async with app.open_async():
        os.write(1, b"ready\n")
        await app.run_worker_async(concurrency=CONCURRENCY, wait=True)


if __name__ == "__main__":
    anyio.run(_work, sys.argv[1])
