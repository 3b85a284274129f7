"""Whether the swap of several names can be watched."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight


def check(sight: Sight) -> Iterator[Failure]:
    """MariaDB swaps several tables by sessions that queue for locks, which must be seen (E-51)."""
    if len(sight.tables) > 1 and sight.server.flavor.is_mariadb() and not sight.has_lock_table:
        yield Failure(
            code="names",
            subject=sight.server.place,
            what="it does not tell who holds metadata locks, so several tables can't be swapped",
            fix="INSTALL SONAME 'metadata_lock_info', or change one table at a time",
        )
