"""How this data plane reaches one target: what its configuration says."""

from dataclasses import dataclass, field

from tern.engine.online.options import OnlineOptions
from tern.local.planning.settings import PlanSettings
from tern.mysql.connect import ConnectParams
from tern.values.target import DatabaseType


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAccess:
    """One target that this process can reach directly."""

    type: DatabaseType
    params: ConnectParams
    planning: PlanSettings = field(default_factory=PlanSettings)
    copying: OnlineOptions = field(default_factory=OnlineOptions)
