"""One plan from files to proven statements; leaves nothing on the server, whatever happens.

Read the files, read the live side, build what differs, compare, replay, judge. What is wrong with
the files is collected on the way and ends the plan before the replay: a plan with problems has no
statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event
from time import monotonic

from tern.ddl.identifiers import Names
from tern.engine.copy_estimate import rates_from
from tern.lint.linting import lowered_rules
from tern.local.planning.changes import ChangeFinder, Changes, diff_policy
from tern.local.planning.circumstances import CircumstanceReader
from tern.local.planning.comparison import Built, Comparison, KnownTexts, pair
from tern.local.planning.desired import DesiredSchema, FileReader
from tern.local.planning.evidence import Witness
from tern.local.planning.fixing import Fixed, Fixer
from tern.local.planning.innodb_sight import InnodbSight
from tern.local.planning.linted import Judged, Linting, judge, with_consent_needed
from tern.local.planning.live import LiveReader, LiveSchema
from tern.local.planning.live_facts import read_edges, read_live_facts
from tern.local.planning.namespaces import Namespace, resolve
from tern.local.planning.neighbours import tables_to_copy
from tern.local.planning.outcome import Judges, LiveFacts, Outcome
from tern.local.planning.printed import PrintedTexts, read_circumstance
from tern.local.planning.probe import Prober
from tern.local.planning.problems import Problems
from tern.local.planning.proof import Copied, Proof, Replayed
from tern.local.planning.proven import Verifier
from tern.local.planning.result import plan_result, unused_definitions
from tern.local.planning.scratch import Phase
from tern.local.planning.settings import PlanSettings
from tern.local.planning.uses import Uses
from tern.local.planning.workplace import Room, Workplace, workplace
from tern.mysql.catalogue import ForeignKeyEdge
from tern.mysql.connect import ConnectParams
from tern.values.plan import (
    Finding,
    PlannedStatement,
    PlanRequest,
    PlanResult,
    Problem,
    SchemaObject,
)
from tern.values.schema_files import Probe


def plan(
    params: ConnectParams,
    request: PlanRequest,
    *,
    settings: PlanSettings | None = None,
    stopping: Event | None = None,
    printed: PrintedTexts | None = None,
) -> PlanResult:
    """A proven plan; what is wrong with the files is in its problems. Setting `stopping` ends it.

    Plans that share `printed` learn from each other what servers make of the files' texts.

    Raises:
        ServerUnavailable, AccessDenied, MissingPrivilege, FlavorMismatch, SchemaMissing: the
            target can't be planned for at all; nothing stayed there.
    """
    started = monotonic()
    problems = Problems()
    namespaces = resolve(request, problems)
    if problems:
        return PlanResult(statements=(), problems=problems.all())
    warnings: list[str] = []
    at_work = partial(
        workplace,
        params,
        target=request.target,
        namespaces=namespaces,
        settings=settings or PlanSettings(),
        stopping=stopping or Event(),
        warnings=warnings,
    )
    with at_work() as place:
        planner = Planner(
            place,
            request=request,
            settings=settings or PlanSettings(),
            problems=problems,
            printed=PrintedTexts() if printed is None else printed,
        )
        result = planner.plan(namespaces)
    if request.fixes is not None and not result.problems:
        with at_work() as place:
            fixed = planner.fix(place, request.fixes)
        result = replace(result, fixed=fixed.files, unfixed=fixed.unfixed)
    took = timedelta(seconds=monotonic() - started)
    return replace(result, warnings=(*result.warnings, *warnings), took=took)


class Planner:
    """Carries one plan through its stages."""

    def __init__(
        self,
        place: Workplace,
        *,
        request: PlanRequest,
        settings: PlanSettings,
        problems: Problems,
        printed: PrintedTexts,
    ) -> None:
        self._place = place
        self._printed = printed
        self._settings = settings
        self._problems = problems
        self._flavor = place.main.flavor
        self._names = Names(place.main.flavor)
        self._policy = diff_policy(request.desired.config.plan)
        self._probes = request.desired.config.plan.probe is Probe.AUTO
        self._lint_config = request.desired.config.lint
        self._lints_whole = request.lints_whole
        self._copy_rates = request.copy_rates
        self._warnings: list[str] = []
        self._live: Mapping[str, LiveSchema] = {}
        self._judged = Judged(subjects=(), findings=())

    def plan(self, namespaces: Sequence[Namespace]) -> PlanResult:
        """The plan's content, but for what its clean-up has to say."""
        reader = FileReader(
            flavor=self._flavor,
            allow_clauses=self._settings.allow_clauses,
            problems=self._problems,
        )
        desired = reader.read_all(namespaces)
        live = self._live = self._read_live(namespaces)
        built, room = self._build(desired, live)
        left = unused_definitions(desired)
        if self._problems:
            return self._result(live=live, left=left)
        changes = self._find_changes(room, (desired, live), built)
        left = [*changes.unsupported, *left]
        if self._problems:
            return self._result(live=live, left=left)
        statements, facts = self._prove(live, changes)
        linting = Linting(
            desired=desired,
            live=live,
            changes=changes,
            statements=statements,
            facts=facts,
            flavor=self._flavor,
            config=self._lint_config,
            floors=self._settings.lint,
            is_whole=self._lints_whole,
        )
        findings = self._lint(linting)
        statements = with_consent_needed(statements, findings, flavor=self._flavor)
        return self._result(statements, findings, live=live, left=left)

    def _lint(self, linting: Linting) -> tuple[Finding, ...]:
        reader = CircumstanceReader(self._place.main, settings=self._settings)
        self._judged = judge(linting, reader)
        if reader.blind_because is not None:
            self._warnings.append(reader.blind_because)
        return self._judged.findings

    def fix(self, place: Workplace, rules: Sequence[str]) -> Fixed:
        """The files with findings of these rules mended, built in a place of its own."""
        spaces = [schema.namespace for schema in self._live.values()]
        room = place.room(Phase.DESIRED, self._live.values(), {space.name for space in spaces})
        fixer = Fixer(place.yard.connection, room=room, namespaces=spaces)
        return fixer.fix(self._judged.subjects, self._judged.findings, rules)

    def _result(
        self,
        statements: tuple[PlannedStatement, ...] = (),
        findings: tuple[Finding, ...] = (),
        *,
        live: Mapping[str, LiveSchema],
        left: Sequence[SchemaObject],
    ) -> PlanResult:
        result = plan_result(
            self._place,
            live,
            statements=() if self._problems else statements,
            findings=findings,
            problems=self._problems.all(),
            left=left,
        )
        return replace(result, warnings=(*self._warnings, *result.warnings))

    def _read_live(self, namespaces: Sequence[Namespace]) -> dict[str, LiveSchema]:
        reader = LiveReader(names=self._names, problems=self._problems)
        found = reader.read_all(self._place.crew, namespaces)
        return {schema.namespace.name: schema for schema in found}

    def _build(
        self, desired: Iterable[DesiredSchema], live: Mapping[str, LiveSchema]
    ) -> tuple[list[Built], Room]:
        """What the files mean, as far as it isn't the same as what is live."""
        sequences, tables = pair(desired, live)
        known = KnownTexts(
            self._printed,
            read_circumstance(self._place.yard.connection, self._place.yard.server),
            defaults={name: schema.defaults for name, schema in live.items()},
        )
        tables = [one for one in tables if not known.is_live(one)]
        needed = {one.namespace.name for one in (*sequences, *tables)}
        room = self._place.room(Phase.DESIRED, live.values(), needed)
        comparison = Comparison(
            schemas=room.schemas, mapping=room.mapping, problems=self._problems, known=known
        )
        built = comparison.build(self._place.builders, sequences)
        built += comparison.build(self._place.builders, tables)
        return built, room

    def _find_changes(
        self,
        room: Room,
        sides: tuple[Sequence[DesiredSchema], Mapping[str, LiveSchema]],
        built: Sequence[Built],
    ) -> Changes:
        desired, live = sides
        finder = ChangeFinder(
            self._place.main,
            self._place.yard.connection,
            scratch=room.schemas,
            policy=self._policy,
            problems=self._problems,
        )
        return finder.find(desired, live, built)

    def _prove(
        self, live: Mapping[str, LiveSchema], changes: Changes
    ) -> tuple[tuple[PlannedStatement, ...], LiveFacts]:
        """Every statement replayed, compared and judged, and what the live tables show."""
        main, yard = self._place.main, self._place.yard
        edges = read_edges(main, live, changes.namespaces)
        room = self._proof_room(live, changes, edges)
        innodb = InnodbSight(main, may_look=self._place.sight.innodb)
        proof = Proof(
            yard.connection,
            schemas=room.schemas,
            mapping=room.mapping,
            innodb=innodb
            if yard.connection is main
            else InnodbSight(yard.connection, may_look=yard.sight.innodb),
        )
        wanted = tables_to_copy(live, changes.namespaces, edges=edges, names=self._names)
        self._warn_of_copies(proof.copy(self._place.builders, wanted))
        replayed = proof.replay(changes.statements)
        facts = read_live_facts(
            main,
            live,
            changes.namespaces,
            statements=changes.statements,
            edges=edges,
            innodb=innodb,
        )
        if innodb.blind_because is not None:
            self._warnings.append(innodb.blind_because)
        judges = self._judges(live)
        verifier = Verifier(
            yard.connection, judges=judges, schemas=room.schemas, changes=changes.namespaces
        )
        unproven = verifier.unproven(replayed)
        self._tell_unplanned(unproven, replayed)
        outcome = Outcome(
            judges,
            changes=changes.namespaces,
            facts=facts,
            unproven=unproven,
            witness=self._witness(),
        )
        return outcome.planned(replayed), facts

    def _witness(self) -> Witness:
        main = self._place.main
        prober = Prober(connection=main, is_on=self._probes)
        return Witness(uses=Uses(connection=main, server=self._place.server), prober=prober)

    def _proof_room(
        self, live: Mapping[str, LiveSchema], changes: Changes, edges: Sequence[ForeignKeyEdge]
    ) -> Room:
        needed = {statement.namespace for statement in changes.statements}
        copied = tables_to_copy(live, changes.namespaces, edges=edges, names=self._names)
        needed.update(namespace.name for namespace, _ in copied)
        return self._place.room(Phase.PROOF, live.values(), needed)

    def _judges(self, live: Mapping[str, LiveSchema]) -> Judges:
        return Judges(
            flavor=self._flavor,
            settings=self._settings,
            schemas={name: schema.namespace.schema for name, schema in live.items()},
            policy=self._policy,
            writes_log=self._place.server.is_on("log_bin"),
            rates=rates_from(self._copy_rates),
            lowered=lowered_rules(self._settings.lint, self._lint_config),
            built_on="target" if self._place.yard.connection is self._place.main else "workspace",
        )

    def _warn_of_copies(self, copied: Sequence[Copied]) -> None:
        for one in copied:
            name = f"{one.namespace.name}.{one.table.name}"
            if one.was_lax:
                self._warnings.append(f"{name} can only be built again with innodb_strict_mode off")
            if one.failure is not None:
                self._warnings.append(f"{name} can't be built again on its server: {one.failure}")

    def _tell_unplanned(
        self, unproven: Mapping[tuple[str, str], str], replayed: Sequence[Replayed]
    ) -> None:
        """A table that differs but has no statement would be passed over in silence."""
        planned = {
            (one.statement.namespace, self._names.table_key(one.statement.table))
            for one in replayed
        }
        for (namespace, table), failure in unproven.items():
            if (namespace, table) not in planned:
                self._problems.add(
                    Problem(code="unproven", message=failure, namespace=namespace, table=table)
                )
