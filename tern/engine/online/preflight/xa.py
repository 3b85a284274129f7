"""Whether a prepared transaction without a session holds rows that nobody would ever free."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """None is left."""
    if sight.prepared:
        yield Failure(
            code="xa",
            subject=sight.server.place,
            what=f"prepared XA transactions are left over: {', '.join(sight.prepared)}",
            fix="see XA RECOVER, then XA COMMIT or XA ROLLBACK each",
        )
