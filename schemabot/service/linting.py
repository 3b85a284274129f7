"""What the rules say of whole schemas: of files, or of what is live; and files that obey (P-41)."""

from collections.abc import Mapping
from dataclasses import replace

from schemabot.config.settings import Role
from schemabot.domain.errors import InvalidField
from schemabot.domain.file_names import file_names
from schemabot.service.caller import Caller
from schemabot.service.commands import LintCommand
from schemabot.service.routing import Routes
from schemabot.service.terns import TernCalls
from tern.values.plan import PlanResult, PulledSchema
from tern.values.schema_files import NamespaceConfig, SchemaConfig, SchemaFiles


class Linting:
    """Lint on the target's own scratch schema; nothing is stored."""

    def __init__(self, *, routes: Routes, terns: TernCalls) -> None:
        self._routes = routes
        self._terns = terns

    async def lint(self, command: LintCommand, *, caller: Caller) -> PlanResult:
        """Findings on every table, and files that were mended.

        Raises:
            DatabaseUnknown, EnvironmentUnknown, RoleMissing, InvalidField: nothing was looked at.
            PlanTimedOut, and what `Tern.plan` raises: the target can't be asked.
        """
        route = self._routes.find(
            command.database, command.environment, caller=caller, role=Role.READ
        )
        if route.target.type is not command.type:
            problem = f"{route.target.database} is of type {route.target.type} here"
            raise InvalidField(fields=[("type", problem)])
        desired = SchemaFiles(files=command.files or {}, config=command.config)
        if command.files is None:
            desired = as_files(await self._terns.pull(route), command.config)
        return await self._terns.plan(route, desired, lints_whole=True, fixes=command.fixes)

    async def pulled(
        self, pulled: PulledSchema, database: str, environment: str, *, caller: Caller
    ) -> PlanResult:
        """What the rules say of a live schema that was read already. Raises as `lint`."""
        route = self._routes.find(database, environment, caller=caller, role=Role.READ)
        return await self._terns.plan(route, as_files(pulled, SchemaConfig()), lints_whole=True)


def as_files(pulled: PulledSchema, config: SchemaConfig) -> SchemaFiles:
    """A live schema as files that want just this; a namespace without tables stays without."""
    files = {namespace: texts_by_file(tables) for namespace, tables in pulled.tables.items()}
    settings = dict(config.namespaces)
    for namespace, texts in files.items():
        if not texts:
            settings[namespace] = replace(settings.get(namespace, NamespaceConfig()), empty=True)
    return SchemaFiles(files=files, config=replace(config, namespaces=settings))


def texts_by_file(tables: Mapping[str, str]) -> Mapping[str, str]:
    """File name -> text, one table each."""
    names = file_names(tables)
    return {names[table]: text for table, text in tables.items()}
