"""Leaves of the error tree that only the command line knows (C-42)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tern.errors import Conflict, InvalidRequest, NotFound, SchemaBotError, Transient

_SERVE = "start `schemabot serve`, or name another service with --endpoint"


class BadUsage(InvalidRequest):
    """The command line itself is wrong."""

    code = "usage"

    def __init__(self, *, problem: str, command: str) -> None:
        super().__init__(problem, next_action=f"{command} --help")


class FileUnreadable(InvalidRequest):
    """A file or directory that was named can't be read."""

    code = "file_unreadable"

    def __init__(self, *, path: Path, reason: str, next_action: str | None = None) -> None:
        super().__init__(f"{path}: {reason}", next_action=next_action or "check the path")


class FileExists(InvalidRequest):
    """What would be written is there already, and nothing is ever overwritten."""

    code = "file_exists"

    def __init__(self, *, path: Path) -> None:
        super().__init__(
            f"{path} exists already; nothing was written",
            next_action="name another directory, or let `schemabot pull` bring this one up to date",
        )


class NobodyToAsk(InvalidRequest):
    """A question needs a person, and standard input is no terminal."""

    code = "nobody_to_ask"

    def __init__(self) -> None:
        super().__init__(
            "this needs a `yes`, and standard input is not a terminal",
            next_action="read what is shown above, then add -y",
        )


class Declined(Conflict):
    """The answer was something other than `yes`."""

    code = "declined"

    def __init__(self) -> None:
        super().__init__("Nothing was changed.")


class Interrupted(Conflict):
    """Ctrl-C or SIGTERM before the outcome was known."""

    code = "interrupted"

    def __init__(self, *, said: str, next_action: str | None = None) -> None:
        super().__init__(said, next_action=next_action)


class ProfileFileInvalid(InvalidRequest):
    """The profile file can't be used as it is."""

    code = "profile_file_invalid"

    def __init__(self, *, path: Path, problem: str, next_action: str) -> None:
        super().__init__(f"{path}: {problem}", next_action=next_action)


class ProfileUnknown(InvalidRequest):
    """No profile has this name."""

    code = "profile_unknown"

    def __init__(self, *, name: str, known: Sequence[str], path: Path) -> None:
        listed = ", ".join(known) or "none"
        super().__init__(
            f"there is no profile {name}; {path} has: {listed}",
            next_action=f"name one of these with --profile, or add {name} to {path}",
        )


class TokenWouldLeak(InvalidRequest):
    """A token would cross a network unprotected."""

    code = "token_would_leak"

    def __init__(self, *, endpoint: str) -> None:
        super().__init__(
            f"a token is not sent to {endpoint} over plain HTTP",
            next_action="use https, or set allow_plaintext: true in the profile",
        )


class NothingListens(Transient):
    """The endpoint's machine refuses the connection."""

    code = "connection_refused"

    def __init__(self, *, endpoint: str) -> None:
        super().__init__(f"nothing listens at {endpoint}", next_action=_SERVE)


class HostUnknown(Transient):
    """The endpoint's host has no address."""

    code = "host_unknown"

    def __init__(self, *, host: str, source: str) -> None:
        super().__init__(
            f"the host {host} is not known", next_action=f"check the endpoint, which {source} names"
        )


class NoAnswer(Transient):
    """The service did not answer in time."""

    code = "no_answer"

    def __init__(self, *, endpoint: str, seconds: float, planning: bool) -> None:
        more = "; the plan may still be running there" if planning else ""
        super().__init__(
            f"no answer from {endpoint} within {seconds:g} s{more}",
            next_action="try again, or wait longer with --timeout",
        )


class ConnectionBroke(Transient):
    """The connection ended before the answer did."""

    code = "connection_broke"

    def __init__(self, *, endpoint: str, reason: str) -> None:
        super().__init__(
            f"the connection to {endpoint} broke: {reason or 'no reason given'}",
            next_action="try again; look at the service's log if it lasts",
        )


class TlsTrouble(InvalidRequest):
    """The encrypted connection can't be made."""

    code = "tls_failure"

    def __init__(self, *, endpoint: str, problem: str, next_action: str) -> None:
        super().__init__(f"{endpoint}: {problem}", next_action=next_action)


