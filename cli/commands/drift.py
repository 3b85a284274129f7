"""`schemabot drift`: is the live schema still as its files say?"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import anyio
import click
from rich.text import Text

from cli.client import PLAN_TIMEOUT_SECONDS, Answer, Service
from cli.command import Command, asking
from cli.errors import BadUsage
from cli.exit_codes import ExitCode
from cli.planning import desired_body, known_environments
from cli.render.drift import drift_lines
from cli.schema_files import read_schema_files
from cli.screen import Screen, code_of
from cli.session import Session
from schemabot.api.schemas.plan import DriftAnswer
from schemabot.config.schema_dir import SchemaDirectory
from tern.errors import SchemaBotError

_AT_ONCE = 4

Compared = Answer[DriftAnswer] | SchemaBotError


@click.command(
    "drift",
    cls=Command,
    help="Compare live databases with schema files, or with the files applied last.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.DIFFERENCES),
    examples=("schemabot drift -s schema", "schemabot drift -d shop -e production --exit-code"),
)
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    help="Directory of schemabot.yaml, or one below it, to compare with.",
)
@click.option("-d", "--database", help="Compare this database with the files applied last.")
@click.option("-e", "--environment", multiple=True, help="Only this one; repeatable.  [all]")
@click.option("--exit-code", is_flag=True, help="Exit 3 when something has drifted.")
@asking
async def drift(
    session: Session,
    /,
    *,
    schema_dir: Path | None,
    database: str | None,
    environment: tuple[str, ...],
    exit_code: bool,
) -> ExitCode:
    """Compare each environment and show what differs."""
    if (schema_dir is None) == (database is None):
        problem = "name either a schema directory with -s or a database with -d"
        raise BadUsage(problem=problem, command="schemabot drift")
    directory = await read_schema_files(schema_dir) if schema_dir is not None else None
    name = directory.database if directory is not None else str(database)
    order = directory.environments if directory is not None else ()
    wanted = environment or await known_environments(session.service, name, order=order)
    wanted = list(dict.fromkeys(wanted))
    found = await _compare_all(session.service, name, wanted, directory=directory)
    _show(session.screen, found)
    return _code(found, exit_code=exit_code)


async def _compare_all(
    service: Service,
    database: str,
    environments: Sequence[str],
    *,
    directory: SchemaDirectory | None,
) -> Mapping[str, Compared]:
    limiter = anyio.CapacityLimiter(_AT_ONCE)
    found: dict[str, Compared] = {}

    async def compare(environment: str) -> None:
        body: dict[str, object] = {"database": database, "environment": environment}
        if directory is not None:
            body |= desired_body(directory)
        async with limiter:
            try:
                found[environment] = await service.post(
                    "/api/drift", DriftAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS
                )
            except SchemaBotError as error:
                found[environment] = error

    async with anyio.create_task_group() as group:
        for environment in environments:
            group.start_soon(compare, environment, name=f"drift of {environment}")
    return {environment: found[environment] for environment in environments}


def _show(screen: Screen, found: Mapping[str, Compared]) -> None:
    if screen.is_json:
        screen.document({name: _document(one) for name, one in found.items()})
        return
    for number, (environment, one) in enumerate(found.items()):
        if number:
            screen.show([Text()])
        if isinstance(one, Answer):
            screen.show(drift_lines(one.document, signs=screen.signs))
        else:
            screen.notes.print(Text(environment, style="bold"))
            screen.failure(one)


def _document(found: Compared) -> object:
    if isinstance(found, Answer):
        return json.loads(found.text)
    return {"error": {"code": code_of(found), "message": found.message}}


def _code(found: Mapping[str, Compared], *, exit_code: bool) -> ExitCode:
    """An answer that nobody has is a failure, and never "in sync" (P-51)."""
    results = [one.document.result if isinstance(one, Answer) else "" for one in found.values()]
    if not set(results) <= {"in_sync", "drifted"}:
        return ExitCode.FAILED
    return ExitCode.DIFFERENCES if exit_code and "drifted" in results else ExitCode.DONE
