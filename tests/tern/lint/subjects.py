"""Subjects for lint tests: a table before and after, and what is known around it."""

from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.table import diff_table
from tern.ddl.flavor import Flavor, Vendor
from tern.ddl.identifiers import Names
from tern.ddl.statements import CreateTable, classify, split
from tern.ddl.table import Table
from tern.lint.circumstances import Circumstances
from tern.lint.linting import lint
from tern.lint.neighbours import Neighbours
from tern.lint.rule import Subject
from tern.values.plan import Finding
from tern.values.schema_files import LintConfig, RuleConfig, Severity
from tests.tern.lint.tables import OPTIONS, table

FLAVOR = Flavor(vendor=Vendor.MYSQL, version=(8, 4, 0))
ID = "`id` bigint NOT NULL"
PK = "PRIMARY KEY (`id`)"
HASHED = f"{OPTIONS}\n PARTITION BY HASH (`id`)\nPARTITIONS 4"
ON = LintConfig(
    rules={
        name: RuleConfig(severity=Severity.INFO)
        for name in ("has_enum", "has_time", "nullable", "allow_compression")
    }
)


def subject(
    base: Table | None,
    desired: Table | None,
    *,
    source: str | None = None,
    neighbours: Neighbours | None = None,
    flavor: Flavor = FLAVOR,
    **circumstances: object,
) -> Subject:
    """A table's change; what only its server knows is given by name."""
    clauses = (
        diff_table(base, desired, flavor=FLAVOR, policy=DiffPolicy()) if base and desired else ()
    )
    return Subject(
        namespace="shop",
        base=base,
        desired=desired,
        clauses=clauses,
        source=None if source is None else definition(source),
        flavor=flavor,
        circumstances=Circumstances(**circumstances),  # type: ignore[arg-type]  # its own fields
        neighbours=neighbours,
    )


def definition(text: str) -> CreateTable:
    (statement,) = split(text, file="t.sql")
    read = classify(statement, flavor=FLAVOR)
    assert isinstance(read, CreateTable)
    return read


def with_column(text: str) -> Table:
    return table(ID, text, PK)


def fired(one: Subject, config: LintConfig = ON) -> list[Finding]:
    return list(lint([one], config))


def rules(one: Subject) -> set[str]:
    return {finding.rule for finding in fired(one)}


PLAIN = table(ID, "`a` int NOT NULL", PK)
UNIQUE = table(ID, "`a` int NOT NULL", PK, "UNIQUE KEY `u` (`a`)")


def beside(*tables: Table, **other_schemas: Table) -> Neighbours:
    """These tables in the namespace `shop`, others in schemas of their own."""
    texts = {"shop": {one.name: one.text for one in tables}}
    texts |= {schema: {one.name: one.text} for schema, one in other_schemas.items()}
    schemas = {name: name for name in texts}
    return Neighbours(texts, schemas=schemas, names=Names(FLAVOR))