class NotJson(InvalidRequest):
    """Something answered that is no SchemaBot service: a proxy, a login page."""

    code = "not_json"

    def __init__(self, *, endpoint: str, status: int, text: str) -> None:
        super().__init__(
            f"{endpoint} answered with status {status} and no JSON: {text or '(empty)'}",
            next_action="check the endpoint; a proxy or a login page may stand before it",
        )


class NotThisService(InvalidRequest):
    """JSON, but none that a SchemaBot service sends."""

    code = "not_this_service"

    def __init__(self, *, endpoint: str, path: str) -> None:
        super().__init__(
            f"{endpoint} has no {path}: it is not a SchemaBot service, or an older one",
            next_action="check the endpoint, and compare the versions with `schemabot version`",
        )


class VersionsDiffer(InvalidRequest):
    """Client and service don't speak the same version of the API."""

    code = "versions_differ"

    def __init__(self, *, endpoint: str, client: str, service: str, problem: str) -> None:
        super().__init__(
            f"this is schemabot {client}, {endpoint} is {service}, and they differ: {problem}",
            next_action="use the version of schemabot that the service has",
        )


class ServiceRefusal(SchemaBotError):
    """The service answered with an error of its own.

    Attributes:
        answered: The body's `error_code`.
        retry_after: Seconds that it asks to wait.
    """

    code = "service_refusal"

    def __init__(
        self,
        *,
        status: int,
        answered: str,
        message: str,
        next_action: str | None = None,
        details: Mapping[str, object] | None = None,
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(message, next_action=next_action, details=details)
        self.status = status
        self.answered = answered
        self.retry_after = retry_after

    @property
    def is_retryable(self) -> bool:
        """Whether waiting may help."""
        return self.status in {429, 503}

    def after_waiting(self, seconds: float) -> "ServiceRefusal":
        """The same, saying how long was waited for something better."""
        return ServiceRefusal(
            status=self.status,
            answered=self.answered,
            message=f"{self.message} (waited {seconds:.0f} s)",
            next_action=self.next_action,
            details=self.details,
            retry_after=self.retry_after,
        )


class EnvironmentGuard(Conflict):
    """The apply belongs to another environment than the one named (C-10)."""

    code = "environment_mismatch"

    def __init__(self, *, apply_id: str, named: str, actual: str) -> None:
        super().__init__(
            f"{apply_id} runs in {actual}, not in {named}",
            next_action=f"name -e {actual} if you mean this apply",
        )


class StillPending(Conflict):
    """A control request was accepted and has no outcome yet."""

    code = "still_pending"

    def __init__(self, *, operation: str, apply_id: str, seconds: float) -> None:
        super().__init__(
            f"{operation} of {apply_id} is accepted and still pending after {seconds:.0f} s",
            next_action=f"schemabot progress {apply_id}",
        )


class RequestFailed(Conflict):
    """A control request ended without what was asked for."""

    code = "request_failed"

    def __init__(self, *, operation: str, apply_id: str, reason: str) -> None:
        super().__init__(
            f"{operation} of {apply_id} failed: {reason}",
            next_action=f"schemabot progress {apply_id}",
        )


class CannotListen(Transient):
    """The address to listen on can't be had."""

    code = "cannot_listen"

    def __init__(self, *, address: str, reason: str) -> None:
        super().__init__(
            f"can't listen on {address}: {reason}",
            next_action="end the process that holds it, or name another with --listen",
        )


class DemoFailed(SchemaBotError):
    """A step of the demonstration did not show what it should."""

    code = "demo_failed"

    def __init__(self, *, step: str, reason: str) -> None:
        super().__init__(f"{step}: {reason}")


class NothingLeft(NotFound):
    """No stand-alone run has left anything on a table."""

    code = "nothing_left"

    def __init__(self, *, table: str) -> None:
        super().__init__(f"no `schemabot alter` has left anything on {table}")


class NotHeld(Conflict):
    """A cutover that is to be let go does not wait."""

    code = "not_held"

    def __init__(self, *, table: str, reason: str) -> None:
        super().__init__(f"{table}: {reason}")


class Bug(SchemaBotError):
    """Something that should not happen did."""

    code = "internal_error"

    def __init__(self, *, error: BaseException) -> None:
        super().__init__(
            f"something failed inside schemabot ({type(error).__name__}: {error})",
            next_action="repeat it with -v -v to see where, and report it",
        )
