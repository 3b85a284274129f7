"""Screens, compared with golden files at two widths, in both sets of signs, with colour."""

import io
import os
import time
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from cli.render.log_lines import beat, last_line, news
from cli.render.plan import plan_lines
from cli.render.progress import bar, frame_lines, page_lines
from cli.render.signs import ASCII, UNICODE, Signs
from cli.watching import is_over
from schemabot.domain.states import ApplyState, TaskState
from tests.cli.render.samples import AT, ESTIMATE, copying, plan, progress, statement, task

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Screens show this machine's own time of day."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def drawn(lines: Iterable[Text], *, width: int, color: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
    )
    for line in lines:
        console.print(line)
    return out.getvalue()


def check(name: str, text: str) -> None:
    """Equal to the golden file; GOLDEN=write makes it anew, for somebody to read."""
    file = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


A_PLAN = plan(
    statement("orders", "copy", estimate=ESTIMATE, reason="the server would copy the table"),
    statement("customers", "instant"),
    statement(
        "carts",
        "direct",
        change_type="drop",
        ddl="DROP TABLE `carts`",
        unsafe_reasons=["the table and its rows are removed"],
        evidence={"last read": "never since the server's start"},
    ),
    warnings=["key not enforced meanwhile"],
)
AN_APPLY = progress(
    "running",
    copying(),
    task("customers", "pending", method="instant"),
    task(
        "a_table_with_a_name_that_is_much_too_long_for_a_column",
        "failed",
        percent=12.0,
        error="lock wait timeout on customers",
    ),
    next_actions=["stop", "cancel", "volume"],
)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_screens_look_as_they_did(signs: Signs, width: int) -> None:
    name = "unicode" if signs is UNICODE else "ascii"
    check(f"plan-{name}-{width}", drawn(plan_lines(A_PLAN, signs=signs), width=width))
    frame = frame_lines(AN_APPLY, signs=signs, width=width)
    check(f"frame-{name}-{width}", drawn(frame, width=width))
    page = page_lines(AN_APPLY, signs=signs, width=width)
    check(f"page-{name}-{width}", drawn(page, width=width))


def test_colours_are_as_they_were() -> None:
    lines = [
        *plan_lines(A_PLAN, signs=UNICODE),
        *frame_lines(AN_APPLY, signs=UNICODE, width=80),
    ]
    check("colour", drawn(lines, width=80, color=True))


def test_a_log_tells_each_thing_once() -> None:
    queued = progress("pending", task("orders", "pending"), version=1)
    running = progress("running", copying(), version=2)
    waiting = progress("waiting_for_cutover", task("orders", "waiting_for_cutover"), version=3)
    done = progress(
        "completed",
        task("orders", "completed", percent=100.0, started_at=AT, completed_at=AT),
        version=4,
    )
    pictures = [None, queued, running, running, waiting, done]
    told = [
        line.text(done.created_at)
        for before, now in pairwise(pictures)
        for line in news(before, now or done)
    ]
    told += [line.text(done.created_at) for line in (*beat(running), last_line(done))]
    check("log", "\n".join(told) + "\n")


@pytest.mark.parametrize("state", list(ApplyState))
def test_every_state_is_drawn_and_each_end_ends_watching(state: ApplyState) -> None:
    shown = progress(state, task("orders", "running"))
    assert drawn(frame_lines(shown, signs=UNICODE, width=80), width=80)
    ends = {"completed", "failed", "cancelled", "reverted", "stopped"}
    assert is_over(shown) == (state in ends)


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("percent", [None, 0.0, 0.1, 50.0, 99.9, 100.0])
def test_a_bar_is_whole_or_absent(state: TaskState, percent: float | None) -> None:
    shown = progress("running", task("orders", state, percent=percent)).tasks[0]
    assert len(bar(shown, signs=UNICODE)) in {0, 20}


def test_text_from_outside_moves_no_cursor() -> None:
    evil = plan(statement("a\x1b[2Jb", "copy", reason="\x07\r", ddl="ALTER TABLE `a\x1b[2J` ADD c"))
    text = drawn(plan_lines(evil, signs=UNICODE), width=80)
    assert not set(text) & set("\x1b\x07\r")
