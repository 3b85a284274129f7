"""May this plan be applied now, by this caller, with this consent? One check per line (A-19).

The last two questions, somebody else's lock and another active apply, are the storage's: they hold
in the transaction that inserts the rows. The data plane asks for the consent once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schemabot.config.settings import Enforce, Role
from schemabot.domain.apply import ApplyOptions, Priority
from schemabot.domain.errors import (
    ConsentMissing,
    EnvironmentMismatch,
    InvalidField,
    NoChanges,
    PlanExpired,
    PlanHasErrors,
    PlanRefused,
    PlanRouteChanged,
)
from schemabot.domain.ids import PlanId
from schemabot.domain.plan import Plan, PlanAtHand
from schemabot.service.caller import Caller
from schemabot.service.errors import PromotionRequired
from schemabot.service.routing import Route, Routes
from schemabot.storage.storage import Storage
from tern.values.schema_files import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCommand:
    """What a caller wants carried out. The environment is a guard: it must be the plan's."""

    plan_id: PlanId
    environment: str
    options: ApplyOptions
    traceparent: str | None = None


class Admission:
    """The checks before the rows; every one reads, none writes. Blocks."""

    def __init__(self, *, storage: Storage, routes: Routes, promotion: Enforce) -> None:
        self._storage = storage
        self._routes = routes
        self._promotion = promotion

    def check(self, command: ApplyCommand, *, caller: Caller) -> tuple[PlanAtHand, Route]:
        """The plan and its route as they are now. Raises the first check that fails."""
        at_hand = self._storage.plans.at_hand(command.plan_id)
        plan = at_hand.plan
        target = plan.target
        caller.require_on(Role.APPLY, target.database, target.environment)
        if command.options.priority is Priority.URGENT:
            caller.require_on(Role.ADMIN, target.database, target.environment)
        _check_environment(plan, command.environment)
        _check_content(plan)
        _check_expiry(plan, at_hand.now)
        route = self._checked_route(plan)
        self._check_promotion(plan)
        _check_consent(plan, command.options)
        route.engine.check_options(command.options.run)
        _check_times(command.options)
        return at_hand, route

    def _checked_route(self, plan: Plan) -> Route:
        route = self._routes.current(plan.target)
        if route is None or route.name != plan.route or route.target != plan.target:
            raise PlanRouteChanged(plan_id=plan.plan_id)
        return route

    def _check_promotion(self, plan: Plan) -> None:
        match self._promotion:
            case Enforce.OFF:
                return
            case Enforce.PULL_REQUESTS if plan.source.pull_request is None:
                return
            case _:
                pass
        for earlier in self._routes.earlier(plan.target):
            if not self._storage.plans.is_reached(earlier, desired_hash=plan.desired_hash):
                raise PromotionRequired(
                    database=plan.target.database,
                    environment=plan.target.environment,
                    first=earlier.environment,
                )


def _check_environment(plan: Plan, given: str) -> None:
    expected = plan.target.environment
    if given.lower() != expected.lower():
        raise EnvironmentMismatch(subject=plan.plan_id, expected=expected, given=given)


def _check_content(plan: Plan) -> None:
    if plan.result.problems:
        problems = [problem.message for problem in plan.result.problems]
        raise PlanHasErrors(plan_id=plan.plan_id, problems=problems)
    if not plan.has_changes:
        raise NoChanges(plan_id=plan.plan_id)
    if plan.unappliable_statements:
        said = [f"{s.table}: {s.reason or 'it is unproven'}" for s in plan.unappliable_statements]
        raise PlanRefused(plan_id=plan.plan_id, statements=said)


def _check_expiry(plan: Plan, now: datetime) -> None:
    if now >= plan.expires_at:
        raise PlanExpired(plan_id=plan.plan_id, expired_at=plan.expires_at.isoformat())


def _check_consent(plan: Plan, options: ApplyOptions) -> None:
    if plan.is_unsafe and not options.run.allow_unsafe:
        raise ConsentMissing(statements=_unsafe(plan))


def _unsafe(plan: Plan) -> Sequence[tuple[str, Sequence[str]]]:
    """Table -> every reason: what a statement could lose, and error findings."""
    reasons: dict[str, list[str]] = {}
    for statement in plan.unsafe_statements:
        reasons.setdefault(statement.table, []).extend(statement.unsafe_reasons)
    for finding in plan.result.findings:
        said = f"{finding.rule}: {finding.message}"
        if finding.severity is Severity.ERROR and said not in reasons.get(finding.table, ()):
            reasons.setdefault(finding.table, []).append(said)
    return list(reasons.items())


def _check_times(options: ApplyOptions) -> None:
    if (
        options.not_before is not None
        and options.start_before is not None
        and options.start_before <= options.not_before
    ):
        problem = "must be later than options.not_before"
        raise InvalidField(fields=[("options.start_before", problem)])
