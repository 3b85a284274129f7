"""Whether the server takes writes, and takes them alone."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """A primary whose log holds all that it executes."""
    server = sight.server
    if server.is_read_only:
        yield _failure(sight, "it is read-only", "apply on the primary")
    if server.is_on("wsrep_on"):
        yield _failure(sight, "it is part of a Galera cluster", "no online copy can run there")
    single = sight.settings.get("group_replication_single_primary_mode", "ON").upper()
    if single in {"OFF", "0"} and sight.settings.get("group_replication_group_name"):
        yield _failure(sight, "its group has several primaries", "switch the group to one primary")


def _failure(sight: Sight, what: str, fix: str) -> Failure:
    return Failure(code="server", subject=sight.server.place, what=what, fix=fix)
