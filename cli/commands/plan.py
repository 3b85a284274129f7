"""`schemabot plan`: what would change, per environment."""

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import click
from rich.text import Text

from cli.client import Answer
from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.planning import Planned, plan_all, plan_every
from cli.render.plan import plan_lines, refused_statements
from cli.render.plan_folding import alike
from cli.render.plan_markdown import markdown_text
from cli.render.plan_sql import sql_text
from cli.schema_files import read_schema_files
from cli.screen import Screen, code_of
from cli.session import Session


class Form(StrEnum):
    """How plans are written."""

    TEXT = "text"
    SQL = "sql"
    MARKDOWN = "markdown"


@click.command(
    "plan",
    cls=Command,
    help="Show what would change to make databases as the schema files say; changes nothing.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE, ExitCode.DIFFERENCES),
    examples=("schemabot plan", "schemabot plan -s schema -e staging --exit-code"),
)
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Directory of schemabot.yaml, or one below it.",
)
@click.option("-e", "--environment", multiple=True, help="Only this one; repeatable.  [all]")
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Form]),
    default=Form.TEXT.value,
    show_default=True,
    help="How plans are written.",
)
@click.option("--exit-code", is_flag=True, help="Exit 3 when there are differences.")
@asking
async def plan(
    session: Session, schema_dir: Path, environment: tuple[str, ...], *, form: str, exit_code: bool
) -> ExitCode:
    """Plan each environment and show the plans."""
    directory = await read_schema_files(schema_dir)
    if environment:
        plans = await plan_all(session.service, directory, list(dict.fromkeys(environment)))
    else:
        plans = await plan_every(session.service, directory)
    if form != Form.TEXT:
        _write(session.screen, plans, Form(form))
    elif session.screen.is_json:
        session.screen.document({name: _document(found) for name, found in plans.items()})
    else:
        _show(session.screen, plans)
    return _code(plans, exit_code=exit_code)


def _show(screen: Screen, plans: Mapping[str, Planned]) -> None:
    groups = alike([found.document for found in plans.values() if isinstance(found, Answer)])
    for number, (first, *others) in enumerate(groups):
        if number:
            screen.show([Text()])
        screen.show(plan_lines(first, signs=screen.signs, others=others))
    _tell_failures(screen, plans)


def _write(screen: Screen, plans: Mapping[str, Planned], form: Form) -> None:
    """The whole answer as one text for another program, which nothing here cuts or colours."""
    documents = {
        name: found.document if isinstance(found, Answer) else found.message
        for name, found in plans.items()
    }
    screen.text(sql_text(documents) if form is Form.SQL else markdown_text(documents))
    _tell_failures(screen, plans)


def _tell_failures(screen: Screen, plans: Mapping[str, Planned]) -> None:
    for environment, found in plans.items():
        if not isinstance(found, Answer):
            if len(plans) > 1:
                screen.notes.print(Text(environment, style="bold"))
            screen.failure(found)


def _document(found: Planned) -> object:
    if isinstance(found, Answer):
        return json.loads(found.text)
    return {"error": {"code": code_of(found), "message": found.message}}


def _code(plans: Mapping[str, Planned], *, exit_code: bool) -> ExitCode:
    documents = [found.document for found in plans.values() if isinstance(found, Answer)]
    if len(documents) < len(plans) or any(each.errors for each in documents):
        return ExitCode.FAILED
    if any(refused_statements(each) for each in documents):
        return ExitCode.FAILED
    if exit_code and any(each.has_changes for each in documents):
        return ExitCode.DIFFERENCES
    return ExitCode.DONE
