"""`schemabot init`: a schema directory to begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from rich.text import Text

from cli.command import Command, asking
from cli.errors import BadUsage, FileExists
from cli.exit_codes import ExitCode
from cli.options import DATABASE_TYPE
from cli.pulling import PullRequest, pull
from cli.session import Session
from cli.writing import Edits, write
from schemabot.api.schemas.database import DatabaseAnswer
from schemabot.config.schema_dir import CONFIG_FILE
from schemabot.offload import Offload
from tern.values.target import DatabaseType

_EXAMPLE = """\
-- One table a file; every file here says how the database should be. For example:
--
-- CREATE TABLE example (
--   id bigint unsigned NOT NULL AUTO_INCREMENT,
--   name varchar(100) NOT NULL,
--   created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
--   PRIMARY KEY (id)
-- ) DEFAULT CHARSET=utf8mb4;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    place: Path
    database: str
    type: DatabaseType | None
    environment: str | None
    is_offline: bool


@click.command(
    "init",
    cls=Command,
    help="Make a schema directory, with the live schema in it if -e names where that is.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=(
        "schemabot init schema -d shop -e production",
        "schemabot init schema -d shop -t mariadb --offline",
    ),
)
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option("-d", "--database", help="Its name on the service.  [asked for]")
@click.option("-t", "--type", type=DATABASE_TYPE, help="What it is.  [the service's, else mysql]")
@click.option("-e", "--environment", help="Copy the live schema of this one.")
@click.option("--offline", is_flag=True, help="Ask no service; write an example table.")
@asking
async def init(session: Session, /, *, directory: Path, offline: bool, **given: object) -> ExitCode:
    """Write what is not there yet; nothing is ever overwritten."""
    files = Offload("files", limit=1)
    root = await files.run(_new, directory)
    if offline and given["environment"]:
        problem = "--offline asks no service, and -e copies a live schema from one"
        raise BadUsage(problem=problem, command="schemabot init")
    kind, environment = given["type"], given["environment"]
    wanted = _Wanted(
        place=root,
        database=str(given["database"] or await _database(session)),
        type=None if kind is None else DatabaseType(str(kind)),
        environment=None if environment is None else str(environment),
        is_offline=offline,
    )
    edits = Edits(root=root, texts=await _texts(session, wanted))
    await files.run(write, edits)
    if session.screen.is_json:
        session.screen.document({"directory": str(root), "written": sorted(edits.texts)})
    session.screen.show([Text(f"{path} written") for path in sorted(edits.texts)])
    session.screen.note(f"Look at it: schemabot plan -s {directory}")
    return ExitCode.DONE


async def _database(session: Session) -> str:
    if not session.screen.surroundings.answers:
        raise BadUsage(problem="name the database with -d", command="schemabot init")
    return await session.screen.ask("Which database?")


async def _texts(session: Session, wanted: _Wanted) -> Mapping[str, str]:
    """Path -> text of everything to write."""
    if wanted.environment is not None:
        request = PullRequest(
            database=wanted.database,
            environment=wanted.environment,
            type=wanted.type,
            place=wanted.place,
            namespaces=(),
            prunes=False,
        )
        return (await pull(session.service, request)).edits.texts
    type_, texts = wanted.type or DatabaseType.MYSQL, {}
    if wanted.is_offline:
        texts["example.sql"] = _EXAMPLE
    elif wanted.type is None:
        path = f"/api/databases/{wanted.database}/environments"
        known = (await session.service.get(path, DatabaseAnswer)).document
        type_ = DatabaseType(known.type)
    return {CONFIG_FILE: f"database: {wanted.database}\ntype: {type_}\n", **texts}


def _new(directory: Path) -> Path:
    """The directory's whole path. Raises FileExists when it holds a schema already."""
    root = directory.resolve()
    found = root / CONFIG_FILE
    if not found.exists():
        found = next(iter(sorted(root.glob("*.sql"))), found)
    if found.exists():
        raise FileExists(path=found)
    return root
