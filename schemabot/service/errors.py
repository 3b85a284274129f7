"""Leaves of the error tree that the use cases raise beside those of the domain."""

from datetime import timedelta

from schemabot.config.settings import Role
from tern.errors import Conflict, Forbidden, Transient


class RoleMissing(Forbidden):
    """The caller's grants don't cover this."""

    code = "forbidden"

    def __init__(self, *, subject: str, needs: Role, place: str | None) -> None:
        where = f" on {place}" if place else ""
        super().__init__(
            f"{subject} may not do this{where}: it needs the role {needs}",
            next_action=f"ask an admin for the role {needs}{where}",
            details={"needs_role": str(needs)},
        )


class PromotionRequired(Conflict):
    """An earlier environment doesn't have this change yet."""

    code = "promotion_required"

    def __init__(self, *, database: str, environment: str, first: str) -> None:
        super().__init__(
            f"{database}/{environment} comes after {first}, which has no completed apply of these "
            "files and no plan that finds nothing to change",
            next_action=f"apply the same files to {first} first",
            details={"environment": first},
        )


class RollbackUnavailable(Conflict):
    """There is nothing to go back to, or nothing to undo."""

    code = "rollback_unavailable"

    def __init__(self, *, apply_id: str, reason: str) -> None:
        super().__init__(
            f"{apply_id} can't be rolled back: {reason}",
            next_action="write the wanted schema into the files and plan it",
            details={"reason": reason},
        )


class PlanTimedOut(Transient):
    """The target took longer than a plan may take."""

    code = "timeout"

    def __init__(self, *, place: str, limit: timedelta) -> None:
        super().__init__(
            f"{place} did not answer within {limit.total_seconds():g} s",
            next_action="try again; raise server.plan_timeout if the schema is large",
        )


class EngineUnavailable(Transient):
    """What reaches the target is not ready."""

    code = "engine_unavailable"

    def __init__(self, *, place: str, reason: str) -> None:
        super().__init__(
            f"the data plane of {place} is not ready: {reason}",
            next_action="try again; look at its process if it lasts",
        )
