"""One line per event, whoever speaks (A-61)."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from schemabot.telemetry.logs import configure_logs, log_span
from schemabot.telemetry.span import Spans
from tern.errors import Deadlock


@pytest.fixture
def lines() -> Iterator[StringIO]:
    stream, root = StringIO(), logging.getLogger()
    before = (root.handlers, root.level)
    configure_logs(level="info", as_json=True, stream=stream)
    yield stream
    root.handlers, _ = before
    root.setLevel(before[1])
    structlog.reset_defaults()


def parsed(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_lines_of_the_standard_log_carry_what_their_task_has_bound(lines: StringIO) -> None:
    with bound_contextvars(apply_id="apply-1"):
        logging.getLogger("tern.engine").info("copied %d rows", 7)
    (line,) = parsed(lines)
    assert line["event"] == "copied 7 rows"
    assert line["apply_id"] == "apply-1"
    assert line["level"] == "info"
    assert str(line["ts"]).endswith("Z")


def test_an_error_is_its_class_code_and_message(lines: StringIO) -> None:
    structlog.stdlib.get_logger("x").warning("drive.failed", error=Deadlock(place="shop"))
    (line,) = parsed(lines)
    assert (line["error_class"], line["error_code"]) == ("Deadlock", "deadlock")
    assert line["error"] == "deadlock on shop"


def test_a_failed_span_is_a_warning_and_a_good_one_is_not_shown(lines: StringIO) -> None:
    spans = Spans(log_span)
    with spans.span("queue.claim"):
        pass
    with pytest.raises(ValueError, match="broken"), spans.span("drive", apply_id="apply-1"):
        raise ValueError("broken")
    (line,) = parsed(lines)
    assert (line["event"], line["level"], line["apply_id"]) == ("drive", "warning", "apply-1")


def test_a_person_gets_text(capsys: pytest.CaptureFixture[str]) -> None:
    stream = StringIO()
    configure_logs(level="info", as_json=False, stream=stream)
    structlog.stdlib.get_logger("x").info("started", slots=4)
    structlog.reset_defaults()
    logging.getLogger().handlers = []
    assert "started" in stream.getvalue()
    assert "slots" in stream.getvalue()
    assert capsys.readouterr().out == ""
