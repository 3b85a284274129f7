"""A request -> strict values; whatever does not fit is named by its path (A-2, A-3, A-7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

import anyio
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from schemabot.api.errors import BodyTooLarge, InvalidJson, UnsupportedMediaType
from schemabot.api.json_text import parse_object
from schemabot.config.strict import wrongs
from schemabot.config.yaml_text import dotted
from schemabot.domain.errors import InvalidField
from schemabot.domain.idempotency import IdempotencyKey, hash_body
from schemabot.offload import Offload
from schemabot.service.caller import Caller

Model = TypeVar("Model", bound=BaseModel)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_LARGE_BYTES = 128 * 1024
_KEY_HEADER = "Idempotency-Key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How large a body may be, and how long it may take to arrive.

    Attributes:
        threads: For bodies whose decoding would hold up the event loop.
    """

    body_bytes: int
    body_time: timedelta
    threads: Offload


@dataclass(frozen=True, slots=True, kw_only=True)
class Body(Generic[Model]):
    """A decoded body, and the key under which its write happens once, if one was sent."""

    value: Model
    key: IdempotencyKey | None


def caller_of(request: Request) -> Caller:
    """Who asks, as the authentication found."""
    caller = request.scope["state"]["caller"]
    if not isinstance(caller, Caller):
        raise TypeError(caller)
    return caller


def traceparent_of(request: Request) -> str | None:
    """The W3C trace context that came with the request, if it is one."""
    given = request.headers.get("traceparent", "")
    return given if _TRACEPARENT.fullmatch(given) else None


async def read_body(request: Request, model: type[Model], *, limits: Limits) -> Body[Model]:
    """The body as the model.

    Raises:
        UnsupportedMediaType, BodyTooLarge, InvalidJson: it can't be read.
        InvalidField: it can, and is not what the route takes.
    """
    no_query(request)
    _check_type(request)
    content = await _content(request, limits)
    if len(content) > _LARGE_BYTES:
        value = await limits.threads.run(_decoded, model, content)
    else:
        value = _decoded(model, content)
    return Body(value=value, key=_key(request, content))


def read_query(request: Request, model: type[Model]) -> Model:
    """The query parameters as the model; a list takes a parameter several times.

    Raises:
        InvalidField: one is unknown, repeated or out of range.
    """
    values: dict[str, object] = {}
    repeated = []
    for name in request.query_params:
        given = request.query_params.getlist(name)
        field = model.model_fields.get(name)
        if field is not None and field.default == ():
            values[name] = given
        elif len(given) > 1:
            repeated.append((name, "it stands in the query more than once"))
        else:
            values[name] = given[0]
    if any("\0" in str(value) for value in values.values()):
        repeated.append(("query", "it holds a NUL character"))
    if repeated:
        raise InvalidField(fields=repeated)
    return _checked(model, values)


def no_query(request: Request) -> None:
    """Raises InvalidField for any query parameter."""
    names = sorted(set(request.query_params))
    if names:
        raise InvalidField(fields=[(name, "unknown query parameter") for name in names])


def _decoded(model: type[Model], content: bytes) -> Model:
    return _checked(model, parse_object(content))


def _checked(model: type[Model], values: Mapping[str, object]) -> Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = [(dotted(w.path) or "body", w.message) for w in wrongs(model, error)]
        raise InvalidField(fields=found) from error


def _check_type(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(reason="the body is encoded")
    kind, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = {p.strip() for p in parameters if p.strip().startswith("charset")}
    if kind.strip() != "application/json" or charsets - {"charset=utf-8", 'charset="utf-8"'}:
        raise UnsupportedMediaType(reason=f"the body is said to be {kind.strip()[:80]!r}")


async def _content(request: Request, limits: Limits) -> bytes:
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limits.body_bytes:
        raise BodyTooLarge(limit_bytes=limits.body_bytes)
    try:
        with anyio.fail_after(limits.body_time.total_seconds()):
            return await _counted(request, limits.body_bytes)
    except TimeoutError as error:
        seconds = f"{limits.body_time.total_seconds():g}"
        raise InvalidJson(reason=f"it did not arrive within {seconds} s") from error


async def _counted(request: Request, most: int) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise BodyTooLarge(limit_bytes=most)
    return bytes(content)


def _key(request: Request, content: bytes) -> IdempotencyKey | None:
    given = request.headers.getlist(_KEY_HEADER)
    if not given:
        return None
    if len(given) > 1 or _KEY.fullmatch(given[0]) is None:
        problem = "send it once, with 1 to 255 visible ASCII characters"
        raise InvalidField(fields=[(_KEY_HEADER, problem)])
    return IdempotencyKey(
        caller=caller_of(request).subject,
        route=f"{request.method} {request.url.path}",
        key=given[0],
        body_hash=hash_body(content),
    )
