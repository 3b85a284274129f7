"""Which events are kept, when a key leaves, and what position that holds back (E-28, E-29)."""

from tern.binlog.position import Position
from tern.binlog.watched_table import Key
from tern.engine.online.delta import AT_ONCE, BatchLog, Delta, Ripeness
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.link import ChangeKey
from tern.engine.online.watermark import Watermark
from tests.tern.engine.online.links import INTEGER, MIXED


class Feed:
    """A delta with its log; each batch begins where the one before ended."""

    def __init__(self, key: ChangeKey = INTEGER, ripeness: Ripeness = AT_ONCE) -> None:
        self.mark = Watermark()
        self.log = BatchLog(received=place(0))
        order = KeyOrder(key)
        self.delta = Delta(self.log, order=order, watermark=self.mark, ripeness=ripeness)
        self._at = 0

    def receive(self, *keys: Key) -> None:
        number = self.log.begin(place(self._at))
        self.delta.file(keys, number)
        self._at += 1
        self.log.end(number, place(self._at))

    def copied_to(self, *bounds: int | None) -> None:
        for bound in bounds:
            self.mark.finish(self.mark.dispatch(None if bound is None else (bound,)))
            self.delta.note_low()


def place(offset: int) -> Position:
    return Position(server="s", file="log.000001", offset=offset, gtids=None)


def test_a_key_beyond_what_is_handed_out_is_dropped() -> None:
    feed = Feed()
    feed.receive((5,))
    feed.copied_to(10)
    feed.receive((10,), (99,))
    assert len(feed.delta) == 0
    assert feed.log.applied() == place(2)


def test_a_key_of_a_range_under_way_waits_for_it() -> None:
    feed = Feed()
    under_way = feed.mark.dispatch((10,))
    feed.receive((5,))
    assert not feed.delta.take(9)
    assert feed.delta.covers((5,))
    feed.mark.finish(under_way)
    feed.delta.note_low()
    assert list(feed.delta.take(9)) == [(5,)]


def test_a_key_received_while_it_is_written_is_written_again() -> None:
    feed = Feed()
    feed.copied_to(10)
    feed.receive((5,))
    taken = feed.delta.take(9)
    feed.receive((5,))
    assert not feed.delta.take(9)
    feed.delta.written(taken)
    assert feed.log.applied() == place(1)
    again = feed.delta.take(9)
    assert list(again) == [(5,)]
    feed.delta.written(again)
    assert feed.log.applied() == place(2)


def test_what_failed_returns_with_its_old_number() -> None:
    feed = Feed()
    feed.copied_to(None)
    feed.receive((1,))
    taken = feed.delta.take(9)
    feed.receive((1,), (2,))
    feed.delta.failed(taken)
    assert feed.log.applied() == place(0)
    assert dict(feed.delta.take(9)) == {(1,): 0, (2,): 1}


def test_the_applied_position_moves_past_batches_without_our_keys() -> None:
    feed = Feed()
    feed.copied_to(None)
    feed.receive((1,))
    feed.receive()
    assert feed.log.applied() == place(0)
    feed.delta.written(feed.delta.take(9))
    assert feed.log.applied() == place(2)


def test_texts_are_for_the_server_to_judge() -> None:
    feed = Feed(MIXED)
    feed.mark.finish(feed.mark.dispatch((5, b"m")))
    feed.delta.note_low()
    feed.receive((4, b"z"), (5, b"a"), (6, b"a"))
    assert list(feed.delta.take(9)) == [(4, b"z")]
    asked = feed.delta.take_unjudged(9)
    assert list(asked) == [(5, b"a")]
    assert feed.delta.covers((5, b"a"))
    feed.delta.judged(asked, beyond=set(), copied={(5, b"a")})
    assert list(feed.delta.take(9)) == [(5, b"a")]


def test_a_key_received_again_while_it_is_judged_is_not_dropped() -> None:
    feed = Feed(MIXED)
    feed.mark.finish(feed.mark.dispatch((5, b"m")))
    feed.delta.note_low()
    feed.receive((5, b"z"))
    asked = feed.delta.take_unjudged(9)
    feed.receive((5, b"z"))
    feed.delta.judged(asked, beyond={(5, b"z")}, copied=set())
    assert feed.delta.covers((5, b"z"))
    feed.copied_to(None)
    assert list(feed.delta.take(9)) == [(5, b"z")]


def test_keys_are_ripe_when_they_fill_a_batch() -> None:
    feed = Feed(ripeness=Ripeness(keys=3, linger_seconds=60.0))
    feed.copied_to(None)
    feed.receive((1,), (2,))
    assert not feed.delta.is_ripe()
    feed.receive((2,), (3,))
    assert feed.delta.is_ripe()
    taken = feed.delta.take(2)
    assert not feed.delta.is_ripe()
    feed.delta.failed(taken)
    assert feed.delta.is_ripe()


def test_keys_are_ripe_when_they_have_lingered() -> None:
    feed = Feed(ripeness=Ripeness(keys=500, linger_seconds=0.0))
    feed.copied_to(None)
    assert not feed.delta.is_ripe()
    feed.receive((1,))
    assert feed.delta.is_ripe()


def test_keys_that_somebody_waits_for_are_ripe_until_they_are_taken() -> None:
    feed = Feed(ripeness=Ripeness(keys=500, linger_seconds=60.0))
    feed.copied_to(None)
    feed.receive((1,))
    feed.delta.hasten()
    assert feed.delta.is_ripe()
    taken = feed.delta.take(9)
    feed.delta.written(taken)
    feed.receive((2,))
    assert not feed.delta.is_ripe()
