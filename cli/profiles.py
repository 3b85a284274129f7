"""Which service to talk to and as whom: profiles, variables, options (C-4, C-5)."""

import ssl
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field

from cli.errors import FileUnreadable, ProfileFileInvalid, ProfileUnknown, TokenWouldLeak
from schemabot.config.secrets import read_secret
from schemabot.config.strict import Strict, check_document
from schemabot.config.units import is_loopback_host
from schemabot.config.yaml_text import read_yaml

DEFAULT_ENDPOINT = "http://localhost:13370"
_FILE = "SCHEMABOT_CLI_CONFIG"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_REFERENCES = ("env:", "file:")


class ProfileKeys(Strict):
    """One profile in the file."""

    endpoint: str | None = None
    token: str | None = None
    ca_file: str | None = None
    allow_plaintext: bool = False


class ProfileFile(Strict):
    """The whole file."""

    default_profile: str | None = None
    profiles: Mapping[str, ProfileKeys] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A service and how to reach it; `source` is where its address came from, in words."""

    url: str
    source: str
    token: str | None = None
    ca_file: str | None = None

    @property
    def host(self) -> str:
        """The host's name, without port."""
        return urlsplit(self.url).hostname or self.url

    @property
    def is_on_this_machine(self) -> bool:
        """Whether nothing leaves this machine on the way."""
        return is_loopback_host(self.host)


def choose_endpoint(
    *, url: str | None, profile: str | None, environ: Mapping[str, str]
) -> Endpoint:
    """The service that options, variables and profiles name; the first that does decides.

    Raises:
        ProfileFileInvalid, ProfileUnknown: the file can't be used, or has no such profile.
        TokenWouldLeak: a token, plain HTTP, and another machine.
    """
    path = profile_path(environ)
    name = profile or environ.get("SCHEMABOT_PROFILE")
    chosen_name, keys = _profile(_read(path), name, path=path)
    token = environ.get("SCHEMABOT_TOKEN") or _token(keys, path=path, environ=environ)
    found, source = _address(url, environ, keys=keys, profile=f"profile {chosen_name}")
    endpoint = Endpoint(
        url=found.rstrip("/"), source=source, token=token or None, ca_file=keys.ca_file
    )
    is_plain = urlsplit(endpoint.url).scheme == "http"
    if token and is_plain and not endpoint.is_on_this_machine and not keys.allow_plaintext:
        raise TokenWouldLeak(endpoint=endpoint.url)
    return endpoint


def trust(endpoint: Endpoint) -> ssl.SSLContext | bool:
    """Whose certificates are believed: the system's authorities, or those of the profile's file.

    Raises:
        FileUnreadable: the file holds no certificates.
    """
    if urlsplit(endpoint.url).scheme != "https":
        return False  # there are none to check, and reading the system's takes time
    try:
        return ssl.create_default_context(cafile=endpoint.ca_file)
    except OSError as error:
        path = Path(endpoint.ca_file or "the system's certificates")
        raise FileUnreadable(path=path, reason=f"is no usable ca_file ({error})") from error


def profile_path(environ: Mapping[str, str]) -> Path:
    """Where profiles are kept."""
    named = environ.get(_FILE)
    return Path(named) if named else Path(environ.get("HOME", "~"), ".schemabot", "config.yaml")


def _address(
    url: str | None, environ: Mapping[str, str], *, keys: ProfileKeys, profile: str
) -> tuple[str, str]:
    places = (
        (url, "--endpoint"),
        (environ.get("SCHEMABOT_ENDPOINT"), "SCHEMABOT_ENDPOINT"),
        (keys.endpoint, profile),
    )
    return next(
        ((value, source) for value, source in places if value),
        (DEFAULT_ENDPOINT, "the default"),
    )


def _profile(file: ProfileFile, name: str | None, *, path: Path) -> tuple[str, ProfileKeys]:
    wanted = name or file.default_profile or "default"
    found = file.profiles.get(wanted)
    if found is not None:
        return wanted, found
    if name is not None or file.default_profile is not None:
        raise ProfileUnknown(name=wanted, known=sorted(file.profiles), path=path)
    return wanted, ProfileKeys()


def _read(path: Path) -> ProfileFile:
    try:
        text = path.read_text(encoding="utf-8")
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ProfileFile()
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(path=path, reason=str(error)) from error
    file, mistakes = check_document(ProfileFile, read_yaml(text), context={})
    if file is None:
        said = "; ".join(mistake.said_of(str(path)) for mistake in mistakes)
        raise ProfileFileInvalid(path=path, problem=said, next_action=f"mend {path}")
    _check_secrecy(file, mode, path)
    return file


def _check_secrecy(file: ProfileFile, mode: int, path: Path) -> None:
    literal = [
        name
        for name, keys in file.profiles.items()
        if keys.token and not keys.token.startswith(_REFERENCES)
    ]
    if literal and mode & _OTHERS:
        raise ProfileFileInvalid(
            path=path,
            problem=f"others can read it, and profile {literal[0]} holds a token",
            next_action=f"chmod 600 {path}",
        )


def _token(keys: ProfileKeys, *, path: Path, environ: Mapping[str, str]) -> str | None:
    if keys.token is None:
        return None
    try:
        return read_secret(keys.token, environ=environ).reveal()
    except ValueError as error:
        raise ProfileFileInvalid(
            path=path, problem=f"token: {error}", next_action=f"mend {path}"
        ) from error
