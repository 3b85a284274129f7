"""What of a piece of work may run, by this side's own judgement."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from tern.engine.definition import Standing
from tern.engine.fence.claimant import Claimant
from tern.engine.fence.record import TaskState
from tern.local.admission import Finding, find_findings, find_refusal, stale_refusal
from tern.local.site import Survey
from tern.values.plan import ChangeType, Verdict
from tern.values.progress import TaskStatus
from tern.values.run import RunOptions, Work, WorkStatement
from tests.support.scripted_world import OLD, TARGET, altered, created, dropped

BASE, DESIRED, BOTH, NEITHER = (
    Standing.BASE,
    Standing.DESIRED,
    Standing.BOTH,
    Standing.NEITHER,
)
RUN, IN_PLACE, STALE = Finding.TO_RUN, Finding.IN_PLACE, Finding.STALE


def work(*statements: WorkStatement, allow_unsafe: bool = False) -> Work:
    numbered = tuple(
        replace(each, task_id=f"task-{index}", ordinal=index)
        for index, each in enumerate(statements)
    )
    options = RunOptions(allow_unsafe=allow_unsafe)
    return Work(apply_id="apply-1", target=TARGET, statements=numbered, options=options)


def refused(
    statement: WorkStatement, *, allow_unsafe: bool = False, lowered: Iterable[str] = ()
) -> str | None:
    todo = work(statement, allow_unsafe=allow_unsafe)
    refusal = find_refusal(todo, has_online=False, lowered=frozenset(lowered))
    return None if refusal is None else refusal.error.code


def findings(
    todo: Work, *standings: Standing, recorded: Mapping[str, TaskState] | None = None
) -> list[Finding]:
    survey = Survey(
        claimant=Claimant(apply_id="apply-1", home="shop", epoch=1, instance=0),
        recorded=recorded or {},
        standings={
            each.task_id: standing
            for each, standing in zip(todo.statements, standings, strict=True)
        },
    )
    found = find_findings(todo, survey)
    return [found[each.task_id] for each in todo.statements if each.task_id in found]


def narrowed() -> WorkStatement:
    """A column is taken away, whatever the statement says of itself."""
    return replace(
        altered("t"), base=altered("t").desired, desired=OLD.format("t"), unsafe_reasons=()
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (created("t"), None),
        (altered("t"), None),
        (dropped("t"), "unsafe_not_allowed"),
        (narrowed(), "unsafe_not_allowed"),
        (replace(altered("t"), unsafe_reasons=("said by the plan",)), "unsafe_not_allowed"),
        (replace(altered("t"), base="CREATE VIEW t"), "unsafe_not_allowed"),
        (altered("t", Verdict.COPY), "unsupported_change"),
        (altered("t", Verdict.REFUSED), "unsupported_change"),
        (replace(altered("t"), base=None), "unsupported_change"),
        (replace(altered("t"), desired=None), "unsupported_change"),
        (replace(created("t"), ddl="DROP TABLE t"), "unsupported_change"),
        (replace(created("t"), ddl=" "), "unsupported_change"),
        (replace(created("t"), change_type=ChangeType.VSCHEMA_UPDATE), "unsupported_change"),
    ],
)
def test_a_statement_is_judged_without_the_target(
    statement: WorkStatement, expected: str | None
) -> None:
    assert refused(statement) == expected


@pytest.mark.parametrize("statement", [dropped("t"), narrowed()])
def test_consent_lets_unsafe_statements_pass(statement: WorkStatement) -> None:
    assert refused(statement, allow_unsafe=True) is None


def test_consent_does_not_make_the_unsupported_possible() -> None:
    assert refused(altered("t", Verdict.REFUSED), allow_unsafe=True) == "unsupported_change"


def test_what_has_ended_is_not_judged_again() -> None:
    done = replace(dropped("t"), status=TaskStatus.COMPLETED)
    assert refused(done) is None


def test_sequences_may_change_and_need_consent_to_go() -> None:
    text = "CREATE SEQUENCE `s` start with 1"
    sequence = replace(
        altered("s"),
        change_type=ChangeType.OTHER,
        ddl="ALTER SEQUENCE `s` CYCLE",
        verdict=Verdict.DIRECT,
        base=text,
        desired=text + " cycle",
    )
    assert refused(sequence) is None
    gone = replace(sequence, ddl="DROP SEQUENCE `s`", desired=None)
    assert refused(gone) == "unsafe_not_allowed"


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ((BASE, BASE), [RUN, RUN]),
        ((DESIRED, BASE), [IN_PLACE, RUN]),
        ((BOTH, DESIRED), [IN_PLACE, IN_PLACE]),
        ((NEITHER, BASE), [STALE, RUN]),
        ((BASE, NEITHER), [RUN, STALE]),
    ],
)
def test_tables_are_judged_one_by_one(
    standings: tuple[Standing, ...], expected: list[Finding]
) -> None:
    assert findings(work(altered("a"), altered("b")), *standings) == expected


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ((BASE, NEITHER, NEITHER), [RUN, RUN, RUN]),
        ((DESIRED, BASE, NEITHER), [IN_PLACE, RUN, RUN]),
        ((NEITHER, DESIRED, BASE), [IN_PLACE, IN_PLACE, RUN]),
        ((NEITHER, NEITHER, DESIRED), [IN_PLACE, IN_PLACE, IN_PLACE]),
        ((NEITHER, NEITHER, NEITHER), [STALE, RUN, RUN]),
        ((DESIRED, NEITHER, NEITHER), [IN_PLACE, STALE, RUN]),
        # A chain that ends where it begins: the last looks done before the first has run.
        ((BASE, NEITHER, DESIRED), [RUN, RUN, RUN]),
    ],
)
def test_statements_of_one_table_are_a_chain(
    standings: tuple[Standing, ...], expected: list[Finding]
) -> None:
    assert findings(work(altered("t"), altered("t"), altered("t")), *standings) == expected


def test_what_is_on_record_as_done_is_done_whatever_the_table_looks_like() -> None:
    recorded = {"task-0": TaskState(status="completed"), "task-1": TaskState(status="running")}
    found = findings(work(altered("a"), altered("b")), NEITHER, BASE, recorded=recorded)
    assert found == [IN_PLACE, RUN]


def test_the_first_stale_table_is_named() -> None:
    todo = work(altered("a"), altered("b"))
    refusal = stale_refusal(todo, {"task-0": RUN, "task-1": STALE})
    assert refusal is not None
    assert refusal.task_id == "task-1"
    assert "shop.b" in refusal.error.message
    assert stale_refusal(todo, {"task-0": RUN, "task-1": RUN}) is None


@pytest.mark.parametrize(
    ("statement", "lowered", "expected"),
    [
        (dropped("t"), "drop_table", None),
        (dropped("t"), "drop_column", "unsafe_not_allowed"),
        (narrowed(), "drop_column", None),
        (narrowed(), "drop_table", "unsafe_not_allowed"),
        (
            replace(narrowed(), unsafe_reasons=("raised again",)),
            "drop_column",
            "unsafe_not_allowed",
        ),
    ],
)
def test_a_rule_that_this_sides_configuration_lowers_asks_for_no_consent(
    statement: WorkStatement, lowered: str, expected: str | None
) -> None:
    """P-43."""
    assert refused(statement, lowered=[lowered]) == expected
