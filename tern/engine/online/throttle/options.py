"""What a target's configuration says about holding back (section 17)."""

from dataclasses import dataclass, field
from datetime import timedelta

from tern.mysql.connect import ConnectParams


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxLoad:
    """Limits that stand instead of the volume's; None leaves the volume's.

    Attributes:
        threads: Statements of others that run at once.
        commit: The 90th percentile of own commits.
        history: Length of the history list.
    """

    threads: int | None = None
    commit: timedelta | None = None
    history: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleOptions:
    """Signals that are watched beside the server's own, and limits that differ from the volume's.

    Attributes:
        replicas: Servers whose lag counts; the worst decides.
        probe_sql: A SELECT whose first column holds the copy while it is above 0; the text of its
            second column, if it has one, is the reason.
        server_cores: By these the volume's threads are counted.
        critical_threads: Statements of others that stop replay as well.
        critical_for: After so long without relief the run comes to rest.
    """

    replicas: tuple[ConnectParams, ...] = ()
    max_lag: timedelta | None = None
    max_load: MaxLoad = field(default_factory=MaxLoad)
    probe_sql: str | None = None
    server_cores: int = 4
    critical_threads: int | None = None
    critical_for: timedelta = field(default=timedelta(seconds=60))
