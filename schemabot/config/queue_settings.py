"""The `queue` section: workers, leases, retries and waits (queue.md, section 1)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from typing import Annotated, ClassVar

from pydantic import Field, field_validator, model_validator

from schemabot.config.strict import Items, Strict
from schemabot.config.units import Duration, ListenAddress, Name, NumericListen
from schemabot.domain.lease import LeaseTerms
from schemabot.domain.limits import Limits
from schemabot.domain.retry import OutagePolicy, RetryPolicy

_TERMS = LeaseTerms()
_RETRIES = RetryPolicy()
_OUTAGES = OutagePolicy()


class LeaseSettings(Strict):
    """How long a lease lasts and how it is kept."""

    term: Duration = _TERMS.term
    heartbeat: Duration = _TERMS.heartbeat
    margin: Duration = _TERMS.margin

    @property
    def terms(self) -> LeaseTerms:
        """As the queue takes it."""
        return LeaseTerms(term=self.term, heartbeat=self.heartbeat, margin=self.margin)

    @model_validator(mode="after")
    def _holds(self) -> "LeaseSettings":
        problems = self.terms.problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self


class OptimisticSettings(Strict):
    """Create and claim in one transaction, where this process has a free slot."""

    enabled: bool = True
    permits: Annotated[int, Field(ge=1, le=1000)] = 10


class RetrySettings(Strict):
    """Attempts and their pacing."""

    attempts: Annotated[int, Field(ge=1, le=1000)] = _RETRIES.attempts
    window: Duration = _RETRIES.window
    delays: Annotated[Items[Duration], Field(min_length=1)] = _RETRIES.delays

    @property
    def policy(self) -> RetryPolicy:
        """As the queue takes it."""
        return RetryPolicy(attempts=self.attempts, window=self.window, delays=self.delays)


class ControlSettings(Strict):
    """Waits of control requests."""

    start_grace: Duration = timedelta(seconds=30)
    max_wait: Duration = timedelta(minutes=5)


class StallSettings(Strict):
    """When an engine that makes no progress is shown as stalled, and when it is stopped."""

    report: Duration = timedelta(minutes=5)
    limit: Duration = timedelta(minutes=30)


class WakeSettings(Strict):
    """Where wakes arrive, how many processes one tells, the gap between the rounds they drive.

    Attributes:
        listen: None: any free port, on the address from which the storage's server is reached.
        advertise: What other processes send to, where that isn't `listen`; port 0: the same port.
    """

    listen: NumericListen | None = None
    advertise: NumericListen | None = None
    fanout: Annotated[int, Field(ge=0, le=1000)] = 8
    min_gap: Duration = timedelta(milliseconds=50)

    @field_validator("advertise")
    @classmethod
    def _is_one_address(cls, address: ListenAddress | None) -> ListenAddress | None:
        if address is not None and ip_address(address.host).is_unspecified:
            raise ValueError("others cannot send to every address; write one of this machine")
        return address


Cap = Annotated[int, Field(ge=1, le=1000)]


class LimitSettings(Strict):
    """The most applies that are driven at once, per environment or database, over all processes."""

    environments: Mapping[Name, Cap] = Field(default_factory=dict)
    databases: Mapping[Name, Cap] = Field(default_factory=dict)

    @property
    def limits(self) -> Limits:
        """As the queue takes them."""
        return Limits(environments=dict(self.environments), databases=dict(self.databases))


class QueueSettings(Strict):
    """Everything under `queue`."""

    not_yet: ClassVar[frozenset[str]] = frozenset({
        "remote",
        "park_recheck",
    })

    workers: Annotated[int, Field(ge=0, le=1000)] = 4
    poll_interval: Duration = timedelta(seconds=1)
    hook_timeout: Duration = timedelta(seconds=30)
    outage_after: Duration = _OUTAGES.after
    outage_delay: Annotated[Duration, Field(ge=timedelta(seconds=1))] = _OUTAGES.delay
    human_wait: Duration = timedelta(days=14)
    lease: LeaseSettings = LeaseSettings()
    optimistic: OptimisticSettings = OptimisticSettings()
    retry: RetrySettings = RetrySettings()
    limits: LimitSettings = LimitSettings()
    control: ControlSettings = ControlSettings()
    stall: StallSettings = StallSettings()
    wake: WakeSettings = WakeSettings()

    @property
    def retries(self) -> RetryPolicy:
        """Attempts and outages, as the queue takes them."""
        outage = OutagePolicy(after=self.outage_after, delay=self.outage_delay)
        return replace(self.retry.policy, outage=outage)
