"""Options that every command takes, before its name or after it (C-2)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import click

from tern.values.target import DatabaseType

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


class Output(StrEnum):
    """How results are written."""

    INTERACTIVE = "interactive"
    LOG = "log"
    JSON = "json"


class Color(StrEnum):
    """When colour is used."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Seconds(click.ParamType[float]):
    """A duration such as `30s`."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds."""
        if isinstance(value, float):
            return value
        match = _DURATION.fullmatch(str(value))
        if match is None or float(match[1]) == 0:
            self.fail(f"{value!r} is no duration; write 30s, 2m or 500ms", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalOptions:
    """What was given, on either side of the command's name; the right side wins."""

    endpoint: str | None = None
    profile: str | None = None
    output: Output | None = None
    color: Color = Color.AUTO
    quiet: bool = False
    verbose: int = 0
    timeout: float | None = None

    def updated(self, given: Mapping[str, object]) -> "GlobalOptions":
        """With the given values put over these; `json` is short for an output."""
        known = {each.name for each in fields(self)}
        named = {name: value for name, value in given.items() if name in known and value}
        for name, kind in (("output", Output), ("color", Color)):
            if name in named:
                named[name] = kind(str(named[name]))
        if given.get("json"):
            named["output"] = Output.JSON
        return replace(self, **named)  # type: ignore[arg-type]  # click has converted them


DATABASE_TYPE = click.Choice([each.value for each in DatabaseType])

GLOBAL_OPTIONS: tuple[click.Option, ...] = (
    click.Option(["--endpoint"], metavar="URL", help="Service to talk to."),
    click.Option(["--profile"], metavar="NAME", help="Profile that names the service."),
    click.Option(
        ["-o", "--output"],
        type=click.Choice([each.value for each in Output]),
        help="How results are written (default: interactive on a terminal, else log).",
    ),
    click.Option(["--json"], is_flag=True, help="Same as -o json."),
    click.Option(
        ["--color"],
        type=click.Choice([each.value for each in Color]),
        help="When to use colour (default: auto).",
    ),
    click.Option(["-q", "--quiet"], is_flag=True, help="Results and errors only."),
    click.Option(["-v", "--verbose"], count=True, help="Requests and timings on standard error."),
    click.Option(
        ["--timeout"], type=Seconds(), metavar="30s", help="How long one answer may take."
    ),
)
