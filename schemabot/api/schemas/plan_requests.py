"""What is asked about plans and live schemas, on the wire (A-13, A-16, A-17)."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from schemabot.api.schemas.wire import ApplyIdText, QueryInteger
from schemabot.config.lint_keys import RuleId
from schemabot.config.schema_yaml import SchemaYaml, mistakes_between
from schemabot.config.strict import Items, Lax, Strict
from schemabot.config.units import Name
from schemabot.config.yaml_text import dotted
from schemabot.service.commands import LintCommand
from tern.values.schema_files import SchemaConfig, SchemaFiles
from tern.values.target import DatabaseType

FileTexts = Mapping[str, Mapping[str, str]]


def _checked_between(keys: SchemaYaml) -> SchemaYaml:
    """What holds for a file holds for what a request says that it parsed."""
    for wrong in mistakes_between(keys):
        raise ValueError(f"{dotted(wrong.path)}: {wrong.message}")
    return keys


ParsedYaml = Annotated[SchemaYaml, AfterValidator(_checked_between)]


def desired_of(files: FileTexts, config: SchemaYaml | None) -> SchemaFiles:
    """Files with the settings that came beside them."""
    if config is None:
        return SchemaFiles(files=files)
    return SchemaFiles(files=files, config=config.config)


class TargetBody(Strict):
    """One environment of one database."""

    database: Name
    environment: Name


class PlanBody(TargetBody):
    """`POST /api/plan`."""

    type: Annotated[DatabaseType, Lax]
    files: FileTexts
    config: ParsedYaml | None = None
    repository: str | None = None
    pull_request: Annotated[int, Field(ge=1)] | None = None
    head_sha: str | None = None
    schema_path: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "PlanBody":
        source = (self.repository, self.pull_request, self.head_sha, self.schema_path)
        if len({part is None for part in source}) > 1:
            raise ValueError(
                "give all of repository, pull_request, head_sha and schema_path, or none"
            )
        if self.config is not None and self.config.database.lower() != self.database.lower():
            raise ValueError(f"config.database is {self.config.database}, not {self.database}")
        return self

    @property
    def desired(self) -> SchemaFiles:
        """The wanted schema."""
        return desired_of(self.files, self.config)


class PullBody(TargetBody):
    """`POST /api/pull`; no namespaces means all."""

    namespaces: Items[str] = ()
    lint: bool = False


class LintBody(TargetBody):
    """`POST /api/lint`; without files the live schema is judged.

    With `fix`, findings of `rules` are mended in the files; no rules means all that can be.
    """

    type: Annotated[DatabaseType, Lax]
    files: FileTexts | None = None
    config: ParsedYaml | None = None
    fix: bool = False
    rules: Items[RuleId] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> "LintBody":
        if self.fix and self.files is None:
            raise ValueError("fix mends files, so files must be given")
        if self.rules and not self.fix:
            raise ValueError("rules names what to fix, so fix must be true")
        return self

    @property
    def command(self) -> LintCommand:
        """As the use case takes it."""
        return LintCommand(
            database=self.database,
            environment=self.environment,
            type=self.type,
            files=self.files,
            config=SchemaConfig() if self.config is None else self.config.config,
            fixes=self.rules if self.fix else None,
        )


class DriftBody(TargetBody):
    """`POST /api/drift`; without files those that were applied last."""

    files: FileTexts | None = None
    config: ParsedYaml | None = None

    @property
    def desired(self) -> SchemaFiles | None:
        """The files to compare with, if any were sent."""
        return None if self.files is None else desired_of(self.files, self.config)


class RollbackBody(Strict):
    """`POST /api/rollback/plan`."""

    apply_id: ApplyIdText


class PlansQuery(Strict):
    """`GET /api/plans`."""

    database: Name | None = None
    environment: Name | None = None
    pull_request: str | None = None
    limit: Annotated[QueryInteger, Field(ge=1, le=1000)] = 20
    cursor: str | None = None
