"""What a probe is asked about: one table, over a session of its own."""

from dataclasses import dataclass

from tern.engine.online.ground import Ground, Subject
from tern.engine.online.preflight.check import TableSight
from tern.mysql.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A table, and the session over which it may be read."""

    connection: Connection
    ground: Ground
    subject: Subject
    sight: TableSight
