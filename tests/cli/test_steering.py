"""Keys at the picture: which are shown, what they ask for, when they are dead (C-21)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.keyboard import names
from cli.steering import Leave, Mode, Steering, Wish
from schemabot.api.schemas.progress import ProgressAnswer, RequestAnswer
from tests.cli.render.samples import progress

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def seen(*operations: str, **changes: object) -> ProgressAnswer:
    """A picture in which these operations are possible."""
    return progress("running").model_copy(update={"next_actions": operations, **changes})


def request(status: str, error: str | None = None) -> RequestAnswer:
    return RequestAnswer(
        request_id="r-1",
        operation="stop",
        status=status,
        requested_by="ada",
        requested_at=NOW,
        resolved_at=None,
        error=error,
        result=None,
    )


def steering(*operations: str) -> Steering:
    made = Steering(clock=lambda: 100.0)
    made.see(seen(*operations))
    return made


def test_only_keys_whose_operation_is_possible_are_shown_and_do_something() -> None:
    made = steering("stop")
    assert "s stop" in made.footer()
    assert "cancel" not in made.footer()
    assert [made.press(key) for key in ("x", "v", "enter", "k")] == [None] * 4
    assert made.mode is Mode.LOOKING


@pytest.mark.parametrize("key", ["esc", "q"])
def test_leaving_asks_for_nothing(key: str) -> None:
    assert isinstance(steering("stop").press(key), Leave)


def test_a_key_is_dead_until_its_request_has_ended() -> None:
    made = steering("stop")
    assert made.press("s") == Wish(operation="stop")
    assert made.press("s") is None
    made.requested(Wish(operation="stop"), "r-1")
    assert "stop requested" in made.footer()
    made.see(seen("stop", control_requests=(request("failed", "already finished"),)))
    assert "stop failed: already finished" in made.footer()
    assert made.press("s") == Wish(operation="stop")


def test_after_ten_seconds_a_key_lives_again() -> None:
    now = [100.0]
    made = replace(steering("stop"), clock=lambda: now[0])
    made.press("s")
    now[0] = 109.9
    assert made.press("s") is None
    now[0] = 110.0
    assert made.press("s") == Wish(operation="stop")


def test_a_cancel_is_confirmed_with_y_and_nothing_else() -> None:
    made = steering("cancel")
    assert [made.press(key) for key in ("x", "enter")] == [None, None]
    assert [made.press(key) for key in ("x", "y")] == [None, Wish(operation="cancel")]


def test_the_volume_is_set_by_digits_and_arrows_within_its_bounds() -> None:
    made = steering("volume")
    made.see(seen("volume", volume=10))
    assert made.press("v") is None
    wishes = [made.press(key) for key in ("right", "right", "4", "left", "0", "-")]
    levels = [wish.volume for wish in wishes if isinstance(wish, Wish)]
    assert levels == [11, 11, 4, 3, 10, 11]
    assert (made.press("esc"), made.mode) == (None, Mode.LOOKING)


def test_enter_cuts_over_where_that_is_the_next_step() -> None:
    assert steering("cutover").press("enter") == Wish(operation="cutover")


def test_a_refusal_is_told_and_frees_the_key() -> None:
    made = steering("stop")
    made.press("s")
    made.refused(Wish(operation="stop"), "it is ending")
    assert "stop refused: it is ending" in made.footer()
    assert made.press("s") is not None


def test_what_a_terminal_sends_becomes_names() -> None:
    assert list(names("sx\r")) == ["s", "x", "enter"]
    assert [list(names(text)) for text in ("\x1b", "\x1b[C", "\x1bOD", "\x1b[15~")] == [
        ["esc"],
        ["right"],
        ["left"],
        [],
    ]
