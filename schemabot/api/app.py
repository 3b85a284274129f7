"""The HTTP surface as one ASGI application."""

import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import Scope

from schemabot.api.auth import Authentication
from schemabot.api.error_responses import status_of
from schemabot.api.errors import MethodNotAllowed, RouteNotFound
from schemabot.api.feed import Feed
from schemabot.api.instruments import HttpInstruments
from schemabot.api.middleware import Counted, Edge, Known, OwnHost, refused_caller
from schemabot.api.parts import Parts
from schemabot.api.routes import routes
from schemabot.config.settings import ServerSettings
from schemabot.domain.audit import NewAudit
from schemabot.service.auditing import Auditing
from tern.errors import Forbidden, SchemaBotError

_log = logging.getLogger(__name__)


def create_app(parts: Parts, *, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """The application over these parts; it owns nothing that must be closed.

    Args:
        parts: Use cases and settings.
        beside: Routes of other surfaces, with their own authentication (A-12).
    """
    settings = parts.settings
    feed = Feed(parts.services.reporting)
    instruments = HttpInstruments(streams=lambda: feed.streams)
    own = routes(parts, feed=feed, instruments=instruments)
    app = Starlette(
        routes=[*own, *beside],
        middleware=[
            Middleware(Counted, instruments=instruments, paths={r.endpoint: r.path for r in own}),
            Middleware(Edge, refused=_Refusals(parts.services.auditing).record),
            Middleware(OwnHost, hosts=_own_hosts(settings.server)),
            Middleware(Known, authentication=Authentication(settings.auth)),
        ],
        exception_handlers={HTTPException: _routing_error},
    )
    app.router.redirect_slashes = False
    return app


def _own_hosts(server: ServerSettings) -> tuple[str, ...]:
    public = urlsplit(server.public_url).hostname if server.public_url else None
    return (*server.allowed_hosts, *((public,) if public else ()))


def _routing_error(request: Request, error: Exception) -> Response:
    """Starlette's own answers, as errors of the tree; `Edge` gives them their form."""
    if isinstance(error, HTTPException) and error.status_code == 405:  # noqa: PLR2004 (HTTP status)
        allowed = sorted((error.headers or {}).get("Allow", "").split(", "))
        raise MethodNotAllowed(method=request.method, path=request.url.path, allowed=allowed)
    raise RouteNotFound(path=request.url.path)


class _Refusals:
    """An audit row for each 401 and 403, as far as storage takes it (A-51)."""

    def __init__(self, auditing: Auditing) -> None:
        self._auditing = auditing

    async def record(self, scope: Scope, error: Forbidden) -> None:
        """Store who was refused what; an outage is logged and changes no answer."""
        caller = refused_caller(scope)
        client = scope.get("client")
        new = NewAudit(
            subject="unknown" if caller is None else caller.subject,
            method="none" if caller is None else caller.method,
            action=f"{scope['method']} {scope['path']}"[:200],
            outcome=status_of(error)[1],
            address=client[0] if client else None,
            request_id=scope["state"]["request_id"],
        )
        try:
            await self._auditing.append(new)
        except SchemaBotError:
            _log.exception("a refusal could not be audited")
