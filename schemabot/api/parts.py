"""What the composition root hands to the HTTP surface."""

from dataclasses import dataclass, field

import anyio

from schemabot.config.settings import Settings
from schemabot.service.services import Services
from schemabot.telemetry.metrics import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Use cases, settings, and the sign that the process is about to end.

    Attributes:
        version: Of the product, for `/health`.
        metrics: What other parts of this process count, for `/metrics`.
        closing: Set it when shutdown begins: open event streams say goodbye and end.
    """

    settings: Settings
    services: Services
    version: str
    metrics: tuple[Metric, ...] = ()
    closing: anyio.Event = field(default_factory=anyio.Event)
