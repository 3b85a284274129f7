"""Sets of keys brought up to date, whatever stands in their way (E-32, E-34)."""

from collections.abc import Callable, Sequence

from tern.binlog.watched_table import Key
from tern.engine.online.errors import DoesNotFit
from tern.engine.online.grip import Grip
from tern.engine.online.lane import Lane
from tern.engine.online.link import describe_key
from tern.engine.online.patience import Patience
from tern.engine.online.row_writer import RowWriter
from tern.errors import DuplicateKey, StatementRejected
from tern.mysql.error_codes import is_transaction_too_big, is_value_refused, text_of


class Rewriting:
    """Writes keys of one lane over one session."""

    def __init__(self, writer: RowWriter, lane: Lane) -> None:
        self._writer = writer
        self._lane = lane
        self._patience = Patience(writer.connection, lane.link, lane.refusals)

    def write(self, keys: Sequence[Key], done: Callable[[Sequence[Key]], None]) -> None:
        """Write what can be had now; `done` is told of each set that is committed.

        Raises:
            DuplicateKey: two rows of the source share a unique value.
            DoesNotFit: the shadow does not take a row as it is.
        """

        def attempt(some: Sequence[Key], grip: Grip) -> Sequence[Key] | None:
            written = self._write(some, grip)
            if written:
                done(written)
            return written

        self._patience.work_through(keys, attempt)

    def _write(self, keys: Sequence[Key], grip: Grip) -> Sequence[Key] | None:
        """What is written; None if smaller sets may do better."""
        try:
            return self._writer.rewrite(keys, grip)
        except DuplicateKey:
            return self._resolve(keys, grip)
        except StatementRejected as error:
            self._check_worth_halving(keys, error)
            return None

    def _resolve(self, keys: Sequence[Key], grip: Grip) -> Sequence[Key] | None:
        """The keys that were written although others were in their way (E-34)."""
        self._lane.overwrites = True
        written = self._lane.resolver.resolve(self._writer, keys, grip=grip)
        self._lane.counts.resolved += bool(written)
        return written

    def _check_worth_halving(self, keys: Sequence[Key], error: StatementRejected) -> None:
        if len(keys) > 1 and (is_value_refused(error) or is_transaction_too_big(error)):
            return
        if is_value_refused(error):
            shown = [describe_key(self._lane.link, key) for key in keys]
            reason = text_of(error)
            raise DoesNotFit(table=self._lane.table, keys=shown, reason=reason) from error
        raise error
