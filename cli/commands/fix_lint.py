"""`schemabot fix-lint`: files mended as the lint rules say."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import click
from rich.text import Text

from cli.command import Command, asking
from cli.exit_codes import ExitCode
from cli.linting import findings_of
from cli.planning import environments_of
from cli.render.findings import problem_lines
from cli.render.words import counted, plain
from cli.schema_files import find_root, read_schema_files
from cli.session import Session
from cli.writing import Edits, write
from schemabot.api.schemas.plan import LintAnswer
from schemabot.config.schema_dir import SchemaDirectory
from schemabot.offload import Offload

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


@click.command(
    "fix-lint",
    cls=Command,
    help="Mend schema files as the lint rules say: the smallest change, comments and layout stay.",
    exits=(ExitCode.DONE, ExitCode.FAILED, ExitCode.USAGE),
    examples=(
        "schemabot fix-lint -s schema --dry-run",
        "schemabot fix-lint -s schema --rule auto_inc_type --rule display_width",
    ),
)
@click.option(
    "-s",
    "--schema-dir",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="Directory of schemabot.yaml, or one below it.",
)
@click.option("-e", "--environment", help="Whose server proves the result.  [the first one]")
@click.option("--dry-run", is_flag=True, help="Write nothing; print a unified diff.")
@click.option("--rule", multiple=True, help="Only this rule; repeatable.  [all that can be fixed]")
@asking
async def fix_lint(
    session: Session,
    /,
    *,
    schema_dir: Path,
    environment: str | None,
    rule: tuple[str, ...],
    dry_run: bool,
) -> ExitCode:
    """Ask for the mended files, write them, and say what is left."""
    directory = await read_schema_files(schema_dir)
    where = environment or (await environments_of(session.service, directory))[0]
    answer = (await findings_of(session.service, directory, where, fixes=rule)).document
    fixed = answer.fixed_files or {}
    texts = {
        directory.path_of(namespace, file): text
        for namespace, files in fixed.items()
        for file, text in files.items()
    }
    if dry_run:
        session.screen.show(_diff(directory, fixed))
    elif texts:
        files = Offload("files", limit=1)
        root = await files.run(find_root, schema_dir)
        await files.run(write, Edits(root=root, texts=texts))
    if texts and not answer.errors:
        mended = _with(directory, fixed)
        left = (await findings_of(session.service, mended, where)).document
    else:
        left = answer
    for line in problem_lines(answer, directory):
        session.screen.note(line)
    _tell(session, (answer, left), texts, is_dry=dry_run)
    is_bad = left.errors or any(found.severity == "error" for found in left.findings)
    return ExitCode.FAILED if is_bad else ExitCode.DONE


def _with(directory: SchemaDirectory, fixed: Mapping[str, Mapping[str, str]]) -> SchemaDirectory:
    files = {
        namespace: {**texts, **fixed.get(namespace, {})}
        for namespace, texts in directory.files.files.items()
    }
    return replace(directory, files=replace(directory.files, files=files))


def _diff(directory: SchemaDirectory, fixed: Mapping[str, Mapping[str, str]]) -> Iterator[Text]:
    for namespace, files in sorted(fixed.items()):
        for file, text in sorted(files.items()):
            path = directory.path_of(namespace, file)
            before = directory.files.files[namespace][file].splitlines()
            names = (f"a/{path}", f"b/{path}")
            for line in difflib.unified_diff(before, text.splitlines(), *names, lineterm=""):
                yield Text(plain(line), style=_STYLES.get(line[:1], ""))


def _tell(
    session: Session,
    answers: tuple[LintAnswer, LintAnswer],
    texts: Mapping[str, str],
    *,
    is_dry: bool,
) -> None:
    answer, left = answers
    screen = session.screen
    if screen.is_json:
        screen.document({
            "fixed": sorted(texts),
            "written": not is_dry and bool(texts),
            "unfixed": [each.model_dump(mode="json") for each in answer.unfixed],
            "left": json.loads(left.text())["findings"],
            "errors": json.loads(answer.text())["errors"],
        })
        return
    for one in answer.unfixed:
        screen.note(
            Text(f"{plain(one.namespace)}.{plain(one.name)}: {plain(one.reason)}", "yellow")
        )
    screen.note(_summary(answer, left, texts, is_dry=is_dry))


def _summary(
    answer: LintAnswer, left: LintAnswer, texts: Mapping[str, str], *, is_dry: bool
) -> Text:
    if answer.errors:
        return Text("The files have errors; nothing was fixed.", style="bold red")
    remaining = f"{counted(len(left.findings), 'finding')} left"
    if not texts:
        return Text(f"Nothing to fix; {remaining}.", style="bold")
    done = len(answer.findings) - len(left.findings)
    said = f"{counted(done, 'finding')} {'would be ' if is_dry else ''}fixed in "
    said += f"{counted(len(texts), 'file')}; {remaining}."
    return Text(f"{said} The next plan will alter these tables.", style="bold")
