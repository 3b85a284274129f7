"""`schemabot pull`: the live schema into files."""

from collections.abc import Iterator
from pathlib import Path

import click
from rich.text import Text

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.linting import findings_of
from cli.options import DATABASE_TYPE
from cli.pulling import Pulled, PullRequest, compared
from cli.pulling import pull as pull_schema
from cli.render.drift import drift_lines
from cli.render.findings import finding_lines
from cli.render.words import counted, plain
from cli.schema_files import read_schema_files
from cli.session import Session
from cli.writing import write
from schemabot.offload import Offload
from tern.values.target import DatabaseType


@click.command(
    "pull",
    cls=Command,
    help="Write the live schema into schema files, one table a file; files change as needed.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=(
        "schemabot pull -d shop -e production -s schema",
        "schemabot pull -d shop -e production --check",
    ),
)
@click.option("-d", "--database", required=True, help="Which one.")
@click.option("-e", "--environment", required=True, help="Where it is read.")
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Directory to write into; it may be new.",
)
@click.option("-t", "--type", type=DATABASE_TYPE, help="For a new directory.  [the service's]")
@click.option("--namespace", multiple=True, help="Only this one; repeatable.  [all]")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when files would change.")
@click.option("--prune", is_flag=True, help="Remove what files define and the database lacks.")
@click.option("--lint", is_flag=True, help="Show what the lint rules say of the result.")
@asking
async def pull(session: Session, /, *, check: bool, lint: bool, **given: object) -> ExitCode:
    """Read, write, and prove that nothing is left to plan."""
    request = _request(given)
    pulled = await pull_schema(session.service, request)
    session.screen.show(_lines(pulled, is_check=check))
    if check:
        document = _document(pulled, in_sync=not pulled.edits)
        _write_document(session, document)
        return ExitCode.FAILED if pulled.edits else ExitCode.DONE
    await Offload("files", limit=1).run(write, pulled.edits)
    root = pulled.edits.root
    drift = (await compared(session.service, root, request.environment)).document
    in_sync = drift.result == "in_sync"
    if not in_sync:
        session.screen.show(drift_lines(drift, signs=session.screen.signs))
    document = _document(pulled, in_sync=in_sync)
    if lint:
        directory = await read_schema_files(root)
        judged = await findings_of(session.service, directory, request.environment)
        session.screen.show(finding_lines(judged.document, directory))
        found = judged.document.model_dump(mode="json")["findings"]
        document["findings"] = found
    _write_document(session, document)
    return ExitCode.DONE if in_sync else ExitCode.FAILED


def _request(given: dict[str, object]) -> PullRequest:
    kind, place, namespaces = given["type"], given["schema_dir"], given["namespace"]
    return PullRequest(
        database=str(given["database"]),
        environment=str(given["environment"]),
        type=None if kind is None else DatabaseType(str(kind)),
        place=place if isinstance(place, Path) else Path(),
        namespaces=tuple(map(str, namespaces)) if isinstance(namespaces, tuple) else (),
        prunes=bool(given["prune"]),
    )


def _lines(pulled: Pulled, *, is_check: bool) -> Iterator[Text]:
    would = "would be " if is_check else ""
    for path in sorted(pulled.edits.texts):
        yield Text(f"{plain(path)} {would}written")
    for path in pulled.edits.removed:
        yield Text(f"{plain(path)} {would}removed", style="red")
    for path, tables in pulled.gone.items():
        named = ", ".join(map(plain, tables))
        yield Text(
            f"{plain(path)} defines what the database lacks: {named}; --prune removes it",
            style="yellow",
        )
    count = len(pulled.edits.texts) + len(pulled.edits.removed)
    if count:
        verb = "would change" if is_check else "changed"
        yield Text(f"{counted(count, 'file')} {verb}.", style="bold")
    else:
        yield Text("The files are as the database is; nothing changed.", style="green")


def _document(pulled: Pulled, *, in_sync: bool) -> dict[str, object]:
    return {
        "written": sorted(pulled.edits.texts),
        "removed": list(pulled.edits.removed),
        "gone": {path: list(tables) for path, tables in pulled.gone.items()},
        "in_sync": in_sync,
    }


def _write_document(session: Session, document: dict[str, object]) -> None:
    if session.screen.is_json:
        session.screen.document(document)
