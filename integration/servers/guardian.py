"""The child that outlives its parent for a moment, to kill the server and to remove the directory.

Run as `python -m integration.servers.guardian PLACE`. It makes a directory in PLACE, writes its
path as one line, and then reads lines:

    watch <pid> <moment>   this process is to be killed at the end, in place of the one before
    beside <pid> <moment>  this one is to be ended first, alone, in place of the one before
    keep                   leave the process and the directory where they are, and end

At the end of its input, or once its parent is gone, it does what it is there for.
"""

import os
import select
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from integration.servers.birth import Born

PARENT_LOOK_SECONDS = 0.5
KILL_SECONDS = 20.0
END_SECONDS = 5.0
REMOVE_SECONDS = 20.0


def main() -> int:
    """0 when nothing is left, or all was to be kept."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    directory = Path(tempfile.mkdtemp(prefix="sb-", dir=sys.argv[1]))
    known: dict[str, Born] = {}
    for order in _orders(directory):
        if order == "keep":
            return 0
        word, pid, moment = order.split(maxsplit=2)
        known[word] = Born(pid=int(pid), moment=moment)
    beside, watched = known.get("beside"), known.get("watch")
    if beside is not None:
        beside.end(deadline_seconds=END_SECONDS)
    if watched is not None and not watched.kill_group(deadline_seconds=KILL_SECONDS):
        sys.stderr.write(f"process {watched.pid} can't be killed; {directory} stays\n")
        return 1
    return remove(directory)


def remove(directory: Path) -> int:
    """0 once the directory is gone; files that a dying process still writes are waited for."""
    deadline = time.monotonic() + REMOVE_SECONDS
    never = threading.Event()
    while directory.exists():
        try:
            shutil.rmtree(directory)
        except OSError as error:
            if time.monotonic() > deadline:
                sys.stderr.write(f"{directory} can't be removed: {error}\n")
                return 1
            never.wait(0.1)
    return 0


def _orders(directory: Path) -> Iterator[str]:
    """The parent's lines until its end; a parent that never reads the answer has ended, too."""
    parent = os.getppid()
    try:
        os.write(sys.stdout.fileno(), f"{directory}\n".encode())
    except BrokenPipeError:
        return
    rest = b""
    while chunk := _next_chunk(parent):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.decode() for line in lines)


def _next_chunk(parent: int) -> bytes:
    while True:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], PARENT_LOOK_SECONDS)
        if readable:
            return os.read(sys.stdin.fileno(), 4096)
        if os.getppid() != parent:
            return b""


if __name__ == "__main__":
    sys.exit(main())
