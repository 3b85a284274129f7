"""The target of a stand-alone run: its address, and a password that is in no process list."""

import configparser
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cli.errors import BadUsage
from tern.errors import SchemaBotError
from tern.mysql.connect import ConnectParams
from tern.mysql.dsn import parse_dsn

_COMMAND = "schemabot alter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Where the password comes from; at most one of them is given."""

    variable: str | None = None
    defaults_file: Path | None = None
    typed: str | None = None


def target_of(dsn: str, secrets: Secrets, *, environ: Mapping[str, str]) -> ConnectParams:
    """The target with its schema and password.

    Raises:
        BadUsage: the address names no schema, or the password can't be had.
    """
    params = read_address(dsn)
    if params.schema is None:
        raise _bad("--dsn names no schema: mysql://user@host:3306/SCHEMA")
    if secrets.typed is not None:
        return replace(params, password=secrets.typed)
    if secrets.variable is not None:
        if secrets.variable not in environ:
            raise _bad(f"--password-env: there is no variable {secrets.variable}")
        return replace(params, password=environ[secrets.variable])
    if secrets.defaults_file is not None:
        return _with_defaults(params, secrets.defaults_file)
    return params


def read_address(dsn: str) -> ConnectParams:
    """A server's address. Raises BadUsage: it can't be read."""
    try:
        return parse_dsn(dsn)
    except SchemaBotError as error:
        raise _bad(error.message) from error


def _with_defaults(params: ConnectParams, path: Path) -> ConnectParams:
    """The password of the [client] group of an option file."""
    parser = configparser.ConfigParser(
        allow_no_value=True, interpolation=None, strict=False, inline_comment_prefixes=("#",)
    )
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, configparser.Error) as error:
        raise _bad(f"--defaults-file {path} can't be read: {error}") from error
    found = parser.get("client", "password", fallback=None)
    if found is None:
        raise _bad(f"--defaults-file {path} has no password under [client]")
    return replace(params, password=found.strip().strip("'\""))


def _bad(problem: str) -> BadUsage:
    return BadUsage(problem=problem, command=_COMMAND)
