"""Watching an apply to its end in the three forms of output, and what that means for the exit."""

import json
import time
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from rich.text import Text

from cli.client import Answer
from cli.exit_codes import ExitCode
from cli.interrupts import until_interrupted
from cli.live import FOOTER, Picture
from cli.options import Output
from cli.render.log_lines import Line, beat, last_line, news
from cli.render.progress import next_steps
from cli.screen import Screen
from cli.session import Session
from cli.steered import steered
from cli.steering import Steering
from cli.watching import Seen, Silence, follow, is_over
from schemabot.api.schemas.progress import ProgressAnswer

_FIRST_BEAT_SECONDS = 2.0
_HOLDS = {"waiting_for_cutover": "defer_cutover", "waiting_for_deploy": "defer_deploy"}
_LETTING_GO = frozenset({"cutover", "start", "deploy", "stop", "cancel"})


@dataclass(slots=True, kw_only=True)
class _Told:
    """What a log has been told last."""

    progress: ProgressAnswer | None = None
    next_beat: float = 0.0


async def watch(session: Session, apply_id: str, *, heartbeat: float = 10.0) -> ExitCode:
    """Show the apply until it is over, held as asked for, or the person leaves (C-18, C-40)."""
    screen = session.screen
    match screen.output:
        case Output.INTERACTIVE:
            return await _interactive(session, apply_id)
        case Output.LOG:
            told = _Told(next_beat=time.monotonic() + _FIRST_BEAT_SECONDS)

            tell = partial(_tell, screen, told, heartbeat=heartbeat)
            return await _followed(session, apply_id, show=tell)
        case Output.JSON:
            return await _followed(session, apply_id, show=partial(_write, screen, _Told()))


def outcome(progress: ProgressAnswer) -> ExitCode:
    """Done, or anything else."""
    return ExitCode.DONE if progress.state == "completed" else ExitCode.FAILED


def result_document(progress: ProgressAnswer, code: ExitCode) -> dict[str, object]:
    """The last line for programs."""
    return {
        "type": "result",
        "at": _now(),
        "apply_id": progress.apply_id,
        "state": progress.state,
        "exit_code": int(code),
        "error": progress.error,
        "error_code": progress.error_code,
    }


async def _interactive(session: Session, apply_id: str) -> ExitCode:
    following = aclosing(follow(session.service, apply_id))
    steering = Steering()
    footer = steering.footer if session.screen.surroundings.answers else lambda: FOOTER
    with Picture(session.screen, footer=footer) as picture:
        keys = steered(session, steering, repaint=picture.repaint)
        async with until_interrupted(), picture.kept_fresh(), keys, following as pictures:
            async for seen in pictures:
                steering.see(_progress(seen))
                picture.show(seen)
    last = steering.progress
    if last is None or not is_over(last):
        session.screen.note(Text(f"{apply_id} goes on without you."))
        _hint(session.screen, _ways(apply_id, last))
        return ExitCode.DONE
    _hint(session.screen, next_steps(last))
    return outcome(last)


async def _followed(session: Session, apply_id: str, *, show: Callable[[Seen], None]) -> ExitCode:
    last: ProgressAnswer | None = None
    held = False
    following = aclosing(follow(session.service, apply_id))
    async with until_interrupted() as interrupt, following as pictures:
        async for seen in pictures:
            show(seen)
            last = _progress(seen) or last
            held = last is not None and _is_held(last)
            if held:
                break
    left = interrupt.happened or last is None
    code = ExitCode.INTERRUPTED if left else ExitCode.DONE if held else _code(last)
    _close(session.screen, last, code)
    return code


def _code(last: ProgressAnswer | None) -> ExitCode:
    return ExitCode.FAILED if last is None else outcome(last)


def _close(screen: Screen, last: ProgressAnswer | None, code: ExitCode) -> None:
    if last is None:
        return
    if screen.is_json:
        screen.document(result_document(last, code))
    elif is_over(last):
        screen.show([Text(last_line(last).text(datetime.now(UTC)))])
    if not last.terminal:
        _hint(screen, _ways(last.apply_id, last))


def _is_held(progress: ProgressAnswer) -> bool:
    """Whether it waits where it was asked to wait, and nobody has let it go yet."""
    option = _HOLDS.get(progress.state)
    let_go = any(
        request.status == "pending" and request.operation in _LETTING_GO
        for request in progress.control_requests
    )
    return option is not None and bool(getattr(progress.options, option)) and not let_go


def _tell(screen: Screen, told: _Told, seen: Seen, *, heartbeat: float) -> None:
    lines: list[Line] = []
    if isinstance(seen, Silence):
        facts = {"last_update": f"{seen.seconds:.0f}s", "reason": seen.reason}
        lines.append(Line(message="reconnecting", facts=facts))
    else:
        lines += news(told.progress, seen.document)
        told.progress = seen.document
        if time.monotonic() >= told.next_beat:
            lines += beat(seen.document)
            told.next_beat = time.monotonic() + heartbeat
    screen.show(Text(line.text(datetime.now(UTC))) for line in lines)


def _write(screen: Screen, told: _Told, seen: Seen) -> None:
    if isinstance(seen, Silence):
        screen.note(seen.reason)
        return
    shown = told.progress.version if told.progress is not None else -1
    if seen.document.version > shown:
        told.progress = seen.document
        screen.document({"type": "progress", "at": _now(), "progress": json.loads(seen.text)})


def _ways(apply_id: str, last: ProgressAnswer | None) -> Iterable[Text]:
    yield Text(f"  schemabot progress {apply_id}", style="dim")
    if last is not None:
        yield from next_steps(last)


def _hint(screen: Screen, lines: Iterable[Text]) -> None:
    for line in lines:
        screen.note(line)


def _progress(seen: Seen) -> ProgressAnswer | None:
    return seen.document if isinstance(seen, Answer) else None


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
