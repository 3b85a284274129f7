"""The server's configuration as one frozen value; section and key names are those of the file."""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, field_validator

from schemabot.config.databases import DatabaseSettings
from schemabot.config.lint_keys import ServerLint
from schemabot.config.queue_settings import QueueSettings
from schemabot.config.secrets import Secret, SecretReference
from schemabot.config.strict import Items, Lax, Strict
from schemabot.config.units import ByteSize, Duration, Listen, Name, parse_listen

_HASHED = re.compile(r"sha256:[0-9a-f]{64}")
_SHORTEST_TOKEN = 24


def _checked_ttl(ttl: timedelta) -> timedelta:
    if not timedelta(hours=1) <= ttl <= timedelta(days=30):
        raise ValueError("must be from 1h to 30d")
    return ttl


class StorageSettings(Strict):
    """Where the service keeps its own rows."""

    url: SecretReference = Field(
        default_factory=lambda: Secret(_value="sqlite:///schemabot.db"), validate_default=True
    )
    pool_size: Annotated[int, Field(ge=1, le=1000)] = 10
    connect_timeout: Duration = timedelta(seconds=5)
    upgrade: bool = True


class TlsSettings(Strict):
    """Certificate and key of the server's own listener; an authority asks clients for theirs."""

    cert_file: Annotated[Path, Lax] | None = None
    key_file: Annotated[Path, Lax] | None = None
    client_ca_file: Annotated[Path, Lax] | None = None


class ServerSettings(Strict):
    """The HTTP listener, its limits and its deadlines."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"metrics_listen", "trusted_proxies"})

    listen: Listen = parse_listen("127.0.0.1:13370")
    public_url: str | None = None
    allowed_hosts: Items[str] = ()
    tls: TlsSettings = TlsSettings()
    allow_plaintext: bool = False
    body_limit: Annotated[ByteSize, Field(ge=1024)] = 32 * 2**20
    request_timeout: Duration = timedelta(seconds=30)
    plan_timeout: Duration = timedelta(seconds=120)
    sse_max_connections: Annotated[int, Field(ge=0)] = 200
    shutdown_grace: Duration = timedelta(seconds=30)

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, url: str | None) -> str | None:
        if url is not None and re.fullmatch(r"https?://[^/\s?#@]+/?", url) is None:
            raise ValueError(
                "write http://host or https://host, with a port if it needs one, nothing more"
            )
        return url


class Role(StrEnum):
    """What a caller may do; each role includes the ones before it."""

    READ = "read"
    PLAN = "plan"
    APPLY = "apply"
    ADMIN = "admin"


class TokenSettings(Strict):
    """One static bearer token: who it is, and what it may do where."""

    name: Name
    token: SecretReference
    role: Annotated[Role, Lax]
    databases: Items[str] = ("*",)
    environments: Items[str] = ("*",)

    @field_validator("token")
    @classmethod
    def _is_long(cls, token: Secret) -> Secret:
        text = token.reveal()
        if _HASHED.fullmatch(text) is None and len(text) < _SHORTEST_TOKEN:
            raise ValueError(
                f"a token has at least {_SHORTEST_TOKEN} characters, or is sha256:<64 hex>"
            )
        return token


class AuthSettings(Strict):
    """Who may call the API; empty means everyone on this machine, and only they."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"oidc", "forwarded", "grants"})

    tokens: Items[TokenSettings] = ()


class LogLevel(StrEnum):
    """From which level on lines are written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """One line of JSON per event, text for people, or whichever fits the output."""

    AUTO = "auto"
    JSON = "json"
    TEXT = "text"


class TelemetrySettings(Strict):
    """Logs."""

    not_yet: ClassVar[frozenset[str]] = frozenset({"otlp_endpoint", "otlp_headers", "sample_ratio"})

    log_level: Annotated[LogLevel, Lax] = LogLevel.INFO
    log_format: Annotated[LogFormat, Lax] = LogFormat.AUTO


class Enforce(StrEnum):
    """On which plans promotion through the environments is enforced."""

    PULL_REQUESTS = "pull_requests"
    ALL = "all"
    OFF = "off"


class PromotionSettings(Strict):
    """Whether an earlier environment must have a change first (A-57)."""

    enforce: Annotated[Enforce, Lax] = Enforce.PULL_REQUESTS


class Settings(Strict):
    """The whole configuration of a server process."""

    not_yet: ClassVar[frozenset[str]] = frozenset({
        "rate_limits",
        "deployments",
        "repositories",
        "github",
        "review_policy",
        "command_authorization",
        "workers",
        "schedules",
        "retention",
    })

    storage: StorageSettings = StorageSettings()
    server: ServerSettings = ServerSettings()
    auth: AuthSettings = AuthSettings()
    databases: Mapping[Name, DatabaseSettings] = Field(default_factory=dict)
    environment_order: Items[Name] = ("staging", "production")
    promotion: PromotionSettings = PromotionSettings()
    queue: QueueSettings = QueueSettings()
    plan_ttl: Annotated[Duration, AfterValidator(_checked_ttl)] = timedelta(hours=24)
    lint: ServerLint = ServerLint()
    telemetry: TelemetrySettings = TelemetrySettings()

    def order_of(self, database: str) -> tuple[str, ...]:
        """The database's environments, first to be promoted first."""
        settings = self.databases[database]
        order = settings.environment_order or self.environment_order
        return tuple(sorted(settings.environments, key=lambda name: _rank(name, order)))

    @property
    def listens_on_loopback(self) -> bool:
        """Whether only this machine can reach the API."""
        return self.server.listen.is_loopback


def _rank(name: str, order: tuple[str, ...]) -> tuple[int, str]:
    return (order.index(name), name) if name in order else (len(order), name)
