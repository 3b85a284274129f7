"""What the direct engine works on, and how a statement ends that got no answer."""

from dataclasses import dataclass

from tern.engine.direct.snapshot import Snapshot
from tern.engine.orders import Orders
from tern.engine.pacing import Pacing
from tern.engine.port import EngineRun
from tern.errors import ServerUnavailable
from tern.values.run import WorkStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One statement of a run, and what the run may be asked and shows."""

    run: EngineRun
    statement: WorkStatement
    orders: Orders
    snapshot: Snapshot
    pacing: Pacing

    @property
    def table(self) -> str:
        """The statement's table as people write it."""
        return f"{self.statement.schema}.{self.statement.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The connection was lost with the DDL under way: nobody knows what it did."""

    error: ServerUnavailable
