"""What the demonstration's steps share: settings, server, service, and how commands are shown."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.text import Text

from cli.demo.ledger import Account
from cli.demo.load import Load, LoadSettings
from cli.demo.server import DatabaseServer
from cli.demo.service import DemoService
from cli.demo.summary import Measured
from cli.errors import DemoFailed
from cli.exit_codes import ExitCode
from cli.render.words import duration
from cli.screen import Screen
from tern.mysql.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSettings:
    """What was asked for on the command line.

    Attributes:
        place: Where directories are made.
        crashes: Whether the service is killed at half way.
        keeps: Whether server and directory stay.
    """

    rows: int
    load: LoadSettings
    volume: int | None
    program: Path | None
    dsn: str | None
    place: Path
    crashes: bool
    keeps: bool


@dataclass(slots=True, kw_only=True)
class Demo:
    """What the steps share."""

    screen: Screen
    settings: DemoSettings
    server: DatabaseServer
    database: Connection
    service: DemoService
    load: Load
    folder: Path
    account: Account = field(default_factory=Account)
    measured: Measured | None = None
    steps_done: int = 0

    @property
    def schema(self) -> Path:
        """The schema directory."""
        return self.folder / "schema"

    def say(self, text: Text) -> None:
        """Beside the result, which in JSON is one document."""
        console = self.screen.notes if self.screen.is_json else self.screen.out
        console.print(text, soft_wrap=True)  # a command is pasted as one line

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """Announces a step, and says how long it took."""
        self.steps_done += 1
        self.say(Text(f"\n{self.steps_done}. {words}", style="bold cyan"))
        began = time.monotonic()
        yield
        took = duration(time.monotonic() - began)
        self.say(Text(f"   {self.screen.signs.done} {took}", style="green"))

    def run(self, wanted: ExitCode, *arguments: str) -> None:
        """One command, which must end so. Raises DemoFailed."""
        self.show_command(arguments)
        with self.service.running(*arguments) as process:
            status = process.wait()
        self.check_status(arguments, status, wanted)

    def show_command(self, arguments: tuple[str, ...]) -> None:
        """The command as a person would type it."""
        self.say(Text(f"$ schemabot {self._shown(arguments)}", style="bold"))

    def check_status(self, arguments: tuple[str, ...], status: int, wanted: ExitCode) -> None:
        """Raises DemoFailed when a command ended otherwise than wanted."""
        if status != wanted:
            reason = f"it ended with exit status {status}, not {int(wanted)}"
            raise DemoFailed(step=f"schemabot {self._shown(arguments)}", reason=reason)

    def _shown(self, arguments: tuple[str, ...]) -> str:
        return " ".join(arguments).replace(str(self.schema), self.schema.name)
