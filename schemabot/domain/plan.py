"""A plan as the control plane keeps it: immutable, hashed, with a caller and an expiry (P-46)."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schemabot.domain.ids import ApplyId, PlanId
from tern.values.plan import PlannedStatement, PlanResult, Verdict
from tern.values.schema_files import SchemaFiles, Severity
from tern.values.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSource:
    """Where the files came from, when it was a pull request."""

    repository: str | None = None
    pull_request: int | None = None
    head_sha: str | None = None
    schema_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlan:
    """What a Tern planned, about to be stored; id, hashes and times come with the row.

    Attributes:
        desired: The files that it was planned from.
        ttl: How long it may be applied (P-49).
        rollback_of: The apply that it takes back (P-50).
    """

    target: Target
    route: str
    engine: str
    result: PlanResult
    desired: SchemaFiles
    caller: str
    ttl: timedelta
    source: PlanSource = field(default_factory=PlanSource)
    rollback_of: ApplyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFilter:
    """Which plans a list shows; all given conditions hold at once.

    Attributes:
        pull_request: `(repository, number)`.
    """

    database: str | None = None
    environment: str | None = None
    pull_request: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One stored plan.

    Attributes:
        route: `local`, `remote:<deployment>` or `workers`: refused when it has changed since.
        created_at: By the database's clock, as is `expires_at`.
        rollback_of: The apply that it takes back; None for any other plan (P-50).
    """

    plan_id: PlanId
    plan_hash: str
    desired_hash: str
    target: Target
    route: str
    engine: str
    result: PlanResult
    source: PlanSource
    caller: str
    created_at: datetime
    expires_at: datetime
    rollback_of: ApplyId | None = None

    @property
    def has_changes(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.result.statements)

    @property
    def unsafe_statements(self) -> tuple[PlannedStatement, ...]:
        """Statements that need consent."""
        return tuple(s for s in self.result.statements if s.unsafe_reasons)

    @property
    def unappliable_statements(self) -> tuple[PlannedStatement, ...]:
        """Statements that no consent helps: refused or unproven."""
        return tuple(
            s for s in self.result.statements if s.verdict is Verdict.REFUSED or s.proof is not None
        )

    @property
    def is_unsafe(self) -> bool:
        """Whether applying needs consent."""
        errors = any(f.severity is Severity.ERROR for f in self.result.findings)
        return errors or bool(self.unsafe_statements)

    @property
    def is_applicable(self) -> bool:
        """Whether an apply may be asked for, with consent where it is unsafe."""
        return self.has_changes and not self.result.problems and not self.unappliable_statements


def hash_plan(target: Target, result: PlanResult) -> str:
    """SHA-256 over what a plan does: equal hash, same plan (P-47); no estimates, no times."""
    error_findings = sorted(
        (f.rule, f.namespace, f.table, f.object or "")
        for f in result.findings
        if f.severity is Severity.ERROR
    )
    content = [
        target.key,
        [[s.namespace, s.table, s.ddl, s.base or ""] for s in result.statements],
        error_findings,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def hash_desired(desired: SchemaFiles) -> str:
    """SHA-256 over namespaces, file names and texts (A-14)."""
    content = sorted(
        [namespace, name, text]
        for namespace, files in desired.files.items()
        for name, text in files.items()
    )
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAtHand:
    """A plan as an admission judges it, and what is read in the same moment.

    Attributes:
        plan: Without its originals.
        now: DB now.
        lock_owner: Who holds the lock of the plan's database; None: nobody.
    """

    plan: Plan
    now: datetime
    lock_owner: str | None
