"""`schemabot lint`: what the rules say of every table of the files."""

import json
from pathlib import Path

import click

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.linting import findings_of
from cli.planning import environments_of
from cli.render.findings import finding_lines
from cli.schema_files import read_schema_files
from cli.session import Session
from schemabot.api.schemas.plan import LintAnswer

_WEIGHTS = {"info": 0, "warning": 1, "error": 2}


@click.command(
    "lint",
    cls=Command,
    help="Judge every table of the schema files by the lint rules; changes nothing.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=("schemabot lint", "schemabot lint -s schema -e staging --fail-on warning"),
)
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Directory of schemabot.yaml, or one below it.",
)
@click.option("-e", "--environment", help="Whose server judges.  [the first one]")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="Exit 1 from this weight up.",
)
@asking
async def lint(
    session: Session, /, *, schema_dir: Path, environment: str | None, fail_on: str
) -> ExitCode:
    """Ask, and show what was found."""
    directory = await read_schema_files(schema_dir)
    where = environment or (await environments_of(session.service, directory))[0]
    answer = await findings_of(session.service, directory, where)
    if session.screen.is_json:
        session.screen.document(json.loads(answer.text))
    else:
        session.screen.show(finding_lines(answer.document, directory))
    return _code(answer.document, fail_on)


def _code(answer: LintAnswer, fail_on: str) -> ExitCode:
    weights = [_WEIGHTS.get(finding.severity, 0) for finding in answer.findings]
    is_bad = answer.errors or any(weight >= _WEIGHTS[fail_on] for weight in weights)
    return ExitCode.FAILED if is_bad else ExitCode.DONE
