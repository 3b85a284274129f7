"""What the command line finds around it: variables, streams, the way to a service."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TextIO

import httpx

Route = Callable[[], AbstractAsyncContextManager[httpx.AsyncBaseTransport]]
"""Opens the way that requests take, on the event loop of the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything outside that a command may touch.

    Attributes:
        is_terminal: Whether a person sees standard output.
        answers: Whether a person can answer on standard input.
        route: None: over the network.
        retry_delays: Seconds before each further try of a request.
    """

    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    is_terminal: bool = False
    answers: bool = False
    route: Route | None = None
    retry_delays: tuple[float, ...] = (1.0, 2.0, 4.0)


def actual_surroundings() -> Surroundings:
    """Those of this process."""
    return Surroundings(
        environ=os.environ,
        stdin=sys.stdin,
        stdout=sys.stdout,
        stderr=sys.stderr,
        is_terminal=sys.stdout.isatty(),
        answers=sys.stdin.isatty(),
    )
