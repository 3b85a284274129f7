"""Asking a service what the lint rules say of a schema directory (C-33, C-34)."""

from collections.abc import Sequence

from cli.client import PLAN_TIMEOUT_SECONDS, Answer, Service
from cli.planning import desired_body
from schemabot.api.schemas.plan import LintAnswer
from schemabot.config.schema_dir import SchemaDirectory


async def findings_of(
    service: Service,
    directory: SchemaDirectory,
    environment: str,
    *,
    fixes: Sequence[str] | None = None,
) -> Answer[LintAnswer]:
    """Findings on every table of the directory; with `fixes`, files that were mended too.

    Raises:
        SchemaBotError: the service refused.
    """
    body: dict[str, object] = {
        "database": directory.database,
        "environment": environment,
        "type": directory.type,
        **desired_body(directory),
    }
    if fixes is not None:
        body |= {"fix": True, "rules": list(fixes)}
    return await service.post("/api/lint", LintAnswer, body=body, seconds=PLAN_TIMEOUT_SECONDS)
