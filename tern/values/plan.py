"""What a Tern answers to a plan request: proven statements, and everything wrong or notable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from tern.values.schema_files import SchemaFiles, Severity
from tern.values.target import Target


class ChangeType(StrEnum):
    """What a statement does to its table; total, what has no word is `other`."""

    CREATE = "create"
    ALTER = "alter"
    DROP = "drop"
    VSCHEMA_UPDATE = "vschema_update"
    OTHER = "other"


class Verdict(StrEnum):
    """How a statement will run, decided by the server."""

    INSTANT = "instant"
    INPLACE = "inplace"
    COPY = "copy"
    DIRECT = "direct"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a statement or a plan will cost, before the start. None means unknown, never zero.

    Attributes:
        basis: Where the figures come from, e.g. `statistics`, `history of 20 copies`.
    """

    rows: int | None = None
    bytes: int | None = None
    disk_needed_bytes: int | None = None
    seconds_low: float | None = None
    seconds_high: float | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStatement:
    """One statement of a plan; it becomes one task.

    Attributes:
        ordinal: Place in the order of execution, from 0.
        namespace: Directory name; `schema` is what it is called on the server.
        base: The server's own text of the live table, as the statement was planned from; None when
            the table does not exist yet.
        desired: The server's own text of the wanted table; None for a DROP.
        proof: Why the replay did not give the desired table; None when it did. A statement with a
            proof text can't be applied, whatever the consent.
        unsafe_reasons: What could be lost; non-empty needs consent.
    """

    ordinal: int
    namespace: str
    schema: str
    table: str
    change_type: ChangeType
    ddl: str
    verdict: Verdict
    reason: str | None = None
    base: str | None = None
    desired: str | None = None
    proof: str | None = None
    unsafe_reasons: tuple[str, ...] = ()
    evidence: Mapping[str, str] = field(default_factory=dict)
    estimate: Estimate | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the files or the target; a plan with one can't be applied.

    Attributes:
        code: A code of `plan.md` P-10, e.g. `sql_syntax`, `unreachable`.
        line: From 1; None where there is no place.
        column: From 1.
    """

    code: str
    message: str
    namespace: str | None = None
    table: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a lint rule says about a table, and where."""

    rule: str
    severity: Severity
    message: str
    namespace: str
    table: str
    object: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    fixable: bool = False
    unsafe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerIdentity:
    """The server that judged the plan."""

    flavor: str
    version: str
    uuid: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaObject:
    """Something in a schema that the plan leaves alone, and why."""

    namespace: str
    kind: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalTable:
    """The live text of one table as the plan found it."""

    namespace: str
    table: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """Desired files for one target.

    Attributes:
        lints_whole: Rules judge every table, not only what changes.
        fixes: Rules whose findings are mended in the files, empty for all that can be; None mends
            nothing.
        copy_rates: What the last copies on this target reached, newest first: bytes a second, of
            data and indexes, as if at the default volume (P-38).
    """

    target: Target
    desired: SchemaFiles
    lints_whole: bool = False
    fixes: tuple[str, ...] | None = None
    copy_rates: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """Everything a plan says; the control plane adds id, hash, caller, creation and expiry.

    Attributes:
        session: The session settings in which the statements were proven and will run.
        namespaces: Namespace -> its schema on the server.
        fixed: Namespace -> file -> its whole text with the fixes that were asked for; only files
            that changed. `unfixed` names tables whose fix would change more than is meant.
        copy_rates: Those of the request, for the run to estimate by.
    """

    statements: tuple[PlannedStatement, ...]
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    unmanaged: tuple[SchemaObject, ...] = ()
    ignored: tuple[SchemaObject, ...] = ()
    originals: tuple[OriginalTable, ...] = ()
    namespaces: Mapping[str, str] = field(default_factory=dict)
    session: Mapping[str, str] = field(default_factory=dict)
    server: ServerIdentity | None = None
    warnings: tuple[str, ...] = ()
    estimate: Estimate | None = None
    fixed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unfixed: tuple[SchemaObject, ...] = ()
    copy_rates: tuple[float, ...] = ()
    took: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """Ask for the live schema of a target; no namespaces means all that the target has."""

    target: Target
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledSchema:
    """The live schema as files: namespace -> table name -> canonical text."""

    tables: Mapping[str, Mapping[str, str]]
