"""From replayed statements to planned ones: verdict, what could be lost, cost, proof."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tern.ddl.create_table import parse_create_table
from tern.ddl.diff.equality import equal
from tern.ddl.diff.policy import DiffPolicy
from tern.ddl.diff.statement import StatementKind, TableStatement
from tern.ddl.errors import UnsupportedTable
from tern.ddl.flavor import Flavor
from tern.ddl.identifiers import Names
from tern.ddl.table import Table
from tern.engine.copy_estimate import CopyRates
from tern.engine.obstacles import Surroundings, obstacles
from tern.lint.unsafe import unsafe_reasons
from tern.local.planning.changes import NamespaceChanges
from tern.local.planning.estimate import estimate_statement
from tern.local.planning.evidence import Witness
from tern.local.planning.proof import Replayed
from tern.local.planning.settings import PlanSettings
from tern.local.planning.verdict import Judgement
from tern.mysql.catalogue import TableSize
from tern.values.plan import ChangeType, Estimate, PlannedStatement, Verdict

BUILT_IN_PLACE = "replicas run the build as one long event"

_CHANGE_TYPES: Mapping[StatementKind, ChangeType] = {
    StatementKind.CREATE: ChangeType.CREATE,
    StatementKind.ALTER: ChangeType.ALTER,
    StatementKind.DROP: ChangeType.DROP,
    StatementKind.RENAME: ChangeType.OTHER,
    StatementKind.CREATE_SEQUENCE: ChangeType.OTHER,
    StatementKind.ALTER_SEQUENCE: ChangeType.OTHER,
    StatementKind.DROP_SEQUENCE: ChangeType.OTHER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFacts:
    """What only the live tables show, by namespace and the server's key for the table.

    Attributes:
        versions_left: Instant changes that a table takes before it must be rebuilt; a table that
            isn't named has no such limit, or it is unknown.
    """

    sizes: Mapping[tuple[str, str], TableSize] = field(default_factory=dict)
    around: Mapping[tuple[str, str], Surroundings] = field(default_factory=dict)
    versions_left: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What planned statements are judged by."""

    flavor: Flavor
    settings: PlanSettings
    schemas: Mapping[str, str]
    policy: DiffPolicy
    writes_log: bool
    rates: CopyRates
    lowered: frozenset[str] = frozenset()
    built_on: str = "target"


