"""Packets arrive in any pieces; what is in them does not depend on that."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tern.binlog.framing import bytes_wanted
from tests.tern.binlog.captured import (
    batches_of,
    captured_events,
    decoder_at,
    event,
    keys_of,
    packet,
    packets,
    rotate_to,
)

STREAM = packets(rotate_to("log.000002"), *captured_events("mysql-transactions"))
LARGEST = 0xFFFFFF


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_any_cutting_of_the_stream_gives_the_same_keys(cuts: list[int]) -> None:
    whole = keys_of(list(batches_of(decoder_at(), STREAM)))
    decoder, held, batches = decoder_at(), b"", []
    edges = [0, *sorted(cuts), len(STREAM)]
    for begin, end in pairwise(edges):
        held += STREAM[begin:end]
        at = 0
        while (stopped := decoder.decode(held, at)) > at:
            at = stopped
            batches.append(decoder.take_batch())
        held = held[at:]
    assert not held
    assert keys_of(batches) == whole


@given(cut=st.integers(0, 200))
def test_wanted_bytes_are_never_more_than_the_first_packet(cut: int) -> None:
    first = packet(rotate_to("log.000002"))
    wanted = bytes_wanted(first[:cut])
    assert wanted == len(first) if cut >= 4 else wanted == 4


def test_events_of_a_packets_length_and_beyond_are_joined() -> None:
    for extra in (-2, -1, 0, 1, LARGEST):
        text = b"x" * (LARGEST - 19 - 1 + extra)
        payload = b"\0" + event(29, text, offset=77)
        stream = rotate_packet()
        for at in range(0, len(payload) + 1, LARGEST):
            piece = payload[at : at + LARGEST]
            stream += len(piece).to_bytes(3, "little") + b"\0" + piece
            if len(piece) < LARGEST:
                break
        stream += packet(event(3, b"", offset=99))
        decoder = decoder_at()
        assert decoder.decode(stream) == len(stream)
        assert decoder.take_batch().received.offset == 99


def rotate_packet() -> bytes:
    return packet(rotate_to("log.000001"))
