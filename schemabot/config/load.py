"""One YAML file and three environment variables -> Settings, or every mistake at once (A-54)."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from schemabot.config.consistency import inconsistencies
from schemabot.config.errors import ConfigInvalid, Mistake
from schemabot.config.settings import Settings
from schemabot.config.strict import check_document, placed
from schemabot.config.yaml_text import Document, dotted, read_yaml

# The only keys that the environment overrides, for containers and tests.
OVERRIDES: Mapping[str, tuple[str, str]] = MappingProxyType({
    "SCHEMABOT_STORAGE_URL": ("storage", "url"),
    "SCHEMABOT_LISTEN": ("server", "listen"),
    "SCHEMABOT_LOG_LEVEL": ("telemetry", "log_level"),
})
_NO_FILE = "the defaults"


def load_settings(file: Path | None, *, environ: Mapping[str, str]) -> Settings:
    """The configuration in a file; none means SQLite, loopback and no databases.

    Raises:
        ConfigInvalid: every mistake with path, line, column and the nearest known key.
    """
    name = _NO_FILE if file is None else str(file)
    document = read_yaml("" if file is None else _text(file))
    overridden = _override(document, environ)
    settings, mistakes = check_document(Settings, overridden, context={"environ": environ})
    if settings is not None:
        mistakes = tuple(placed(overridden, wrong) for wrong in inconsistencies(settings))
    if settings is None or mistakes:
        raise ConfigInvalid(file=name, mistakes=[_attributed(m, environ) for m in mistakes])
    return settings


def dump_settings(settings: Settings) -> str:
    """The configuration in force as YAML, defaults included and every secret as `***`."""
    return yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode()
    except OSError as error:
        mistake = Mistake(path="", message=f"it can't be read: {error.strerror}")
        raise ConfigInvalid(file=str(file), mistakes=[mistake]) from error
    except UnicodeDecodeError as error:
        mistake = Mistake(path="", message=f"it is not UTF-8 text, from byte {error.start} on")
        raise ConfigInvalid(file=str(file), mistakes=[mistake]) from error


def _override(document: Document, environ: Mapping[str, str]) -> Document:
    given = {path: environ[name] for name, path in OVERRIDES.items() if environ.get(name)}
    if document.value is not None and not isinstance(document.value, dict):
        return document
    value = dict(document.value or {})
    for (section, key), text in given.items():
        inner = value.get(section) or {}
        if isinstance(inner, dict):
            value[section] = {**inner, key: text}
    return Document(value=value, places=document.places, mistakes=document.mistakes)


def _attributed(mistake: Mistake, environ: Mapping[str, str]) -> Mistake:
    """A mistake in an overridden key is the variable's, not the file's."""
    for name, path in OVERRIDES.items():
        if environ.get(name) and mistake.path == dotted(path):
            return Mistake(path="", message=f"environment variable {name}: {mistake.message}")
    return mistake
