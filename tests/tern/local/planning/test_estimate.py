"""What a statement costs is a range; what isn't known stays unknown (P-37)."""

from tern.engine.copy_estimate import CopyRates
from tern.local.planning.estimate import estimate_statement, total
from tern.mysql.catalogue import TableSize
from tern.values.plan import Estimate, Verdict

GIB = 1024**3
UNKNOWN = CopyRates()
SIZE = TableSize(
    engine="InnoDB", rows=1_000_000, data_bytes=GIB, index_bytes=GIB // 2, updated=None
)


def test_a_copy_takes_its_bytes_and_a_fifth_more() -> None:
    cost = estimate_statement(Verdict.COPY, SIZE, writes_log=False, rates=UNKNOWN)
    assert cost is not None
    assert cost.disk_needed_bytes == int(1.5 * GIB * 1.2)
    assert (cost.rows, cost.bytes) == (1_000_000, 1.5 * GIB)


def test_a_binary_log_takes_the_data_once_more() -> None:
    cost = estimate_statement(Verdict.COPY, SIZE, writes_log=True, rates=UNKNOWN)
    assert cost is not None
    assert cost.disk_needed_bytes == int(1.5 * GIB * 1.2 + GIB)


def test_the_time_of_a_copy_is_a_range() -> None:
    cost = estimate_statement(Verdict.COPY, SIZE, writes_log=False, rates=UNKNOWN)
    assert cost is not None
    assert cost.seconds_low == round(1536 / 60 * 1.1 + 3, 1)
    assert cost.seconds_high == round(1536 / 8 * 1.4 + 8, 1)


def test_metadata_takes_under_a_second_and_no_disk() -> None:
    cost = estimate_statement(Verdict.INSTANT, SIZE, writes_log=True, rates=UNKNOWN)
    assert cost is not None
    assert (cost.seconds_low, cost.seconds_high, cost.disk_needed_bytes) == (0.0, 1.0, 0)


def test_a_refused_statement_has_no_cost() -> None:
    assert estimate_statement(Verdict.REFUSED, SIZE, writes_log=True, rates=UNKNOWN) is None


def test_a_sum_with_something_unknown_is_unknown() -> None:
    known, unknown = Estimate(rows=3, seconds_low=1.5), Estimate(rows=None, seconds_low=1.0)
    summed = total([known, unknown])
    assert summed is not None
    assert (summed.rows, summed.seconds_low) == (None, 2.5)
    assert total([]) is None
