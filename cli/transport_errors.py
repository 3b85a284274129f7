"""What can go wrong between a request and its answer, in words (C-42)."""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from cli.errors import (
    ConnectionBroke,
    HostUnknown,
    NoAnswer,
    NothingListens,
    NotJson,
    NotThisService,
    ServiceRefusal,
    TlsTrouble,
)
from cli.profiles import Endpoint
from tern.errors import SchemaBotError

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_SHOWN_CHARACTERS = 100
_NOT_FOUND = 404


@contextmanager
def translated(endpoint: Endpoint, *, seconds: float, planning: bool = False) -> Iterator[None]:
    """Turns what httpx raises in the block into errors of the tree."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise NoAnswer(endpoint=endpoint.url, seconds=seconds, planning=planning) from error
    except httpx.ConnectError as error:
        raise _unconnected(endpoint, error) from error
    except (httpx.TransportError, httpx.InvalidURL, ssl.SSLError) as error:
        raise ConnectionBroke(endpoint=endpoint.url, reason=str(error)) from error


def read_refusal(endpoint: Endpoint, response: httpx.Response) -> SchemaBotError:
    """What an answer that is no success says."""
    body = _json_object(response)
    if body is None:
        return NotJson(
            endpoint=endpoint.url, status=response.status_code, text=_plain(response.text)
        )
    message, answered = body.get("error"), body.get("error_code")
    if not isinstance(message, str) or not isinstance(answered, str):
        return NotThisService(endpoint=endpoint.url, path=response.request.url.path)
    if response.status_code == _NOT_FOUND and answered == "not_found":
        return NotThisService(endpoint=endpoint.url, path=response.request.url.path)
    details, next_action = body.get("details"), body.get("next_action")
    return ServiceRefusal(
        status=response.status_code,
        answered=answered,
        message=message,
        next_action=next_action if isinstance(next_action, str) else None,
        details=details if isinstance(details, dict) else None,
        retry_after=_seconds(response.headers.get("retry-after", "")),
    )


def _json_object(response: httpx.Response) -> Mapping[str, object] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _plain(text: str) -> str:
    """A page's title and its first words, without tags."""
    title = _TITLE.search(text)
    words = " ".join(_TAG.sub(" ", _TITLE.sub(" ", _HIDDEN.sub(" ", text))).split())
    heading = " ".join(title[1].split()) if title else ""
    return ": ".join(part for part in (heading, words[:_SHOWN_CHARACTERS]) if part)


def _seconds(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _unconnected(endpoint: Endpoint, error: httpx.ConnectError) -> SchemaBotError:
    causes = list(_causes(error))
    for cause in causes:
        match cause:
            case socket.gaierror():
                return HostUnknown(host=endpoint.host, source=endpoint.source)
            case ssl.SSLCertVerificationError():
                return TlsTrouble(
                    endpoint=endpoint.url,
                    problem=f"its certificate is not trusted: {cause.verify_message}",
                    next_action="name the authority's file as ca_file in the profile",
                )
            case ssl.SSLError():
                return TlsTrouble(
                    endpoint=endpoint.url,
                    problem="it does not speak TLS as expected",
                    next_action="write http:// if the service listens without TLS",
                )
            case ConnectionRefusedError():
                return NothingListens(endpoint=endpoint.url)
            case _:
                continue
    if "ssl" in str(error).lower():
        return TlsTrouble(
            endpoint=endpoint.url,
            problem=str(error),
            next_action="write http:// if the service listens without TLS",
        )
    return NothingListens(endpoint=endpoint.url)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it, members of groups included."""
    seen: set[int] = set()
    left: list[BaseException] = [error]
    while left:
        found = left.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        if isinstance(found, BaseExceptionGroup):
            left += found.exceptions
        left += [each for each in (found.__cause__, found.__context__) if each is not None]
