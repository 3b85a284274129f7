"""History, drift and lint on the screen, compared with golden files at two widths (C-43)."""

import time
from collections.abc import Iterator

import pytest

from cli.render.drift import drift_lines
from cli.render.findings import finding_lines
from cli.render.history import history_lines
from cli.render.signs import ASCII, UNICODE, Signs
from schemabot.api.schemas.plan import DriftAnswer, LintAnswer
from schemabot.api.schemas.status import HistoryAnswer
from schemabot.config.schema_dir import read_schema_directory
from tests.cli.render.samples import AT, statement
from tests.cli.render.test_screens import check, drawn

APPLY = {
    "apply_id": "apply-4c1f09d2a7b3e655",
    "plan_id": "plan-93bd9b724df6f20c",
    "database": "shop",
    "database_type": "mysql",
    "environment": "staging",
    "deployment": "default",
    "engine": "online",
    "state": "failed",
    "terminal": True,
    "caller": "anna",
    "pull_request": None,
    "volume": 3,
    "attempt": 1,
    "error_code": "duplicate_key",
    "error": "orders: a duplicate stands in the way of `u`",
    "summary": "",
    "created_at": AT,
    "started_at": AT,
    "completed_at": AT,
    "elapsed_seconds": 75.0,
    "percent": 50.0,
    "eta_seconds": None,
    "tasks_total": 1,
    "tasks_ended": 1,
    "stale": False,
    "version": 4,
    "ddl": ["ALTER TABLE `orders` ADD UNIQUE KEY `u` (`a`), DROP COLUMN `b`"],
    "actual": None,
    "rollback_of": None,
}
HISTORY = HistoryAnswer.model_validate({
    "database": "shop",
    "applies": [APPLY, {**APPLY, "state": "completed", "error": None}],
    "has_more": True,
    "next_cursor": "x",
})
DRIFT = DriftAnswer.model_validate({
    "database": "shop",
    "environment": "production",
    "result": "drifted",
    "as_of": AT,
    "baseline_apply_id": "apply-4c1f09d2a7b3e655",
    "statements": [statement("orders", "instant")],
    "error": None,
})
FINDING = {
    "rule": "has_float",
    "severity": "warning",
    "namespace": "shop",
    "table": "orders",
    "object": "a",
    "file": "orders.sql",
    "line": 3,
    "column": 3,
    "message": "column `a`: float is inexact",
    "fixable": False,
}
LINT = LintAnswer.model_validate({
    "database": "shop",
    "environment": "staging",
    "findings": [
        FINDING,
        {**FINDING, "rule": "primary_key", "severity": "error", "line": 1, "message": "no key"},
        {**FINDING, "rule": "display_width", "line": 9, "fixable": True},
        {**FINDING, "rule": "unmanaged_object", "severity": "info", "file": None},
    ],
    "errors": [],
    "warnings": ["views could not be read"],
    "fixed_files": None,
    "unfixed": [],
})
DIRECTORY = read_schema_directory({
    "schemabot.yaml": b"database: shop\n",
    "orders.sql": b"CREATE TABLE orders (id int);",
})


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_other_screens_look_as_they_did(signs: Signs, width: int) -> None:
    name = "unicode" if signs is UNICODE else "ascii"
    check(f"history-{name}-{width}", drawn(history_lines(HISTORY, signs=signs), width=width))
    check(f"drift-{name}-{width}", drawn(drift_lines(DRIFT, signs=signs), width=width))
    check(f"lint-{width}", drawn(finding_lines(LINT, DIRECTORY), width=width))


def test_a_comparison_without_an_answer_is_unknown() -> None:
    unknown = DRIFT.model_copy(update={"result": "unknown", "statements": (), "error": "no\x1b["})
    text = drawn(drift_lines(unknown, signs=UNICODE), width=80)
    assert "Unknown: no" in text
    assert "\x1b" not in text
