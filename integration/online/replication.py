"""A second server that replicates from a shared one, and the ways to make it lag."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from integration.databases import query
from integration.servers.program import Flavor
from integration.servers.throwaway import Server, throwaway_server
from tern.mysql.connect import ConnectParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """Applies what its source logs."""

    server: Server

    @property
    def params(self) -> ConnectParams:
        return ConnectParams(user=self.server.user, host=self.server.host, port=self.server.port)

    def run(self, sql: str) -> None:
        """In the words of both vendors: MariaDB's are older."""
        if self.server.flavor is Flavor.MYSQL:
            sql = sql.replace("SLAVE", "REPLICA")
        query(self.server, sql)

    def stop_applying(self) -> None:
        self.run("STOP SLAVE SQL_THREAD")

    def apply_again(self) -> None:
        self.run("START SLAVE SQL_THREAD")


@contextmanager
def standby(flavor: Flavor) -> Iterator[tuple[Server, Replica]]:
    """A server and one that has all of it and can take its place: GTIDs tell them what is done."""
    is_mysql = flavor is Flavor.MYSQL
    follow = (
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST='{}', SOURCE_PORT={}, SOURCE_USER='{}', "
        "SOURCE_AUTO_POSITION=1"
        if is_mysql
        else "CHANGE MASTER TO MASTER_HOST='{}', MASTER_PORT={}, MASTER_USER='{}', "
        "MASTER_USE_GTID=slave_pos"
    )
    logs = "--log-replica-updates=ON" if is_mysql else "--log-slave-updates=ON"
    options = ("--server-id=2", "--relay-log=relay", logs)
    with (
        throwaway_server(flavor, is_fast=True) as source,
        throwaway_server(flavor, is_fast=True, options=options) as server,
    ):
        replica = Replica(server=server)
        replica.run(follow.format(source.host, source.port, source.user))
        replica.run("START SLAVE")
        yield source, replica


def promote(replica: Replica, source: Server) -> None:
    """It has all that the source has, and is nobody's replica any more."""
    if source.flavor is Flavor.MYSQL:
        executed, wait = "@@gtid_executed", "WAIT_FOR_EXECUTED_GTID_SET(%s, 60)"
    else:
        executed, wait = "@@gtid_binlog_pos", "MASTER_GTID_WAIT(%s, 60)"
    ((done,),) = query(source, f"SELECT {executed}")
    assert query(replica.server, f"SELECT {wait}", done) == [(0,)]
    replica.run("STOP SLAVE")
    replica.run("RESET SLAVE ALL")


@contextmanager
def replica_of(source: Server) -> Iterator[Replica]:
    """A replica that has nothing of what stands on the source by now, and all that comes."""
    options = ("--server-id=2", "--skip-log-bin", "--relay-log=relay")
    with throwaway_server(source.flavor, is_fast=True, options=options) as server:
        replica = Replica(server=server)
        is_mysql = source.flavor is Flavor.MYSQL
        status = "SHOW BINARY LOG STATUS" if is_mysql else "SHOW MASTER STATUS"
        file, position = query(source, status)[0][:2]
        word = "SOURCE" if is_mysql else "MASTER"
        change = "CHANGE REPLICATION SOURCE TO" if is_mysql else "CHANGE MASTER TO"
        replica.run(
            f"{change} {word}_HOST='{source.host}', {word}_PORT={source.port}, "
            f"{word}_USER='{source.user}', {word}_LOG_FILE='{file}', {word}_LOG_POS={position}"
        )
        replica.run("START SLAVE")
        yield replica
