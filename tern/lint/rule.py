"""What a rule is: a name, a weight, and a question about one table's change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tern.ddl.clauses import Clause
from tern.ddl.elements import ElementKind
from tern.ddl.flavor import Flavor
from tern.ddl.statements import CreateTable
from tern.ddl.table import Table
from tern.lint.circumstances import Circumstances
from tern.lint.neighbours import Neighbours
from tern.values.schema_files import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One table that a plan changes, as rules see it.

    Attributes:
        base: As it is live; None for a new table. `desired` is None for one that goes.
        clauses: Of all its ALTERs.
        source: Its definition in the files, for places and hints; None where there is none.
        circumstances: What only its server knows of it.
        neighbours: All tables as they will be; None where they aren't known.
    """

    namespace: str
    base: Table | None
    desired: Table | None
    clauses: tuple[Clause, ...] = ()
    source: CreateTable | None = None
    flavor: Flavor
    circumstances: Circumstances = field(default_factory=Circumstances)
    neighbours: Neighbours | None = None

    @property
    def name(self) -> str:
        """The table's name, by preference as desired."""
        table = self.desired or self.base
        return "" if table is None else table.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a rule found: about the table, or about one thing in it.

    Attributes:
        severity: Where it weighs more or less than the rule usually does.
    """

    message: str
    object: str | None = None
    kind: ElementKind | None = None
    severity: Severity | None = None


Check = Callable[[Subject, Sequence[str]], Iterable[Complaint]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule.

    Attributes:
        check: Asked for each table; gets the rule's `allow` list.
        guards_data: Marked U: schemabot.yaml may raise its severity and not lower it, and no hint
            silences it.
        allow: The list that counts where the configuration has none.
    """

    name: str
    severity: Severity
    check: Check
    guards_data: bool = False
    allow: tuple[str, ...] = field(default=())
