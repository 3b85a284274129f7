"""The keys of schemabot.yaml: one model for the file, for requests that carry it, and for tests."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from schemabot.config.lint_keys import Rules, rule_configs
from schemabot.config.lint_rules import GUARDING_RULES
from schemabot.config.patterns import Pattern
from schemabot.config.strict import Items, Lax, Strict, Wrong
from schemabot.config.units import Name
from tern.values.schema_files import (
    LintConfig,
    Managed,
    NamespaceConfig,
    OptionClass,
    PlanPolicy,
    Probe,
    SchemaConfig,
    Severity,
)
from tern.values.target import DatabaseType


def _checked_schema(schema: str) -> str:
    rest = schema.replace("{environment}", "")
    if not rest or "{" in rest or "}" in rest:
        raise ValueError("a schema's name may hold {environment} and no other braces")
    return schema


def _not_of_a_list(managed: Managed) -> Managed:
    if managed is Managed.LIST_IGNORED:
        raise ValueError("must be 'managed' or 'ignored'")
    return managed


class NamespaceKeys(Strict):
    """One entry of `namespaces`."""

    schema_name: Annotated[
        Annotated[str, AfterValidator(_checked_schema)] | None, Field(alias="schema")
    ] = None
    ignore_tables: Items[Pattern] = ()
    empty: bool = False


class PlanKeys(Strict):
    """The `plan` block: what is compared."""

    column_order: Annotated[Managed, Lax, AfterValidator(_not_of_a_list)] = Managed.MANAGED
    partitions: Annotated[Managed, Lax] = Managed.MANAGED
    options: Mapping[str, Annotated[OptionClass, Lax]] = Field(default_factory=dict)
    probe: Annotated[Probe, Lax] = Probe.AUTO


class LintKeys(Strict):
    """The `lint` block."""

    rules: Rules = Field(default_factory=dict)
    ignore_tables: Items[Pattern] = ()


class SchemaYaml(Strict):
    """Everything that schemabot.yaml may say."""

    database: Name
    type: Annotated[DatabaseType, Lax] = DatabaseType.MYSQL
    deployment: Name = "default"
    environments: Items[Name] = ()
    namespace: str | None = None
    namespaces: Mapping[str, NamespaceKeys] = Field(default_factory=dict)
    ignore_tables: Items[Pattern] = ()
    plan: PlanKeys = PlanKeys()
    lint: LintKeys = LintKeys()

    @property
    def flat_namespace(self) -> str:
        """The namespace of a directory whose files stand beside schemabot.yaml."""
        return self.namespace or self.database

    @property
    def config(self) -> SchemaConfig:
        """What travels with the files to the target."""
        return SchemaConfig(
            namespaces={name: _namespace(keys) for name, keys in self.namespaces.items()},
            ignore_tables=self.ignore_tables,
            plan=PlanPolicy(
                column_order=self.plan.column_order,
                partitions=self.plan.partitions,
                options=dict(self.plan.options),
                probe=self.plan.probe,
            ),
            lint=LintConfig(
                rules=rule_configs(self.lint.rules),
                ignore_tables=self.lint.ignore_tables,
            ),
        )


def mistakes_between(keys: SchemaYaml) -> Iterator[Wrong]:
    """What no single key can tell."""
    for name, rule in keys.lint.rules.items():
        if name in GUARDING_RULES and rule.severity not in {None, Severity.ERROR}:
            message = f"{name} guards data: only the server's configuration may lower it"
            yield Wrong(path=("lint", "rules", name), message=message)
    schemas: dict[str, str] = {}
    for name, namespace in keys.namespaces.items():
        schema = namespace.schema_name or name
        other = schemas.setdefault(schema, name)
        if other != name:
            message = f"{other} and {name} are on one schema, {schema}"
            yield Wrong(path=("namespaces", name), message=message)


def _namespace(keys: NamespaceKeys) -> NamespaceConfig:
    return NamespaceConfig(
        schema=keys.schema_name, ignore_tables=keys.ignore_tables, empty=keys.empty
    )
