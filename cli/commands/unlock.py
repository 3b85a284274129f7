"""`schemabot unlock`: give a database's lock back."""

import click
from rich.text import Text

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.session import Session
from schemabot.api.schemas.database import LockAnswer


@click.command(
    "unlock",
    cls=Command,
    help="Release a database's lock; by force it is taken from its owner.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot unlock -d shop", "schemabot unlock -d shop -t mariadb --force -y"),
)
@click.option("-d", "--database", required=True, help="Which one.")
@click.option("-t", "--type", "kind", default="mysql", show_default=True, help="Its type.")
@click.option("--force", is_flag=True, help="Release it even if somebody else holds it.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask before using force.")
@asking
async def unlock(session: Session, database: str, kind: str, *, force: bool, yes: bool) -> ExitCode:
    """Release it."""
    if force and not yes:
        await session.screen.confirm(f"Take the lock of {database} from whoever holds it?")
    body = {"database": database, "type": kind, "lock_owner": session.who, "force": force}
    released = (await session.service.post("/api/locks/release", LockAnswer, body=body)).document
    if session.screen.is_json:
        session.screen.document(released.model_dump(mode="json"))
    else:
        text = f"{released.database} ({released.database_type}) is free; {released.owner} held it"
        session.screen.show([Text(text)])
    return ExitCode.DONE
