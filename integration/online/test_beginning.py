"""What a run finds of an earlier one, and what it then does (E-57, E-58)."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integration.databases import Database
from integration.online.workbench import QUICK, Bench, bench
from tern.engine.port import CutoverOrder, StopKind
from tern.values.run import Completed, EndState, Permanent, Stopped

ALTER = "ALTER TABLE `item` MODIFY COLUMN `v` BIGINT"
# What happens while the change is at rest, before it is copied afresh.
LOST = {
    "the shadow is gone": "DROP TABLE `{stem}n`",
    "the shadow was changed": "ALTER TABLE `{stem}n` ADD COLUMN theirs INT",
    "the probe table is gone": "DROP TABLE `{stem}p`",
}


@pytest.fixture
def change(database: Database) -> Bench:
    database.query("CREATE TABLE item (id INT PRIMARY KEY, v INT)")
    database.query("INSERT INTO item VALUES (1, 1), (2, 2)")
    return bench(database, ("item", ALTER), defer_cutover=True)


def rest(change: Bench) -> str:
    """The change is copied and stopped; what its own tables' names begin with."""
    with change.running():
        change.until(lambda task: task.ready)
        change.engine.stop(StopKind.STOP)
    assert change.outcome == Stopped()
    ((name,),) = change.database.query("SHOW TABLES LIKE 'item%_c'")
    return str(name)[:-1]


def document(change: Bench) -> dict[str, Any]:
    """What the checkpoint says."""
    ((name,),) = change.database.query("SHOW TABLES LIKE 'item%_c'")
    ((text,),) = change.database.query(f"SELECT doc FROM `{name}` WHERE id = 1")  # noqa: S608  # its own name
    found: dict[str, Any] = json.loads(text)
    return found


def generation_of_next(change: Bench) -> int:
    """How often the next run has begun from nothing, from 1; it is carried to its end."""
    again = change.again()
    with again.running():
        again.until(lambda task: task.ready)
        found = int(document(again)["generation"])
        again.engine.cutover(CutoverOrder.GO)
    assert again.outcome == Completed()
    assert change.database.query("SELECT SUM(v) FROM item") == [(3,)]
    return found


def test_what_is_as_it_was_left_is_gone_on_with(change: Bench) -> None:
    rest(change)
    assert generation_of_next(change) == 1


@pytest.mark.parametrize("kind", LOST)
def test_a_copy_that_is_not_what_it_was_begins_afresh(change: Bench, kind: str) -> None:
    stem = rest(change)
    change.database.query(LOST[kind].format(stem=stem))
    assert generation_of_next(change) == 2


def test_a_checkpoint_that_is_too_old_is_not_gone_on_with(change: Bench) -> None:
    rest(change)
    change.options = replace(QUICK, checkpoint_max_age=timedelta(0))
    assert generation_of_next(change) == 2


def test_a_checkpoint_of_a_newer_program_is_left_alone(change: Bench) -> None:
    stem = rest(change)
    newer = f"UPDATE `{stem}c` SET doc = REPLACE(doc, '\"format\": 1', '\"format\": {{}}')"  # noqa: S608
    change.database.query(newer.format(99))
    outcome = change.again().apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "newer_format"
    change.database.query(newer.replace("format\": 1'", "format\": 99'").format(1))
    again = change.again().again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)


def test_a_checkpoint_that_makes_no_sense_is_written_anew(change: Bench) -> None:
    stem = rest(change)
    change.database.query(f"UPDATE `{stem}c` SET doc = REPLACE(doc, '\"tables\"', '\"rows\"')")  # noqa: S608
    assert generation_of_next(change) == 1


def test_a_checkpoint_of_another_change_is_left_alone(change: Bench) -> None:
    stem = rest(change)
    swapped = "UPDATE `{}c` SET doc = REPLACE(doc, '{}', '{}')"
    own = change.run.change_id
    change.database.query(swapped.format(stem, own, "theirs"))
    outcome = change.again().apply()
    assert isinstance(outcome, Permanent), outcome
    assert outcome.error.code == "other_change"
    change.database.query(swapped.format(stem, "theirs", own))
    again = change.again().again()
    again.engine.stop(StopKind.CANCEL)
    assert again.apply() == Completed(end=EndState.CANCELLED)
