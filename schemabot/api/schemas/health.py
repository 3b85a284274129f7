"""What probes and people are told of a process."""

from collections.abc import Mapping

from schemabot.api.schemas.wire import Answer


class LivezAnswer(Answer):
    """The event loop turns."""

    status: str


class HealthAnswer(Answer):
    """Readiness, with what is wrong."""

    status: str
    version: str
    components: Mapping[str, str]
