"""uvicorn without its own signals and logs: the process decides when it ends."""

import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from cli.errors import CannotListen
from schemabot.config.settings import ServerSettings
from schemabot.config.units import ListenAddress

_BACKLOG = 2048


class HttpServer(uvicorn.Server):
    """Serves on a socket that is bound already, until `should_exit` is set."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """None: the process has one place for signals, and this is not it."""
        yield


def http_server(app: Starlette, settings: ServerSettings, *, grace_seconds: int) -> HttpServer:
    """A server for the app; requests under way get the grace to end."""
    tls = settings.tls
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        loop="none",
        http="httptools",
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=grace_seconds,
        ssl_certfile=tls.cert_file,
        ssl_keyfile=tls.key_file,
        ssl_ca_certs=None if tls.client_ca_file is None else str(tls.client_ca_file),
    )
    return HttpServer(config)


def bind(address: ListenAddress) -> socket.socket:
    """A listening socket. Raises CannotListen: the address is taken, or not ours."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        return socket.create_server(
            (address.host, address.port), family=family, backlog=_BACKLOG, reuse_port=False
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotListen(address=str(address), reason=reason.lower()) from error


def url_of(bound: socket.socket, settings: ServerSettings) -> str:
    """The address that a client on this machine can use."""
    host, port = bound.getsockname()[:2]
    scheme = "https" if settings.tls.cert_file is not None else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
