import pytest

from schemabot.telemetry.span import Span, Spans


def test_a_span_is_shown_at_its_start_and_at_its_end() -> None:
    shown: list[tuple[str, bool]] = []
    spans = Spans(lambda span: shown.append((span.name, span.is_over)))
    with spans.span("drive", apply_id="apply-1"):
        shown.append(("inside", False))
    assert shown == [("drive", False), ("inside", False), ("drive", True)]


def test_what_the_block_raises_ends_the_span_and_passes_through() -> None:
    ended: list[Span] = []
    with pytest.raises(ValueError, match="broken"), Spans(ended.append).span("drive"):
        raise ValueError("broken")
    assert isinstance(ended[-1].error, ValueError)


def test_a_span_takes_what_becomes_known_on_the_way() -> None:
    ended: list[Span] = []
    with Spans(ended.append).span("queue.claim", slots=1) as span:
        span.note(claimed=1)
    assert ended[-1].fields == {"slots": 1, "claimed": 1}
    assert (ended[-1].seconds or 0) >= 0
