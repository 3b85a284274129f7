"""The log's line about a finished copy (E-66)."""

from tern.local.score_words import score_words
from tern.values.plan import Estimate
from tern.values.progress import Actual

TOOK = Actual(
    rows=1_000_000,
    bytes=210 * 1024 * 1024,
    seconds=12.4,
    throttled_seconds=2,
    peak_disk_bytes=230 * 1024 * 1024,
    phase_seconds={"copy": 8.4, "verify": 4.0},
    estimate=Estimate(seconds_low=5, seconds_high=15),
)


def test_a_copy_is_told_beside_what_was_expected() -> None:
    assert score_words(TOOK) == (
        "1,000,000 rows, 210.0 MiB in 12.4 s (copy 8.4 s, verify 4.0 s), held back for 2.0 s, "
        "at most 230.0 MiB of disk; expected 5.0 to 15.0 s: inside, 1.24 of the middle"
    )


def test_what_is_not_known_is_not_told() -> None:
    assert score_words(None) is None
    bare = Actual(rows=1, bytes=0, seconds=1)
    assert score_words(bare) == "1 rows, 0.0 MiB in 1.0 s"
