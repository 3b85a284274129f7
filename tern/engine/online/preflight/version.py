"""Whether the server is one that the engine's locks and names were proven on."""

from collections.abc import Iterator

from tern.engine.online.preflight.check import Failure, Sight

_OLDEST = {False: (8, 0, 13), True: (10, 6, 0)}


def check(sight: Sight) -> Iterator[Failure]:
    """MySQL from 8.0.13 or MariaDB from 10.6, with its log in files of its own."""
    flavor = sight.server.flavor
    oldest = _OLDEST[flavor.is_mariadb()]
    if flavor.version < oldest:
        named = ".".join(map(str, oldest))
        yield Failure(
            code="version",
            subject=sight.server.place,
            what=f"{flavor} is too old",
            fix=f"the engine needs {named} or later",
        )
    if sight.settings.get("binlog_storage_engine"):
        yield Failure(
            code="version",
            subject=sight.server.place,
            what="its binary log is kept inside InnoDB",
            fix="set binlog_storage_engine to nothing",
        )
