"""Whether the server takes writes, and takes them alone."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight

_LOGS_APPLIED = ("log_replica_updates", "log_slave_updates")


def check(sight: Sight) -> Iterator[Failure]:
    """A primary whose log holds all that it executes."""
    server = sight.server
    if server.is_read_only:
        yield _failure(sight, "it is read-only", "apply on the primary")
    if server.is_on("wsrep_on"):
        yield _failure(sight, "it is part of a Galera cluster", "no online copy can run there")
    if sight.is_replica and not any(map(server.is_on, _LOGS_APPLIED)):
        yield _failure(
            sight,
            "it replicates from another server and does not log what it applies",
            "set log_replica_updates (MariaDB: log_slave_updates), or apply on the primary",
        )
    single = sight.settings.get("group_replication_single_primary_mode", "ON").upper()
    if single in {"OFF", "0"} and sight.settings.get("group_replication_group_name"):
        yield _failure(sight, "its group has several primaries", "switch the group to one primary")


def _failure(sight: Sight, what: str, fix: str) -> Failure:
    return Failure(code="server", subject=sight.server.place, what=what, fix=fix)
