"""What a run stands on from its first moment: its orders, its sessions, its names, its record."""

from dataclasses import dataclass

from tern.binlog.server_log import ServerLog, read_server_log
from tern.binlog.watched_table import TableName
from tern.engine.fence.lease_margin import LeaseMargin
from tern.engine.fence.session import FencedSession
from tern.engine.online.checkpoint import Checkpoint
from tern.engine.online.names import OwnNames, own_names
from tern.engine.online.options import OnlineOptions
from tern.engine.online.orders import OnlineOrders
from tern.engine.port import EngineRun
from tern.engine.sessions import Sessions
from tern.mysql.connection import Connection
from tern.mysql.server import Server
from tern.values.run import WorkStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One statement of the run, its table, and the names beside it."""

    statement: WorkStatement
    source: TableName
    names: OwnNames

    @property
    def table(self) -> str:
        """The table as people write it."""
        return f"{self.source.schema}.{self.source.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The same for the whole run.

    Attributes:
        fenced: The session that runs DDL and holds the named locks.
        desk: The coordinator's own: looks, notes positions, writes the checkpoint.
    """

    run: EngineRun
    options: OnlineOptions
    orders: OnlineOrders
    sessions: Sessions
    fenced: FencedSession
    desk: Connection
    server: Server
    subjects: tuple[Subject, ...]
    checkpoint: Checkpoint
    margin: LeaseMargin

    def server_log(self) -> ServerLog:
        """Where the server's log stands now."""
        return read_server_log(self.desk, server=self.server.uuid)

    def ddl(self, sql: str, *, table: str | None = None) -> None:
        """Run a DDL on the fenced session, if the run may still do so.

        Raises:
            LeaseLost: it may not; nothing was sent.
        """
        self.fenced.check()
        self.fenced.connection.execute(sql, table=table)


def subject_of(run: EngineRun, statement: WorkStatement) -> Subject:
    """The subject of a statement. Raises UnsupportedChange where no name is valid."""
    source = TableName(statement.schema, statement.table)
    return Subject(statement=statement, source=source, names=own_names(run.change_id, source))
