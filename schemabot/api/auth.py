"""Who asks: everyone on this machine, or whoever shows a known token (A-47 to A-49)."""

import hashlib
import hmac
from dataclasses import dataclass, replace

from starlette.requests import HTTPConnection

from schemabot.api.errors import Unauthenticated
from schemabot.config.settings import AuthSettings, Role, TokenSettings
from schemabot.service.caller import Caller

_HASHED = "sha256:"
_LOCAL = Caller(subject="local", method="loopback", role=Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    digest: bytes
    caller: Caller


class Authentication:
    """Finds the caller of a request. Without any method everyone is the local admin.

    That this is so only where no other machine can connect is checked when the configuration is
    read: a listener off loopback without a method doesn't start.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._known = tuple(map(_known, settings.tokens))

    def caller(self, connection: HTTPConnection, *, request_id: str) -> Caller:
        """The caller.

        Raises:
            Unauthenticated: a method is configured, and the request shows nothing it knows.
        """
        address = connection.client.host if connection.client is not None else None
        found = self._by_token(connection) if self._known else _LOCAL
        return replace(found, address=address, request_id=request_id)

    def _by_token(self, connection: HTTPConnection) -> Caller:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated(reason="this needs a bearer token")
        digest = hashlib.sha256(token.strip().encode()).digest()
        # all are compared, so that the time taken tells nothing
        matches = [known for known in self._known if hmac.compare_digest(known.digest, digest)]
        if not matches:
            raise Unauthenticated(reason="this token is not known here")
        return matches[0].caller


def _known(settings: TokenSettings) -> _Known:
    text = settings.token.reveal()
    digest = (
        bytes.fromhex(text.removeprefix(_HASHED))
        if text.startswith(_HASHED)
        else hashlib.sha256(text.encode()).digest()
    )
    caller = Caller(
        subject=settings.name,
        method="token",
        role=settings.role,
        databases=settings.databases,
        environments=settings.environments,
    )
    return _Known(digest=digest, caller=caller)
