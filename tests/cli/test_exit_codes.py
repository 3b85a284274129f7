"""Every leaf of the error tree ends the process with a documented status."""

from collections.abc import Iterator

from cli import errors
from cli.exit_codes import EXIT_CODES, MEANINGS, ExitCode, exit_code_of
from tern.errors import SchemaBotError


def leaves(kind: type[SchemaBotError] = SchemaBotError) -> Iterator[type[SchemaBotError]]:
    for child in kind.__subclasses__():
        yield child
        yield from leaves(child)


def test_every_leaf_has_an_exit_code() -> None:
    expected = {ExitCode.FAILED, ExitCode.USAGE, ExitCode.INTERRUPTED}
    for kind in leaves():
        found = next(EXIT_CODES[each] for each in kind.__mro__ if each in EXIT_CODES)
        assert found in expected, kind


def test_every_exit_code_is_explained() -> None:
    assert set(MEANINGS) == set(ExitCode)


def test_an_interrupt_is_told_from_a_failure() -> None:
    assert exit_code_of(errors.Interrupted(said="interrupted")) is ExitCode.INTERRUPTED
    assert exit_code_of(errors.Declined()) is ExitCode.FAILED
    assert exit_code_of(errors.NobodyToAsk()) is ExitCode.USAGE
