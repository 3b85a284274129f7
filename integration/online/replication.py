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
