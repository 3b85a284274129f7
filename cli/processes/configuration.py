"""The configuration of a server process: file, variables and options (A-54)."""

import logging
from collections.abc import Mapping
from pathlib import Path

from cli.errors import FileUnreadable
from schemabot.config.load import load_settings
from schemabot.config.settings import LogFormat, Settings
from schemabot.telemetry.logs import configure_logs

_TALKATIVE = ("alembic", "uvicorn", "httpx", "asyncio")
_FILE = "SCHEMABOT_CONFIG_FILE"


def read_configuration(
    file: Path | None, *, environ: Mapping[str, str], overrides: Mapping[str, str | None]
) -> Settings:
    """Settings from `--config` or the variable; options override as their variables would.

    Args:
        file: None: the variable's, or the defaults.
        environ: Variables of this process.
        overrides: Variable -> what an option says instead; None where it wasn't given.

    Raises:
        FileUnreadable: there is no such file.
        ConfigInvalid: every mistake with its place.
    """
    named = environ.get(_FILE)
    path = file or (Path(named) if named else None)
    if path is not None and not path.is_file():
        raise FileUnreadable(path=path, reason="no such configuration file")
    given = {name: value for name, value in overrides.items() if value is not None}
    return load_settings(path, environ={**environ, **given})


def start_logs(settings: Settings) -> None:
    """Log lines of this process go to standard error as the configuration says."""
    telemetry = settings.telemetry
    chosen = {LogFormat.JSON: True, LogFormat.TEXT: False, LogFormat.AUTO: None}
    configure_logs(level=telemetry.log_level, as_json=chosen[telemetry.log_format])
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
