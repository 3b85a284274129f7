"""What a check sees, and what it says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tern.ddl.table import Table
from tern.engine.obstacles import Surroundings
from tern.engine.online.link import ColumnPair
from tern.mysql.grants import Grants
from tern.mysql.server import Server


class Moment(StrEnum):
    """When a check is made."""

    START = "start"
    CUTOVER = "cutover"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSight:
    """One table of the run.

    Attributes:
        name: As people write it.
        source, desired: With the charsets and collations that their columns really have.
        columns: What would be copied.
        around: Triggers, and foreign keys of other tables.
    """

    name: str
    schema: str
    source: Table
    desired: Table
    columns: tuple[ColumnPair, ...]
    around: Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What was seen of the target, at one moment.

    Attributes:
        settings: Variables beyond those in `server`; one that the server does not know is absent.
        has_lock_table: Whether the server tells who holds metadata locks.
        is_replica: Whether the server applies another one's log at this moment.
        has_own_session: Whether one session of ours is one session of the server (no proxy).
        prepared: Ids of InnoDB transactions without a session: prepared XA ones.
    """

    server: Server
    settings: Mapping[str, str]
    grants: Grants
    tables: tuple[TableSight, ...]
    has_lock_table: bool
    prepared: tuple[str, ...]
    is_replica: bool = False
    has_own_session: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that forbids to go on: `code: object: what; fix`."""

    code: str
    subject: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.code}: {self.subject}: {self.what}; {self.fix}"


Check = Callable[[Sight], Iterator[Failure]]
