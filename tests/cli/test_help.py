"""Help is complete, and no example or hint names what does not exist."""

import io
import re
import shlex
from pathlib import Path

import click
import pytest

import cli
from cli.command import Command
from cli.main import GROUPS, root, run
from cli.surroundings import Surroundings
from tests.cli.desk import plain_surroundings

NAMES = [name for names in GROUPS.values() for name in names]
HINT = re.compile(r"`?schemabot ([a-z-]+(?: [^`\"\n]*)?)")
PROSE = ("is", "that", "command", "text", "alone")  # words that follow the product's name
SOURCES = sorted(Path(cli.__file__ or "").parent.rglob("*.py"))


def command(name: str) -> Command:
    group = root(plain_surroundings())
    found = group.get_command(click.Context(group), name)
    assert isinstance(found, Command)
    return found


def parses(line: str) -> None:
    """Raises click.UsageError when the parser does not take it; runs nothing."""
    _, name, *arguments = shlex.split(line)
    group = root(plain_surroundings())
    command(name).make_context(name, arguments, parent=click.Context(group))


@pytest.mark.parametrize("name", NAMES)
def test_help_has_a_sentence_exit_codes_and_an_example(name: str) -> None:
    made = command(name)
    text = made.get_help(click.Context(made, info_name=name))
    assert made.help is not None
    assert made.help.endswith(".")
    assert "Exit codes:" in text
    assert "Example: schemabot " in text
    assert "--endpoint" in text


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_taken_by_the_parser(name: str) -> None:
    for example in command(name).examples:
        parses(example)


def test_global_help_groups_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"], plain_surroundings()) == 0
    text = capsys.readouterr().out
    assert all(f"{title}:" in text for title in GROUPS)
    assert all(f"\n  {name} " in text for name in NAMES)


def test_hints_in_messages_name_commands_and_options_that_exist() -> None:
    for path in SOURCES:
        for found in HINT.finditer(path.read_text(encoding="utf-8")):
            words = found[1].split()
            assert words[0] in {*NAMES, *PROSE}, f"{path.name}: schemabot {found[1]}"
            if words[0] in PROSE:
                continue
            known = {
                option
                for param in command(words[0]).params
                for option in (*param.opts, *param.secondary_opts)
            }
            used = {word for word in words[1:] if re.fullmatch(r"--?[a-z][a-z-]*", word)}
            assert used <= known | {"--help"}, f"{path.name}: schemabot {found[1]}"


def test_options_are_taken_before_and_after_the_command() -> None:
    first, second = plain_surroundings(), plain_surroundings()
    for surroundings, arguments in (
        (first, ("--endpoint", "http://127.0.0.1:9", "status")),
        (second, ("status", "--endpoint", "http://127.0.0.1:9")),
    ):
        assert run(arguments, surroundings) == 1
        assert "nothing listens at http://127.0.0.1:9" in err_of(surroundings)


def err_of(surroundings: Surroundings) -> str:
    assert isinstance(surroundings.stderr, io.StringIO)
    return surroundings.stderr.getvalue()
