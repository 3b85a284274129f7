"""The databases that the server knows, and how each of their environments is reached."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from schemabot.config.dsn import Dsn
from schemabot.config.engine_settings import EngineSettings
from schemabot.config.strict import Items, Lax, Strict
from schemabot.config.units import ByteSize, Name
from tern.values.target import DatabaseType, Target

_NOT_YET_TYPES = frozenset({DatabaseType.VITESS, DatabaseType.PLANETSCALE})


class Clause(StrEnum):
    """Clauses of untrusted files that a target may allow (P-9)."""

    TABLESPACE = "tablespace"
    DATA_DIRECTORY = "data_directory"
    CONNECTION = "connection"


def _checked_type(kind: DatabaseType) -> DatabaseType:
    if kind in _NOT_YET_TYPES:
        raise ValueError(f"type {kind} is not supported by this version; it has mysql and mariadb")
    return kind


class EnvironmentSettings(Strict):
    """One environment of a database: its target, and what plans on it may do (P-59).

    Attributes:
        schemas: Namespace of the files -> its schema on the server, before what files say.
        workspace: Another server to build and try on.
        workspace_schema: An empty schema to build in, for an account that may make none (P-19).
        disk_limit: Free space that a copy may take.
        engine: How tables are copied.
    """

    not_yet: ClassVar[frozenset[str]] = frozenset({
        "deployment",
        "workers",
    })

    dsn: Dsn
    schemas: Mapping[Name, str] = Field(default_factory=dict)
    workspace: Dsn | None = None
    workspace_schema: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    plan_connections: Annotated[int, Field(ge=1, le=16)] = 4
    disk_limit: ByteSize | None = None
    engine: EngineSettings = EngineSettings()
    allow_clauses: Items[Annotated[Clause, Lax]] = ()

    @field_validator("schemas")
    @classmethod
    def _schemas_differ(cls, schemas: Mapping[str, str]) -> Mapping[str, str]:
        owners: dict[str, str] = {}
        for namespace, schema in schemas.items():
            if schema in owners:
                raise ValueError(f"{owners[schema]} and {namespace} name one schema, {schema}")
            owners[schema] = namespace
        return schemas

    @model_validator(mode="after")
    def _workspace_is_apart(self) -> Self:
        if self.workspace_schema is not None and self.workspace is None:
            for namespace, schema in self.schemas.items():
                if schema.lower() == self.workspace_schema.lower():
                    raise ValueError(f"workspace_schema {schema} is the schema of {namespace}")
        return self


class DatabaseSettings(Strict):
    """One database: its type, its environments, and the order in which they are promoted."""

    not_yet: ClassVar[frozenset[str]] = frozenset({
        "operators",
        "allowed_repositories",
        "allowed_dirs",
    })

    type: Annotated[DatabaseType, Lax, AfterValidator(_checked_type)]
    environment_order: Items[Name] | None = None
    environments: Annotated[Mapping[Name, EnvironmentSettings], Field(min_length=1)]

    def target(self, database: str, environment: str) -> Target:
        """The target that an environment of this database is."""
        return Target(
            database=database,
            type=self.type,
            environment=environment,
            schemas=dict(self.environments[environment].schemas),
        )
