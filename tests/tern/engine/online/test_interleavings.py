"""However users, feed, copiers, replayers and crashes interleave, the shadow ends equal (E-79)."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.binlog.watched_table import Key, KeyKind
from tern.engine.online.delta import Delta
from tern.engine.online.watermark import Bound, Watermark
from tests.tern.engine.online.links import INTEGER, change_key
from tests.tern.engine.online.model import KEYS, Step, World, played

TEXT = change_key(KeyKind.TEXT)
SCRIPTS = st.lists(st.tuples(st.sampled_from(Step), st.integers(0, 2 * KEYS - 1)), max_size=60)
Script = list[tuple[Step, int]]


def number_key(number: int) -> Key:
    return (number,)


def text_key(number: int) -> Key:
    return (b"%02d" % number,)


@given(script=SCRIPTS)
def test_the_shadow_equals_the_source(script: Script) -> None:
    world = played(World(INTEGER, number_key), script)
    assert world.shadow == world.source


@given(script=SCRIPTS)
def test_the_shadow_equals_the_source_where_the_server_must_order_keys(script: Script) -> None:
    world = played(World(TEXT, text_key), script)
    assert world.shadow == world.source


def is_right(script: Script, *, takes_locks: bool = True) -> bool:
    world = played(World(INTEGER, number_key, takes_locks=takes_locks), script)
    return world.shadow == world.source


def test_reading_without_locks_is_found_wrong() -> None:
    script = [
        (Step.WRITE, 0),
        (Step.LOG, 0),
        (Step.RECEIVE, 0),
        (Step.DISPATCH, KEYS),
        (Step.READ_RANGE, 0),
        (Step.END, 0),
    ]
    assert is_right(script)
    assert not is_right(script, takes_locks=False)


def test_reading_early_what_is_handed_out_is_found_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    script = [
        (Step.DISPATCH, 3),
        (Step.DISPATCH, KEYS),
        (Step.READ_RANGE, 1),
        (Step.COMMIT_RANGE, 0),
        (Step.WRITE, 4),
        (Step.LOG, 0),
        (Step.END, 0),
        (Step.RECEIVE, 0),
    ]
    assert is_right(script)
    file = Delta.file

    def filed(delta: Delta, keys: Sequence[Key], number: int) -> None:
        """As if it had been read before the ranges under way were handed out."""
        true = delta._watermark  # noqa: SLF001  # what is altered is none of a test's business
        delta._watermark = _Early(true)  # noqa: SLF001  # as above
        file(delta, keys, number)
        delta._watermark = true  # noqa: SLF001  # as above

    monkeypatch.setattr(Delta, "file", filed)
    assert not is_right(script)


class _Early(Watermark):
    def __init__(self, true: Watermark) -> None:
        super().__init__()
        self._true = true

    @property
    def dispatched(self) -> Bound:
        return self._true.low

    @property
    def low(self) -> Bound:
        return self._true.low


def test_forgetting_what_comes_again_while_it_is_written_is_found_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied = [(Step.DISPATCH, KEYS), (Step.READ_RANGE, 0), (Step.COMMIT_RANGE, 0)]
    written = [(Step.LOG, 0), (Step.END, 0), (Step.RECEIVE, 0)]
    deleted, inserted = (Step.WRITE, KEYS), (Step.WRITE, 0)
    read = [(Step.TAKE, 0), (Step.READ_KEYS, 0)]
    script = [*copied, deleted, *written, *read, inserted, *written, (Step.COMMIT_KEYS, 0)]
    assert is_right(script)
    file = Delta._file  # noqa: SLF001  # as above

    def forgetful(delta: Delta, key: Key, number: int, *, dispatched: Bound) -> int:
        """A key that comes again while it is written is taken for known."""
        if key in delta._writing:  # noqa: SLF001  # as above
            return 0
        return file(delta, key, number, dispatched=dispatched)

    monkeypatch.setattr(Delta, "_file", forgetful)
    assert not is_right(script)
