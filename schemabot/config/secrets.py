"""Secrets: where they come from, and that no dump of the configuration shows them (A-55)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_FILE_BYTES = 65_536
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A value that shows as `***` wherever it is printed.

    Attributes:
        reference: As the configuration has it, `env:NAME` or `file:/path`, to read it again after
            a rotation; None for a literal.
    """

    reference: str | None = None
    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The value itself: hand it to what needs it, never to a log."""
        return self._value

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return HIDDEN


def read_secret(text: str, *, environ: Mapping[str, str]) -> Secret:
    """The secret that a reference names, or the literal itself.

    Raises:
        ValueError: empty, missing or of a kind that isn't installed; says nothing of the value.
    """
    kind, colon, rest = text.partition(":")
    if colon and kind == "env":
        return Secret(reference=text, _value=_from_environment(rest, environ))
    if colon and kind == "file":
        return Secret(reference=text, _value=_from_file(rest))
    if colon and kind == "secretsmanager":
        raise ValueError(
            "secretsmanager: references are not supported by this version, which lacks the extra "
            "for them; use env:NAME or file:/path"
        )
    if not text:
        raise ValueError("the secret is empty")
    return Secret(_value=text)


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    if _ENVIRONMENT_NAME.fullmatch(name) is None:
        raise ValueError(f"{name[:80]!r} is no name of an environment variable")
    value = environ.get(name)
    if not value:
        raise ValueError(
            f"environment variable {name} is {'not set' if value is None else 'empty'}"
        )
    return value


def _from_file(name: str) -> str:
    path = Path(name)
    if not path.is_absolute():
        raise ValueError(f"file:{name} must be an absolute path")
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error
    return _text_of(path, content)


def _text_of(path: Path, content: bytes) -> str:
    if len(content) > _MAX_FILE_BYTES:
        raise ValueError(f"{path} is larger than {_MAX_FILE_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError(f"{path} is empty")
    return text


def _resolve(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("must be a string: env:NAME, file:/path or the secret itself")  # noqa: TRY004 (pydantic collects ValueErrors)
    environ: Mapping[str, str] = (info.context or {}).get("environ", {})
    return read_secret(value, environ=environ)


SecretReference = Annotated[
    Secret, BeforeValidator(_resolve), PlainSerializer(lambda _: HIDDEN, return_type=str)
]
