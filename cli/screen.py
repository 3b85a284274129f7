"""Where a command writes: results to standard output, all else to standard error (C-3)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import anyio
from rich.console import Console
from rich.text import Text

from cli.errors import Declined, NobodyToAsk, ServiceRefusal
from cli.exit_codes import exit_code_of
from cli.options import Color, GlobalOptions, Output
from cli.render.signs import ASCII, UNICODE, Signs
from cli.render.words import plain
from cli.surroundings import Surroundings
from tern.errors import SchemaBotError

_YES = "yes"
_UNCUT_COLUMNS = 10_000  # no terminal, no COLUMNS: nothing is cut for a file or a pipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Both streams of one run.

    Attributes:
        output: As asked for, or as fits the terminal.
        signs: What boxes and bars are drawn with.
    """

    surroundings: Surroundings
    options: GlobalOptions
    output: Output
    signs: Signs
    out: Console
    notes: Console

    @property
    def is_json(self) -> bool:
        """Whether standard output is for a program."""
        return self.output is Output.JSON

    def show(self, lines: Iterable[Text]) -> None:
        """Write a result for people; none in JSON."""
        if not self.is_json:
            for line in lines:
                self.out.print(line)

    def document(self, value: object) -> None:
        """Write a result for programs: one JSON value on one line, at once."""
        self.surroundings.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
        self.surroundings.stdout.flush()

    def text(self, text: str) -> None:
        """Write a result as it is; on a terminal nothing in it moves the cursor."""
        shown = plain(text) if self.surroundings.is_terminal else text
        self.surroundings.stdout.write(shown)
        self.surroundings.stdout.flush()

    def note(self, text: str | Text) -> None:
        """Write something beside the result, unless it should be quiet."""
        if not self.options.quiet:
            self.notes.print(text)

    def detail(self, text: str) -> None:
        """Write what only somebody who looks closely wants."""
        if self.options.verbose:
            self.notes.print(Text(text, style="dim"))

    def failure(self, error: SchemaBotError) -> None:
        """Write an error: what happened, and what to do (C-42)."""
        if self.is_json:
            self.document(error_document(error))
        code = f" [{code_of(error)}]" if self.options.verbose else ""
        self.notes.print(Text(f"Error: {error.message}{code}", style="red"))
        if error.next_action is not None:
            self.notes.print(Text(f"Try: {error.next_action}"))

    async def confirm(self, question: str) -> None:
        """Return when a person has answered `yes`.

        Raises:
            NobodyToAsk: standard input is no terminal.
            Declined: any other answer, or none.
        """
        if await self.ask(f"{question} Only `yes` continues:") != _YES:
            raise Declined

    async def ask(self, question: str) -> str:
        """What a person answers, without blanks around it. Raises NobodyToAsk."""
        if not self.surroundings.answers:
            raise NobodyToAsk
        self.notes.print(f"{question} ", end="")
        stdin = self.surroundings.stdin
        # a blocking read would not let Ctrl-C through
        await anyio.wait_readable(stdin.fileno())
        return stdin.readline().strip()


def open_screen(surroundings: Surroundings, options: GlobalOptions) -> Screen:
    """The screen that fits the streams and the options."""
    environ = surroundings.environ
    named = options.output or _named_output(environ.get("SCHEMABOT_OUTPUT"))
    usual = Output.INTERACTIVE if surroundings.is_terminal else Output.LOG
    encoding = (getattr(surroundings.stdout, "encoding", None) or "ascii").lower()
    return Screen(
        surroundings=surroundings,
        options=options,
        output=named or usual,
        signs=UNICODE if encoding.replace("-", "") == "utf8" else ASCII,
        out=_console(surroundings, options, is_result=True),
        notes=_console(surroundings, options, is_result=False),
    )


def error_document(error: SchemaBotError) -> dict[str, object]:
    """An error for programs: the last line of any output."""
    return {
        "type": "result",
        "state": None,
        "apply_id": None,
        "exit_code": int(exit_code_of(error)),
        "error": error.message,
        "error_code": code_of(error),
        "next_action": error.next_action,
        "details": dict(error.details),
    }


def code_of(error: SchemaBotError) -> str:
    """The error's word for programs; the service's own where it was the service that refused."""
    return error.answered if isinstance(error, ServiceRefusal) else error.code


def _named_output(name: str | None) -> Output | None:
    return Output(name) if name in set(Output) else None


def _console(surroundings: Surroundings, options: GlobalOptions, *, is_result: bool) -> Console:
    environ = surroundings.environ
    plain = "NO_COLOR" in environ or environ.get("TERM") == "dumb"
    wanted = options.color is Color.ALWAYS or (
        options.color is Color.AUTO and surroundings.is_terminal and not plain
    )
    return Console(
        file=surroundings.stdout if is_result else surroundings.stderr,
        force_terminal=wanted or (surroundings.is_terminal and is_result),
        no_color=not wanted,
        color_system="standard" if wanted else None,
        width=_width(environ, surroundings),
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not surroundings.is_terminal,
        _environ=environ,
    )


def _width(environ: Mapping[str, str], surroundings: Surroundings) -> int | None:
    columns = environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return int(columns)
    return None if surroundings.is_terminal else _UNCUT_COLUMNS
