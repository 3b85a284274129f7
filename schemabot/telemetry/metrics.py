"""Counters, gauges and histograms of this process, and their text for a scraper.

Source: the Prometheus text exposition format, version 0.0.4. Thread-safe; label values are bounded
by whoever counts (A-59).
"""

import math
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock

PREFIX = "schemabot_"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

Labels = tuple[str, ...]


class Metric(ABC):
    """One named series per combination of label values."""

    kind = "untyped"

    def __init__(self, name: str, meaning: str, *, labels: Sequence[str] = ()) -> None:
        self.name = PREFIX + name
        self.meaning = meaning
        self.labels = tuple(labels)
        self._lock = Lock()

    @abstractmethod
    def samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        """Suffix, labels and value of every sample, from one consistent moment."""

    def _key(self, given: Mapping[str, str]) -> Labels:
        if given.keys() != set(self.labels):
            raise ValueError(f"{self.name} has the labels {self.labels}, not {tuple(given)}")
        return tuple(given[label] for label in self.labels)

    def _named(self, key: Labels) -> dict[str, str]:
        return dict(zip(self.labels, key, strict=True))


class Counter(Metric):
    """Only grows."""

    kind = "counter"

    def __init__(self, name: str, meaning: str, *, labels: Sequence[str] = ()) -> None:
        super().__init__(name, meaning, labels=labels)
        self._values: dict[Labels, float] = {}

    def add(self, amount: float = 1, **labels: str) -> None:
        """Grow by an amount that is not negative."""
        key = self._key(labels)
        with self._lock:
            self._values[key] = self._values.get(key, 0) + amount

    def value(self, **labels: str) -> float:
        """The present value; zero when nothing was counted yet."""
        with self._lock:
            return self._values.get(self._key(labels), 0)

    def samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        """One sample per combination that was counted."""
        with self._lock:
            values = dict(self._values)
        for key, value in values.items():
            yield "", self._named(key), value


class Gauge(Metric):
    """Is whatever `read` says when somebody looks: keys are the label values."""

    kind = "gauge"

    def __init__(
        self,
        name: str,
        meaning: str,
        *,
        read: Callable[[], Mapping[Labels, float]],
        labels: Sequence[str] = (),
    ) -> None:
        super().__init__(name, meaning, labels=labels)
        self._read = read

    def samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        """One sample per combination that `read` gives."""
        for key, value in self._read().items():
            yield "", self._named(key), value


class Histogram(Metric):
    """Counts observations below each bound, and their sum."""

    kind = "histogram"

    def __init__(
        self,
        name: str,
        meaning: str,
        *,
        labels: Sequence[str] = (),
        bounds: Sequence[float] = LATENCY_SECONDS,
    ) -> None:
        super().__init__(name, meaning, labels=labels)
        self._bounds = (*bounds, math.inf)
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def observe(self, value: float, **labels: str) -> None:
        """Count one observation."""
        key = self._key(labels)
        with self._lock:
            counts = self._counts.setdefault(key, [0] * len(self._bounds))
            counts[bisect_left(self._bounds, value)] += 1
            self._sums[key] = self._sums.get(key, 0.0) + value

    def samples(self) -> Iterator[tuple[str, Mapping[str, str], float]]:
        """Cumulative buckets, then sum and count, per combination."""
        with self._lock:
            seen = [(key, list(counts), self._sums[key]) for key, counts in self._counts.items()]
        for key, counts, total in seen:
            named, below = self._named(key), 0
            for bound, count in zip(self._bounds, counts, strict=True):
                below += count
                yield "_bucket", {**named, "le": _number(bound)}, below
            yield "_sum", named, total
            yield "_count", named, below


def exposition(metrics: Sequence[Metric]) -> str:
    """The text that a scraper reads."""
    lines: list[str] = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.meaning}", f"# TYPE {metric.name} {metric.kind}"]
        for suffix, labels, value in metric.samples():
            inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            named = f"{{{inside}}}" if inside else ""
            lines.append(f"{metric.name}{suffix}{named} {_number(value)}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if value == math.inf:
        return "+Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
