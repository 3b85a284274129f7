"""A stand-alone run in the three forms of output: the picture, a log, JSON lines (C-19 to C-24)."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.text import Text

from cli.alone.picture import AlonePicture
from cli.client import Answer
from cli.exit_codes import ExitCode
from cli.live import Picture
from cli.options import Output
from cli.render.log_lines import beat, last_line, news
from cli.screen import Screen
from schemabot.api.schemas.progress import ProgressAnswer
from tern.errors import SchemaBotError
from tern.values.progress import Progress

FOOTER = "Ctrl-C stops it; the same command goes on with what was copied"
_FIRST_BEAT_SECONDS = 2.0


@dataclass(slots=True, kw_only=True)
class Show:
    """Shows one run's reports."""

    screen: Screen
    picture: AlonePicture
    heartbeat: float
    drawn: Picture | None = None
    shown: ProgressAnswer | None = None
    next_beat: float = 0.0

    def progress(self, progress: Progress) -> None:
        """The whole picture, in the form that was asked for."""
        answer = self.picture.take(progress)
        match self.screen.output:
            case Output.INTERACTIVE if self.drawn is not None:
                self.drawn.show(answer)
            case Output.JSON:
                document = {"type": "progress", "at": _now(), "progress": json.loads(answer.text)}
                self.screen.document(document)
            case _:
                self._tell(answer)
        self.shown = answer.document

    def note(self, text: str) -> None:
        """One line beside it."""
        self.screen.note(Text(text, style="dim"))

    def end(self, code: ExitCode, error: SchemaBotError | None) -> None:
        """The last line of a log, or of JSON."""
        last = self.picture.answer().document
        if self.screen.is_json:
            self.screen.document({
                "type": "result",
                "at": _now(),
                "apply_id": last.apply_id,
                "state": last.state,
                "exit_code": int(code),
                "error": None if error is None else error.message,
                "error_code": None if error is None else error.code,
            })
        elif self.screen.output is Output.LOG:
            self.screen.show([Text(last_line(last).text(datetime.now(UTC)))])

    @contextmanager
    def open(self) -> Iterator[None]:
        """The picture is drawn within the block, and its last frame stays."""
        self.next_beat = time.monotonic() + _FIRST_BEAT_SECONDS
        if self.screen.output is not Output.INTERACTIVE:
            yield
            return
        with Picture(self.screen, footer=lambda: FOOTER) as self.drawn:
            self.drawn.show(self.picture.answer())
            yield

    def _tell(self, answer: Answer[ProgressAnswer]) -> None:
        lines = list(news(self.shown, answer.document))
        if time.monotonic() >= self.next_beat:
            lines += beat(answer.document)
            self.next_beat = time.monotonic() + self.heartbeat
        self.screen.show(Text(line.text(datetime.now(UTC))) for line in lines)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
