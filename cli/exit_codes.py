"""How the process ends: error -> exit code, one table (cli.md, section 1)."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from cli import errors as cli
from schemabot.config import errors as config
from tern.errors import SchemaBotError


class ExitCode(IntEnum):
    """What an exit status means; the same for every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENCES = 3
    INTERRUPTED = 130


MEANINGS: Mapping[ExitCode, str] = MappingProxyType({
    ExitCode.DONE: "done as asked, or nothing to do",
    ExitCode.FAILED: "refused, failed, declined, or ended otherwise than wanted",
    ExitCode.USAGE: "bad option, argument, schema directory or configuration file",
    ExitCode.DIFFERENCES: "there are differences",
    ExitCode.INTERRUPTED: "interrupted",
})

# Everything that is not named here is a failure; `exit_code_of` looks along the class's ancestors.
EXIT_CODES: Mapping[type[SchemaBotError], ExitCode] = MappingProxyType({
    SchemaBotError: ExitCode.FAILED,
    config.ConfigInvalid: ExitCode.USAGE,
    config.SchemaDirectoryInvalid: ExitCode.USAGE,
    cli.BadUsage: ExitCode.USAGE,
    cli.FileUnreadable: ExitCode.USAGE,
    cli.FileExists: ExitCode.USAGE,
    cli.NobodyToAsk: ExitCode.USAGE,
    cli.ProfileFileInvalid: ExitCode.USAGE,
    cli.ProfileUnknown: ExitCode.USAGE,
    cli.Interrupted: ExitCode.INTERRUPTED,
})


def exit_code_of(error: SchemaBotError) -> ExitCode:
    """The exit code of an error of the tree."""
    return next(EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES)
