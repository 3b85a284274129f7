"""What of a piece of work may run, judged by this side alone (T-10); pure.

First without the target: an engine for every statement, DDL that is what its change type says, and
consent for what this side's own reading of base and desired finds unsafe. Then with what the target
shows: each unfinished statement is to be run, in place already, or stale.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from tern.engine.definition import Standing, is_sequence, parsed, stale_plan
from tern.errors import SchemaBotError, UnsafeChange, UnsupportedChange
from tern.lint.unsafe import unsafe_reasons
from tern.local.site import Survey, is_finished
from tern.values.plan import ChangeType, Verdict
from tern.values.progress import TaskStatus
from tern.values.run import Work, WorkStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A statement because of which nothing of the work runs."""

    task_id: str
    error: SchemaBotError


class Finding(StrEnum):
    """What is to be done about a statement."""

    TO_RUN = "to_run"
    IN_PLACE = "in_place"
    STALE = "stale"


_AS_DESIRED = frozenset({Standing.DESIRED, Standing.BOTH})
_VERBS: Mapping[ChangeType, frozenset[str]] = {
    ChangeType.CREATE: frozenset({"CREATE"}),
    ChangeType.ALTER: frozenset({"ALTER"}),
    ChangeType.DROP: frozenset({"DROP"}),
    ChangeType.OTHER: frozenset({"CREATE", "ALTER", "DROP", "RENAME"}),
}


def find_refusal(
    work: Work, *, has_online: bool, lowered: AbstractSet[str] = frozenset()
) -> Refusal | None:
    """The first unfinished statement that may not run, whatever the target looks like.

    `lowered` are the rules that ask for no consent by this side's own configuration (P-43).
    """
    for statement in work.statements:
        if is_finished(statement):
            continue
        unsupported = _unsupported(statement, has_online=has_online)
        error = unsupported or _unsafe(work, statement, lowered)
        if error is not None:
            return Refusal(task_id=statement.task_id, error=error)
    return None


def find_findings(
    work: Work, survey: Survey, *, begun: AbstractSet[str] = frozenset()
) -> dict[str, Finding]:
    """Task id -> what to do, for each unfinished statement.

    Several statements of one table are a chain: each begins where the one before it ends. So a
    table that stands where a later one ends means that those up to there are done.

    Args:
        work: As claimed.
        survey: What the target shows.
        begun: Tasks whose engine has a checkpoint; there the live text decides nothing.
    """
    done = _recorded_done(work, survey)
    findings = dict.fromkeys(done, Finding.IN_PLACE)
    for chain in _chains(work, done):
        findings |= _chain_findings(chain, survey, begun)
    return findings


def stale_refusal(work: Work, findings: Mapping[str, Finding]) -> Refusal | None:
    """The first statement whose table is neither as planned from nor as desired."""
    for statement in work.statements:
        if findings.get(statement.task_id) is Finding.STALE:
            change = "it was changed since the plan was made"
            return Refusal(task_id=statement.task_id, error=stale_plan(statement, change=change))
    return None


def _unsupported(statement: WorkStatement, *, has_online: bool) -> UnsupportedChange | None:
    table = f"{statement.schema}.{statement.table}"
    verbs = _VERBS.get(statement.change_type, frozenset())
    verb = _verb(statement)
    if verb not in verbs:
        reason = f"a statement of type {statement.change_type} can't begin with {verb or 'nothing'}"
        return UnsupportedChange(table=table, reason=reason)
    if statement.verdict is Verdict.REFUSED:
        return UnsupportedChange(table=table, reason="the plan refuses this statement")
    if statement.verdict is Verdict.COPY and not has_online:
        reason = "it needs a copy of the table and no online engine is here"
        return UnsupportedChange(table=table, reason=reason)
    if _lacks_text(statement):
        reason = "the plan has no text of the table to compare with"
        return UnsupportedChange(table=table, reason=reason, next_action="plan again")
    return None


def _verb(statement: WorkStatement) -> str:
    words = statement.ddl.split(maxsplit=1)
    return words[0].upper() if words else ""


def _lacks_text(statement: WorkStatement) -> bool:
    """What begins with CREATE starts from nothing and what begins with DROP ends in nothing."""
    verb = _verb(statement)
    needs_base, needs_desired = verb != "CREATE", verb != "DROP"
    return (needs_base and statement.base is None) or (needs_desired and statement.desired is None)


def _unsafe(work: Work, statement: WorkStatement, lowered: AbstractSet[str]) -> UnsafeChange | None:
    if work.options.allow_unsafe:
        return None
    reasons = _own_reasons(statement, lowered) or statement.unsafe_reasons
    if not reasons:
        return None
    return UnsafeChange(table=f"{statement.schema}.{statement.table}", reasons=reasons)


def _own_reasons(statement: WorkStatement, lowered: AbstractSet[str]) -> tuple[str, ...]:
    if _verb(statement) == "DROP":
        rule = "drop_sequence" if is_sequence(statement) else "drop_table"
        return () if rule in lowered else (f"`{statement.table}` is removed",)
    if statement.base is None or is_sequence(statement):
        return ()
    base, desired = parsed(statement.base), parsed(statement.desired)
    if base is None or desired is None:
        return ("its definition can't be read here", *statement.unsafe_reasons)
    return unsafe_reasons(base, desired, lowered=lowered)


def _recorded_done(work: Work, survey: Survey) -> frozenset[str]:
    """What the target's own record says is done; a report of it may have been lost."""
    return frozenset(
        statement.task_id
        for statement in work.statements
        if (recorded := survey.recorded.get(statement.task_id)) is not None
        and recorded.status == TaskStatus.COMPLETED
    )


def _chains(work: Work, done: AbstractSet[str]) -> list[list[WorkStatement]]:
    """Statements that are not done, by table, in plan order."""
    chains: dict[tuple[str, str], list[WorkStatement]] = {}
    for statement in work.statements:
        if not is_finished(statement) and statement.task_id not in done:
            chains.setdefault((statement.schema, statement.table), []).append(statement)
    return list(chains.values())


def _chain_findings(
    chain: Sequence[WorkStatement], survey: Survey, begun: AbstractSet[str]
) -> dict[str, Finding]:
    standings = [
        Standing.BASE if statement.task_id in begun else survey.standings[statement.task_id]
        for statement in chain
    ]
    done = _done_in_chain(standings)
    findings = {statement.task_id: Finding.IN_PLACE for statement in chain[:done]}
    findings |= {statement.task_id: Finding.TO_RUN for statement in chain[done:]}
    if done < len(chain) and standings[done] is Standing.NEITHER:
        findings[chain[done].task_id] = Finding.STALE
    return findings


def _done_in_chain(standings: Sequence[Standing]) -> int:
    """How many statements from the first on are in place.

    A first statement that stands at its base settles it: none. For a chain may end where it began
    (a foreign key dropped and added again), and then its last statement looks done from the start.
    """
    done = 0
    while done < len(standings) and standings[done] in _AS_DESIRED:
        done += 1
    if done < len(standings) and standings[done] is Standing.NEITHER:
        later = [i for i, standing in enumerate(standings) if i > done and standing in _AS_DESIRED]
        return later[-1] + 1 if later else done
    return done
