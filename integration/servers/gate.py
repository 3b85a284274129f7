"""Starts a process only once the guardian knows it: no moment in which nobody would end it.

A shell waits for a line, then becomes the command, with the same number and moment of birth.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from integration.servers.birth import born
from integration.servers.errors import GuardianLostError
from integration.servers.guard import Guard

WAIT_FOR_A_LINE = 'read -r _ && exec "$@" </dev/null'


def start_watched(command: Sequence[str], *, guard: Guard, output: Path) -> subprocess.Popen[bytes]:
    """Run a command in a session of its own, its output appended to a file.

    Raises:
        GuardianLostError: there is no guardian; the command was not run.
    """
    with output.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - the command is the caller's
            ["/bin/sh", "-c", WAIT_FOR_A_LINE, "gate", *command],
            stdin=subprocess.PIPE,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=guard.directory,
            start_new_session=True,
        )
    try:
        _open_gate(process, guard)
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return process


def _open_gate(process: subprocess.Popen[bytes], guard: Guard) -> None:
    waiting = born(process.pid)
    assert process.stdin is not None  # it was asked for
    with process.stdin as gate:
        if waiting is None:
            raise GuardianLostError(doing="waiting for its first server")
        guard.watch(waiting)
        gate.write(b"go\n")
