"""What every request passes, and what every answer carries (A-8, A-9).

Plain ASGI, outermost first: `Counted`, `Edge` (id, headers, the answer to any error), `OwnHost`,
`Known`.
"""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemabot.api.auth import Authentication
from schemabot.api.error_responses import error_response, internal_error
from schemabot.api.errors import ForeignOrigin, MisdirectedRequest
from schemabot.api.instruments import HttpInstruments
from schemabot.config.units import is_loopback_host
from schemabot.service.caller import Caller
from tern.errors import Forbidden, SchemaBotError

_log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{16,64}")
_NO_ANSWER = 499  # the client left before it
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
PROBES = frozenset({"/livez", "/readyz"})
PUBLIC = PROBES | {"/health", "/openapi.json", "/docs"}

Refusal = Callable[[Scope, Forbidden], Awaitable[None]]


class Counted:
    """Counts every answer under its route, those that never got to a route included."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        instruments: HttpInstruments,
        paths: Mapping[Callable[..., object], str],
    ) -> None:
        self._app = app
        self._instruments = instruments
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one other event, which passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = _NO_ANSWER

        async def sender(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sender)
        finally:
            self._instruments.note(
                method=scope["method"],
                route=self._paths.get(scope.get("endpoint", _nowhere), "none"),
                status=status,
                seconds=time.monotonic() - began,
            )


class Edge:
    """Gives each request its id and each error its answer; nothing raised gets past it."""

    def __init__(self, app: ASGIApp, *, refused: Refusal) -> None:
        self._app = app
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one other event, which passes untouched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        is_started = False

        async def sender(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, sender)
        except ClientDisconnect:
            return
        except Exception as error:
            if is_started:
                raise
            response = await self._answer(scope, error, request_id)
            await response(scope, receive, sender)

    async def _answer(self, scope: Scope, error: Exception, request_id: str) -> ASGIApp:
        if not isinstance(error, SchemaBotError):
            _log.exception("request %s failed", request_id, exc_info=error)
            return internal_error(request_id)
        response = error_response(error, request_id=request_id)
        if response.status_code == 500:  # noqa: PLR2004 (an HTTP status)
            _log.error("request %s failed", request_id, exc_info=error)
        if isinstance(error, Forbidden) and response.status_code in {401, 403}:
            await self._refused(scope, error)
        return response


class OwnHost:
    """Answers only under this server's own names, and takes no writes from pages of other sites."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; one under another name is refused."""
        if scope["type"] == "http" and scope["path"] not in PROBES:
            self._check(Headers(scope=scope), scope["method"])
        await self._app(scope, receive, send)

    def _check(self, headers: Headers, method: str) -> None:
        given = headers.getlist("host")
        host = _hostname(given[0]) if len(given) == 1 else None
        if host is None or not (is_loopback_host(host) or host in self._hosts):
            raise MisdirectedRequest(host=", ".join(given))
        origin = headers.get("origin")
        if method in _WRITES and origin is not None and not self._is_own(origin, given[0]):
            raise ForeignOrigin(origin=origin)

    def _is_own(self, origin: str, host: str) -> bool:
        netloc = urlsplit(origin).netloc.lower()
        return netloc == host.lower() or (_hostname(netloc) or "") in self._hosts


class Known:
    """Finds the caller of everything that is not public."""

    def __init__(self, app: ASGIApp, *, authentication: Authentication) -> None:
        self._app = app
        self._authentication = authentication

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; one without known credentials is refused."""
        if scope["type"] == "http" and scope["path"] not in PUBLIC:
            state = scope["state"]
            state["caller"] = self._authentication.caller(
                HTTPConnection(scope), request_id=state["request_id"]
            )
        await self._app(scope, receive, send)


def _nowhere() -> None:
    """The endpoint of a request that no route took."""


def refused_caller(scope: Scope) -> Caller | None:
    """Who was refused, where that is known."""
    caller = scope.get("state", {}).get("caller")
    return caller if isinstance(caller, Caller) else None


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def _hostname(host: str) -> str | None:
    """The name in a Host header or an origin's authority; None where there is none."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
