"""What a command that asks a service works with."""

import getpass
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from cli.client import Service, connected
from cli.options import GlobalOptions
from cli.profiles import Endpoint
from cli.screen import Screen, open_screen
from cli.surroundings import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A service to ask and a screen to show its answers on."""

    service: Service
    screen: Screen

    @property
    def who(self) -> str:
        """This person on this machine; a service without authentication believes it."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):
            user = "unknown"
        return f"{user}@{socket.gethostname()}"


@asynccontextmanager
async def open_session(
    surroundings: Surroundings,
    options: GlobalOptions,
    *,
    endpoint: Endpoint,
    trust: ssl.SSLContext | bool,
) -> AsyncIterator[Session]:
    """A session with the service at this endpoint."""
    screen = open_screen(surroundings, options)
    async with AsyncExitStack() as stack:
        route = surroundings.route
        transport = None if route is None else await stack.enter_async_context(route())
        service = await stack.enter_async_context(
            connected(
                endpoint,
                transport=transport,
                trust=trust,
                patience=options.timeout,
                retry_delays=surroundings.retry_delays,
                note=screen.detail,
            )
        )
        yield Session(service=service, screen=screen)
