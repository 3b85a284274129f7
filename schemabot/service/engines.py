"""What each engine takes and can do, as far as a request is judged before any engine sees it."""

from dataclasses import dataclass

from schemabot.domain.control import Operation
from schemabot.domain.errors import OperationUnsupported, OptionUnsupported
from tern.values.run import RunOptions
from tern.values.target import DatabaseType

_ONLINE = "online"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineTraits:
    """One engine's name, the options it knows and the operations it can't carry out.

    Attributes:
        refused: Operation -> what to do instead.
    """

    name: str
    options: tuple[str, ...]
    refused: tuple[tuple[Operation, str], ...]

    def check_options(self, options: RunOptions) -> None:
        """Raises OptionUnsupported for the first option given that the engine doesn't know."""
        given = {
            "defer_cutover": options.defer_cutover,
            "defer_deploy": options.defer_deploy,
            "skip_revert": options.skip_revert,
            "branch": options.branch is not None,
        }
        for option, is_given in given.items():
            if is_given and option not in self.options:
                raise OptionUnsupported(option=option, engine=self.name, known=self.options)

    def can(self, operation: Operation) -> bool:
        """Whether the engine can carry the operation out at all."""
        return all(refused is not operation for refused, _ in self.refused)

    def check_operation(self, operation: Operation) -> None:
        """Raises OperationUnsupported for what the engine never supports (A-24)."""
        for refused, instead in self.refused:
            if refused is operation:
                raise OperationUnsupported(
                    operation=operation.replace("_", " "), engine=self.name, instead=instead
                )


_ONLINE_TRAITS = EngineTraits(
    name=_ONLINE,
    options=("allow_unsafe", "defer_cutover", "volume"),
    refused=(
        (Operation.REVERT, "plan a rollback: `schemabot rollback <apply_id>`"),
        (Operation.SKIP_REVERT, "there is no revert window to skip"),
        (Operation.DEPLOY, "there is no deploy step"),
    ),
)


def traits_of(kind: DatabaseType) -> EngineTraits:
    """The engine that changes databases of this type."""
    match kind:
        case DatabaseType.MYSQL | DatabaseType.MARIADB:
            return _ONLINE_TRAITS
        case DatabaseType.VITESS | DatabaseType.PLANETSCALE:
            # configuration refuses these types, so no request gets here
            raise AssertionError(kind)
