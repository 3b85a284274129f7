"""What a finished copy has taken, beside its estimate, in a line for people; pure (E-66)."""

from tern.values.progress import Actual

_MIB = 1024 * 1024


def score_words(actual: Actual | None) -> str | None:
    """`1,000,000 rows, 210.3 MiB in 12.4 s; expected 5.0 to 30.0 s`, and what was notable."""
    if actual is None:
        return None
    phases = ", ".join(f"{name} {took:.1f} s" for name, took in actual.phase_seconds.items())
    words = f"{actual.rows:,} rows, {actual.bytes / _MIB:,.1f} MiB in {actual.seconds:.1f} s"
    if phases:
        words += f" ({phases})"
    if actual.throttled_seconds >= 1:
        words += f", held back for {actual.throttled_seconds:.1f} s"
    if actual.peak_disk_bytes is not None:
        words += f", at most {actual.peak_disk_bytes / _MIB:,.1f} MiB of disk"
    return words + _against_estimate(actual)


def _against_estimate(actual: Actual) -> str:
    estimate = actual.estimate
    if estimate is None or estimate.seconds_low is None or estimate.seconds_high is None:
        return ""
    low, high = estimate.seconds_low, estimate.seconds_high
    inside = "inside" if low <= actual.seconds <= high else "outside"
    ratio = actual.seconds / ((low + high) / 2)
    return f"; expected {low:.1f} to {high:.1f} s: {inside}, {ratio:.2f} of the middle"
