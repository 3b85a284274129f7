"""Whether sessions are the server's own: locks, KILL and named locks go by their numbers."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """No proxy deals one session's statements out to several of the server's."""
    if not sight.has_own_session:
        yield Failure(
            code="proxy",
            subject=sight.server.place,
            what="the number of a session changes: a proxy stands between",
            fix="give the address of the server itself",
        )
