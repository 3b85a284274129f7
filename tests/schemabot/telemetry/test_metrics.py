import pytest

from schemabot.telemetry.metrics import Counter, Gauge, Histogram, exposition


def test_a_counter_is_written_once_per_combination_of_labels() -> None:
    applies = Counter("applies_total", "Applies that ended.", labels=["outcome"])
    applies.add(outcome="completed")
    applies.add(2, outcome="completed")
    applies.add(outcome='fai"led\n')
    assert applies.value(outcome="completed") == 3
    assert exposition([applies]).splitlines() == [
        "# HELP schemabot_applies_total Applies that ended.",
        "# TYPE schemabot_applies_total counter",
        'schemabot_applies_total{outcome="completed"} 3',
        'schemabot_applies_total{outcome="fai\\"led\\n"} 1',
    ]


def test_a_histogram_is_cumulative() -> None:
    seconds = Histogram("claim_seconds", "Claims.", bounds=[0.1, 1.0])
    for value in (0.05, 0.1, 0.5, 7):
        seconds.observe(value)
    assert exposition([seconds]).splitlines()[2:] == [
        'schemabot_claim_seconds_bucket{le="0.1"} 2',
        'schemabot_claim_seconds_bucket{le="1"} 3',
        'schemabot_claim_seconds_bucket{le="+Inf"} 4',
        "schemabot_claim_seconds_sum 7.65",
        "schemabot_claim_seconds_count 4",
    ]


def test_a_gauge_is_read_when_somebody_looks() -> None:
    busy: dict[tuple[str, ...], float] = {("busy",): 1.0}
    slots = Gauge("worker_slots", "Slots.", read=lambda: busy, labels=["state"])
    busy["busy",] = 2.5
    assert exposition([slots]).splitlines()[-1] == 'schemabot_worker_slots{state="busy"} 2.5'


def test_labels_that_a_metric_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="has the labels"):
        Counter("applies_total", "Applies.", labels=["outcome"]).add(user="ada")
