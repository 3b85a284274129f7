"""Leaves of the error tree that only HTTP knows: what is wrong with a request as a request."""

from collections.abc import Sequence

from tern.errors import Forbidden, InvalidRequest, NotFound, Transient


class InvalidJson(InvalidRequest):
    """The body is no JSON object as this API takes it."""

    code = "invalid_json"

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"the body can't be read: {reason}")


class BodyTooLarge(InvalidRequest):
    """The body has more bytes than a request may have."""

    code = "body_too_large"

    def __init__(self, *, limit_bytes: int) -> None:
        super().__init__(
            f"the body is larger than {limit_bytes} bytes", details={"limit_bytes": limit_bytes}
        )


class UnsupportedMediaType(InvalidRequest):
    """The body is not said to be plain JSON."""

    code = "unsupported_media_type"

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason, next_action="send Content-Type: application/json, unencoded")


class MisdirectedRequest(InvalidRequest):
    """The Host header names no host of this server: it may be a rebound name."""

    code = "misdirected_request"

    def __init__(self, *, host: str) -> None:
        super().__init__(
            f"this server is not {host[:100]!r}",
            next_action="call it by its own name, or add the name to server.allowed_hosts",
        )


class ForeignOrigin(Forbidden):
    """A page of another site tries to write."""

    code = "forbidden"

    def __init__(self, *, origin: str) -> None:
        super().__init__(
            f"writes from {origin[:100]!r} are not allowed",
            next_action="call the API from a program, not from a page of another site",
            details={"needs_role": None},
        )


class RouteNotFound(NotFound):
    """There is nothing at this path."""

    code = "not_found"

    def __init__(self, *, path: str) -> None:
        super().__init__(f"there is nothing at {path[:200]}")


class MethodNotAllowed(InvalidRequest):
    """The path exists and doesn't take this method."""

    code = "method_not_allowed"

    def __init__(self, *, method: str, path: str, allowed: Sequence[str]) -> None:
        super().__init__(f"{path[:200]} takes {', '.join(allowed)}, not {method[:20]}")
        self.allowed = tuple(allowed)


class Unauthenticated(Forbidden):
    """No credentials, or none that are known."""

    code = "unauthenticated"

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason, next_action="send Authorization: Bearer <token>")


class TooManyStreams(Transient):
    """All places for event streams are taken."""

    code = "too_many_streams"

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            f"{limit} event streams are open already", next_action="poll the progress instead"
        )


class ShuttingDown(Transient):
    """The process takes no new work."""

    code = "shutting_down"

    def __init__(self) -> None:
        super().__init__("this process is shutting down", next_action="try again in a moment")
