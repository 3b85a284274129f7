"""From POST to engine start, at an even rate, counted from the intended moment of sending."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.dispatching.served import Client, Served

SENDERS = 6
_LATE_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One POST, in milliseconds from its intended moment."""

    answered_ms: float
    started_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    apply_id: str
    intended_ns: int
    answered_ns: int


def measure(
    api: Served, workers: Sequence[Served], *, count: int, per_second: float, databases: int
) -> list[Sample]:
    """POST this many applies, and see when the engines of the workers started them."""
    plans = _plans(api, databases)
    begin_ns = time.monotonic_ns() + 200_000_000
    gap_ns = int(1e9 / per_second)

    def send_share(share: int) -> list[_Sent]:
        client = api.connect()
        sent = [
            _send(client, plans[n % databases], begin_ns + n * gap_ns)
            for n in range(share, count, SENDERS)
        ]
        client.close()
        return sent

    with ThreadPoolExecutor(SENDERS) as senders:
        sent = [each for share in senders.map(send_share, range(SENDERS)) for each in share]
    started = _all_started(workers, [each.apply_id for each in sent])
    return [
        Sample(
            answered_ms=(each.answered_ns - each.intended_ns) / 1e6,
            started_ms=(started[each.apply_id] - each.intended_ns) / 1e6,
        )
        for each in sent
    ]


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that so many percent do not exceed."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))], 3)


def _plans(api: Served, databases: int) -> list[str]:
    client = api.connect()
    plans = [client.plan(number) for number in range(databases)]
    client.close()
    return plans


def _send(client: Client, plan: str, intended_ns: int) -> _Sent:
    threading.Event().wait(max(0, intended_ns - time.monotonic_ns()) / 1e9)
    apply_id = client.apply(plan)
    return _Sent(apply_id=apply_id, intended_ns=intended_ns, answered_ns=time.monotonic_ns())


def _all_started(workers: Sequence[Served], applies: Sequence[str]) -> dict[str, int]:
    deadline, pause = time.monotonic() + _LATE_SECONDS, threading.Event()
    while True:
        started = {key: ns for worker in workers for key, ns in list(worker.started_ns.items())}
        if all(apply in started for apply in applies):
            return started
        assert time.monotonic() < deadline, "not everything was started"
        pause.wait(0.02)
