"""Processes known by number and moment of birth, so that a number used again is never mistaken."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Born:
    """One process, for ever: its number and when it began, in the system's own words."""

    pid: int
    moment: str

    def is_alive(self) -> bool:
        """Does this very process still run? One that ended and was not yet collected does not."""
        return born(self.pid) == self

    def kill_group(self, *, deadline_seconds: float) -> bool:
        """Kill it with the process group that it leads; True once it is gone."""
        if self.is_alive():
            _kill_group(self.pid)
        return self._is_gone_within(deadline_seconds)

    def end(self, *, deadline_seconds: float) -> bool:
        """End it alone, as SIGTERM does; by force when that takes too long. True once it is gone.

        The group that it is in may be that of others, as with a command on somebody's terminal.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.is_alive():
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)
            if self._is_gone_within(deadline_seconds):
                return True
        return False

    def _is_gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        never = threading.Event()
        while self.is_alive() and time.monotonic() < deadline:
            never.wait(LOOK_SECONDS)
        return not self.is_alive()


def born(pid: int, *, processes: Path = Path("/proc")) -> Born | None:
    """Who runs under this number now; None when nobody does.

    Reads Linux's folder of processes; a system that has none is asked by `ps`.
    """
    if (processes / "self").exists():
        moment = _moment_of_linux(processes / str(pid) / "stat")
    else:
        moment = _moment_of_ps(pid)
    return Born(pid=pid, moment=moment) if moment else None


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _moment_of_linux(stat_file: Path) -> str | None:
    """Source: proc_pid_stat(5): after the name in brackets, field 3 is the state, 22 the start."""
    try:
        stat = stat_file.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else fields[19]


def _moment_of_ps(pid: int) -> str | None:
    answer = subprocess.run(  # noqa: S603 - a number is all that is passed
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - where the system has it
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    state, _, moment = answer.stdout.strip().partition(" ")
    return None if state.startswith("Z") else moment.strip() or None
