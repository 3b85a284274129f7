"""Starts a process only once the guardian knows it: no moment in which nobody would end it.

A shell waits for a line, then becomes the command, with the same number and moment of birth.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from integration.servers.birth import born
from integration.servers.errors import GuardianLostError
from integration.servers.guard import Guard

WAIT_FOR_A_LINE_BESIDE = 'read -r _ </dev/fd/"$0" && exec "$@"'
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


def start_beside(
    command: Sequence[str], *, guard: Guard, env: Mapping[str, str], output: IO[str] | None
) -> subprocess.Popen[bytes]:
    """Run a command on this process's own terminal and in its session; `output` None: inherited.

    Raises:
        GuardianLostError: there is no guardian; the command was not run.
    """
    line, gate = os.pipe()
    with closing(os.fdopen(gate, "wb", buffering=0)) as opener:
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is the caller's
                ["/bin/sh", "-c", WAIT_FOR_A_LINE_BESIDE, str(line), *command],
                env=dict(env),
                stdout=output,
                pass_fds=(line,),
            )
        finally:
            os.close(line)
        try:
            waiting = born(process.pid)
            if waiting is not None:
                guard.watch_beside(waiting)
        except BaseException:
            process.kill()
            process.wait()
            raise
        with suppress(BrokenPipeError):  # interrupted meanwhile, and ended
            opener.write(b"go\n")
    return process


def _open_gate(process: subprocess.Popen[bytes], guard: Guard) -> None:
    waiting = born(process.pid)
    assert process.stdin is not None  # it was asked for
    with process.stdin as gate:
        if waiting is None:
            raise GuardianLostError(doing="waiting for its first server")
        guard.watch(waiting)
        gate.write(b"go\n")
