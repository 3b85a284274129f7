"""The wanted schema as it crosses the port: file texts by namespace, and the parsed settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a lint finding weighs; `off` silences its rule."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


class Managed(StrEnum):
    """Whether column order, or the list of partitions, follows the files."""

    MANAGED = "managed"
    IGNORED = "ignored"
    LIST_IGNORED = "list_ignored"


class OptionClass(StrEnum):
    """How a table option is compared: always, only if the file names it, or never."""

    MANAGED = "managed"
    STICKY = "sticky"
    IGNORED = "ignored"


class Probe(StrEnum):
    """Whether a plan may look for one offending row in the live table."""

    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceConfig:
    """One entry of `namespaces` in schemabot.yaml."""

    schema: str | None = None
    ignore_tables: tuple[str, ...] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPolicy:
    """The `plan` block of schemabot.yaml: what the differ compares."""

    column_order: Managed = Managed.MANAGED
    partitions: Managed = Managed.MANAGED
    options: Mapping[str, OptionClass] = field(default_factory=dict)
    probe: Probe = Probe.AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleConfig:
    """One entry of `lint.rules`; None keeps the rule's own severity."""

    severity: Severity | None = None
    allow: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LintConfig:
    """The `lint` block of schemabot.yaml."""

    rules: Mapping[str, RuleConfig] = field(default_factory=dict)
    ignore_tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaConfig:
    """schemabot.yaml, parsed and validated; travels beside the files in every request."""

    namespaces: Mapping[str, NamespaceConfig] = field(default_factory=dict)
    ignore_tables: tuple[str, ...] = ()
    plan: PlanPolicy = field(default_factory=PlanPolicy)
    lint: LintConfig = field(default_factory=LintConfig)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaFiles:
    """The wanted schema.

    Shape:
        files: namespace -> file name within the namespace -> text (UTF-8, LF or CRLF).
    """

    files: Mapping[str, Mapping[str, str]]
    config: SchemaConfig = field(default_factory=SchemaConfig)
