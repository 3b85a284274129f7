"""What the change of one table is expected to cost; pure (E-66)."""

from dataclasses import dataclass

from tern.engine.copy_estimate import CopyRates, copy_seconds, shadow_bytes
from tern.mysql.catalogue import TableSize
from tern.values.plan import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One table's cost.

    Attributes:
        total_bytes: Data and indexes of the source.
        disk_bytes: What the shadow may need.
        log_bytes: What the copy adds to the binary log.
    """

    rows: int
    total_bytes: int
    disk_bytes: int
    log_bytes: int
    seconds_low: float
    seconds_high: float
    basis: str

    @property
    def needed_bytes(self) -> int:
        """Room for all of it."""
        return self.disk_bytes + self.log_bytes

    @property
    def value(self) -> Estimate:
        """The same as it crosses the port."""
        return Estimate(
            rows=self.rows,
            bytes=self.total_bytes,
            disk_needed_bytes=self.needed_bytes,
            seconds_low=self.seconds_low,
            seconds_high=self.seconds_high,
            basis=self.basis,
        )


def expected(size: TableSize, *, rates: CopyRates, speed: float, writes_log: bool) -> Expected:
    """The cost of a table of this size; pure."""
    low, high = copy_seconds(size.total_bytes, rates, speed=speed)
    return Expected(
        rows=size.rows or 0,
        total_bytes=size.total_bytes,
        disk_bytes=shadow_bytes(size.total_bytes),
        log_bytes=size.data_bytes if writes_log else 0,
        seconds_low=low,
        seconds_high=high,
        basis=rates.basis,
    )