class Outcome:
    """Makes planned statements of replayed ones."""

    def __init__(
        self,
        judges: Judges,
        *,
        changes: Mapping[str, NamespaceChanges],
        facts: LiveFacts,
        unproven: Mapping[tuple[str, str], str],
        witness: Witness,
    ) -> None:
        self._judges = judges
        self._witness = witness
        self._names = Names(judges.flavor)
        self._changes = changes
        self._facts = facts
        self._unproven = unproven
        self._created: set[tuple[str, str]] = set()

    def planned(self, replayed: Sequence[Replayed]) -> tuple[PlannedStatement, ...]:
        """One planned statement for each replayed one, in the same order."""
        self._created = {
            self._key(one.statement, one.statement.table)
            for one in replayed
            if one.statement.kind is StatementKind.CREATE
        }
        return tuple(self._one(ordinal, one) for ordinal, one in enumerate(replayed))

    def _one(self, ordinal: int, one: Replayed) -> PlannedStatement:
        statement = one.statement
        live = self._key(statement, statement.old_name or statement.table)
        judged = self._with_live_facts(one, live)
        size = self._facts.sizes.get(live)
        return PlannedStatement(
            ordinal=ordinal,
            namespace=statement.namespace,
            schema=self._judges.schemas[statement.namespace],
            table=statement.table,
            change_type=_CHANGE_TYPES[statement.kind],
            ddl=statement.sql,
            verdict=judged.verdict,
            reason=judged.reason,
            base=one.before,
            desired=self._desired_text(one),
            proof=self._unproven.get(self._key(statement, statement.table)),
            unsafe_reasons=self._unsafe(one),
            evidence=self._evidence(statement, size),
            estimate=self._estimate(judged, size),
            details=judged.details(server=self._judges.built_on),
        )

    def _desired_text(self, one: Replayed) -> str | None:
        """What the statement leads to; where it did not run, what the files define."""
        if one.judgement.verdict is not Verdict.REFUSED:
            return one.after
        changes = self._changes[one.statement.namespace]
        wanted = changes.desired.get(self._names.table_key(one.statement.table))
        return wanted.text if wanted is not None else None

    def _estimate(self, judged: Judgement, size: TableSize | None) -> Estimate | None:
        cost = Verdict.COPY if judged.builds else judged.verdict
        judges = self._judges
        return estimate_statement(cost, size, writes_log=judges.writes_log, rates=judges.rates)

    def _evidence(self, statement: TableStatement, size: TableSize | None) -> Mapping[str, str]:
        """Use of what goes, rows that stand in the way: under the name that it is live by."""
        table = self._live_table(statement)
        if table is None:
            return {}
        schema = self._judges.schemas[statement.namespace]
        if statement.kind is StatementKind.DROP:
            return self._witness.of_drop(schema, table.name)
        return self._witness.of_alter(schema, table, statement.clauses, size=size)

    def _with_live_facts(self, one: Replayed, live: tuple[str, str]) -> Judgement:
        """The judgement on the empty copy, corrected by what only the live table shows (P-35)."""
        judged = one.judgement
        if judged.verdict is Verdict.COPY and live in self._created:
            # New in this plan, so it is as good as empty, and nobody waits for it.
            return Judgement(verdict=Verdict.DIRECT, native=judged.native, is_by_rule=True)
        if judged.verdict is Verdict.INSTANT and self._facts.versions_left.get(live) == 0:
            reason = "the table has no instant row version left"
            judged = Judgement(
                verdict=Verdict.COPY, reason=reason, native="inplace", is_by_rule=True
            )
        if judged.verdict is not Verdict.COPY:
            return judged
        hindrances = self._hindrances(one.statement, live)
        if not hindrances:
            return judged
        if judged.native == "inplace":
            # The next best way: no writer here is blocked, and the reason names the price.
            reason = f"{BUILT_IN_PLACE}; no online copy: {'; '.join(hindrances)}"
            judged = replace(judged, verdict=Verdict.INPLACE, reason=reason)
            return replace(judged, builds=True, is_by_rule=True)
        reason = f"needs a table copy, which can't be done here: {'; '.join(hindrances)}"
        if judged.reason:
            reason = f"{reason}. The server said: {judged.reason}"
        return replace(judged, verdict=Verdict.REFUSED, reason=reason, is_by_rule=True)

    def _hindrances(self, statement: TableStatement, live: tuple[str, str]) -> Sequence[str]:
        if not self._judges.settings.copy_engine_available:
            return ("this data plane has no online copy engine",)
        table = self._live_table(statement)
        if table is None:
            return ()
        around = self._facts.around.get(live, Surroundings())
        return obstacles(table, statement.clauses, around)

    def _unsafe(self, one: Replayed) -> tuple[str, ...]:
        statement = one.statement
        match statement.kind:
            case StatementKind.DROP_SEQUENCE:
                return self._asked("drop_sequence", f"sequence `{statement.table}` is removed")
            case StatementKind.RENAME:
                renamed = f"table `{statement.old_name}` is renamed"
                reason = f"{renamed}; running programs still use the old name"
                return self._asked("rename_table", reason)
            case StatementKind.DROP:
                live = self._live_table(statement)
                return unsafe_reasons(live, None, lowered=self._judges.lowered)
            case StatementKind.ALTER:
                return self._unsafe_alter(one)
            case _:
                return ()

    def _asked(self, rule: str, reason: str) -> tuple[str, ...]:
        return () if rule in self._judges.lowered else (reason,)

    def _unsafe_alter(self, one: Replayed) -> tuple[str, ...]:
        """What this very statement can lose, from the texts around it, as the data plane asks.

        A refused one has changed nothing there; then it is what the whole change can lose.
        """
        before, after = _parsed(one.before), _parsed(one.after)
        if one.judgement.verdict is Verdict.REFUSED or before is None or after is None:
            changes = self._changes[one.statement.namespace]
            before = self._live_table(one.statement)
            after = changes.desired.get(self._names.table_key(one.statement.table))
        if before is None or after is None:
            return ()
        before = replace(before, name=after.name)
        lowered = self._judges.lowered
        return unsafe_reasons(before, after, one.statement.clauses, lowered=lowered)

    def _live_table(self, statement: TableStatement) -> Table | None:
        """The live table that a statement is about, under whatever name it is live."""
        changes = self._changes[statement.namespace]
        for name in (statement.old_name, statement.table, self._old_name(statement)):
            found = changes.live.get(self._names.table_key(name)) if name else None
            if found is not None:
                return found
        return None

    def _old_name(self, statement: TableStatement) -> str | None:
        renames = self._changes[statement.namespace].renames
        key = self._names.table_key(statement.table)
        return next((r.old_name for r in renames if self._names.table_key(r.new_name) == key), None)

    def _key(self, statement: TableStatement, name: str) -> tuple[str, str]:
        return statement.namespace, self._names.table_key(name)


def _parsed(text: str | None) -> Table | None:
    try:
        return parse_create_table(text) if text else None
    except UnsupportedTable:
        return None


def proof_failure(
    reached: Table | None, desired: Table, *, live: Table | None, judges: Judges
) -> str | None:
    """Why the replay did not prove the table: two differences as text; None when it did (P-32)."""
    if reached is not None and equal(reached, desired, flavor=judges.flavor, policy=judges.policy):
        return None
    reached_text = "" if reached is None else reached.text
    live_text = "" if live is None else live.text
    return (
        "the statements do not lead to the table that the files define\n"
        + _difference(desired.text, reached_text, ("files", "reached"))
        + "\n"
        + _difference(live_text, desired.text, ("live", "files"))
    )


def _difference(before: str, after: str, names: tuple[str, str]) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="", n=2)
    return "\n".join(lines)
