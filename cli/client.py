"""The client of our HTTP API: typed answers, retries that do nothing twice, errors in words."""

import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import uuid4

import anyio
import httpx
from pydantic import BaseModel, ValidationError

from cli.errors import ServiceRefusal, VersionsDiffer
from cli.profiles import Endpoint
from cli.transport_errors import read_refusal, translated
from cli.versions import product_version
from tern.errors import SchemaBotError

Document = TypeVar("Document", bound=BaseModel)

Query = Mapping[str, str | int | list[str]]

USUAL_TIMEOUT_SECONDS = 30.0
PLAN_TIMEOUT_SECONDS = 150.0
_NOT_MODIFIED = 304
_LONGEST_RETRY_AFTER_SECONDS = 30.0

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[Document]):
    """What a service answered: the text as it came, and what it means."""

    text: str
    document: Document
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request.

    Attributes:
        key: Sent with every try, so that a repeated write does nothing twice (C-6).
        seconds: How long the answer may take; None: as usual.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    key: str | None = None
    seconds: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Service:
    """One SchemaBot service; used on one event loop, within `connected`."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: httpx.AsyncClient,
        *,
        patience: float | None,
        retry_delays: tuple[float, ...],
        note: Note,
    ) -> None:
        self.endpoint = endpoint
        self._client = client
        self._patience = patience
        self._retry_delays = retry_delays
        self._note = note
        self._has_answered = False

    async def get(
        self, path: str, model: type[Document], *, query: Query | None = None
    ) -> Answer[Document]:
        """The document at a path.

        Raises:
            SchemaBotError: of `cli.errors`, for everything that is no such document.
        """
        response = await self._ask(Ask(method="GET", path=path, query=query or {}))
        return await self._read(response, model)

    async def get_if_newer(
        self, path: str, model: type[Document], *, tag: str | None
    ) -> Answer[Document] | None:
        """The document unless it is still the tagged one; asked once, without retries."""
        headers = {} if tag is None else {"If-None-Match": tag}
        response = await self._once(Ask(method="GET", path=path, headers=headers))
        if response.status_code == _NOT_MODIFIED:
            return None
        return await self._read(response, model)

    async def post(
        self,
        path: str,
        model: type[Document],
        *,
        body: Mapping[str, object],
        seconds: float | None = None,
    ) -> Answer[Document]:
        """The answer to a write, which is done once however often it is sent. Raises as `get`."""
        key = uuid4().hex
        ask = Ask(method="POST", path=path, body=body, key=key, seconds=seconds)
        return await self._read(await self._ask(ask), model)

    @asynccontextmanager
    async def stream(self, path: str, *, after: int) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of an event stream behind a version, over one connection. Raises as `get`."""
        timeout = httpx.Timeout(self._patience or USUAL_TIMEOUT_SECONDS, pool=None)
        headers = {"Last-Event-ID": str(after)}
        request = self._client.build_request("GET", path, headers=headers, timeout=timeout)
        with translated(self.endpoint, seconds=timeout.read or 0.0):
            response = await self._client.send(request, stream=True)
            try:
                if response.is_error:
                    await response.aread()
                    raise read_refusal(self.endpoint, response)
                self._has_answered = True
                yield response.aiter_lines()
            finally:
                await response.aclose()

    async def _ask(self, ask: Ask) -> httpx.Response:
        """The first answer that is no error, as far as trying again may bring one."""
        waited = 0.0
        for delay in self._retry_delays:
            try:
                return await self._once(ask)
            except SchemaBotError as error:
                if not self._may_try_again(error):
                    raise
                pause = min(max(delay, _asked_pause(error)), _LONGEST_RETRY_AFTER_SECONDS)
                self._note(f"{error.message}; trying again in {pause:g} s")
            await anyio.sleep(pause)
            waited += pause
        try:
            return await self._once(ask)
        except ServiceRefusal as error:
            raise (error.after_waiting(waited) if waited else error) from error

    async def _once(self, ask: Ask) -> httpx.Response:
        seconds = self._patience or ask.seconds or USUAL_TIMEOUT_SECONDS
        headers = dict(ask.headers)
        if ask.key is not None:
            headers["Idempotency-Key"] = ask.key
        request = self._client.build_request(
            ask.method,
            ask.path,
            params=dict(ask.query),
            json=ask.body,
            headers=headers,
            timeout=seconds,
        )
        began = time.monotonic()
        with translated(self.endpoint, seconds=seconds, planning=ask.path == "/api/plan"):
            response = await self._client.send(request)
        took = (time.monotonic() - began) * 1000
        self._note(f"{ask.method} {ask.path} {response.status_code} in {took:.0f} ms")
        if not response.is_success and response.status_code != _NOT_MODIFIED:
            raise read_refusal(self.endpoint, response)
        self._has_answered = True
        return response

    def _may_try_again(self, error: SchemaBotError) -> bool:
        """A service that never answered in this process is said to be absent at once."""
        match error:
            case ServiceRefusal(is_retryable=True):
                return True
            case _:
                return error.code in {"connection_refused", "connection_broke"} and (
                    self._has_answered
                )

    async def _read(self, response: httpx.Response, model: type[Document]) -> Answer[Document]:
        try:
            document = model.model_validate_json(response.content)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "the body"
            raise VersionsDiffer(
                endpoint=self.endpoint.url,
                client=product_version(),
                service=await self._service_version(),
                problem=f"{place}: {first['msg']}",
            ) from error
        return Answer(text=response.text, document=document, tag=response.headers.get("etag"))

    async def _service_version(self) -> str:
        try:
            response = await self._client.get("/health")
            return f"schemabot {response.json()['version']}"
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return "of an unknown version"


@asynccontextmanager
async def connected(
    endpoint: Endpoint,
    *,
    transport: httpx.AsyncBaseTransport | None,
    trust: ssl.SSLContext | bool,
    patience: float | None,
    retry_delays: tuple[float, ...],
    note: Note,
) -> AsyncIterator[Service]:
    """A service to ask, its connections closed afterwards."""
    headers = {"User-Agent": f"schemabot/{product_version()}"}
    if endpoint.token is not None:
        headers["Authorization"] = f"Bearer {endpoint.token}"
    with translated(endpoint, seconds=0):
        client = httpx.AsyncClient(
            base_url=endpoint.url,
            transport=transport,
            headers=headers,
            verify=trust,
            trust_env=not endpoint.is_on_this_machine,
        )
    async with client:
        yield Service(endpoint, client, patience=patience, retry_delays=retry_delays, note=note)


def _asked_pause(error: SchemaBotError) -> float:
    return error.retry_after if isinstance(error, ServiceRefusal) else 0.0
