"""What a target's configuration says about its plans."""

from dataclasses import dataclass, field
from datetime import timedelta

from tern.lint.linting import LintFloors
from tern.mysql.connect import ConnectParams

MAX_FILE_BYTES = 1024 * 1024
MAX_REQUEST_BYTES = 32 * 1024 * 1024
MAX_TABLES = 10_000
MAX_PROBLEMS = 100

STATEMENT_TIMEOUT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where plans build that can't make schemas on their target (P-19).

    Attributes:
        params: Another server; None for the target's own.
        schema: A schema that is there for it, empty; None where schemas may be made and dropped.
    """

    params: ConnectParams | None = None
    schema: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """How plans are made for one target.

    Attributes:
        connections: How many build and read at once, 1 to 16; beyond 4 nothing was gained.
        copy_engine_available: Whether statements that need a table copy can be carried out; if
            not, the plan refuses them and says why.
        allow_clauses: Guarded clauses that files may use: tablespace, data_directory, connection.
        lint: What the server's configuration says of lint rules.
        disk_limit_bytes: Free space that a copy may take; None where nobody said.
        workspace: Where definitions are built and statements tried.
    """

    connections: int = 4
    copy_engine_available: bool = True
    allow_clauses: frozenset[str] = frozenset()
    disk_limit_bytes: int | None = None
    lint: LintFloors = field(default_factory=LintFloors)
    workspace: Workspace = field(default_factory=Workspace)
