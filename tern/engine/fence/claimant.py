"""Who comes to a target: a piece of work, under the epoch of one claim."""

from dataclasses import dataclass
from hashlib import sha1
from typing import Self

from tern.engine.port import EngineRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimant:
    """One run of one apply.

    Attributes:
        apply_id: Names the work record.
        home: The schema that holds it.
        epoch: The claim's; a higher one is newer.
        instance: Tells runs of one claim apart; a higher one is newer.
    """

    apply_id: str
    home: str
    epoch: int
    instance: int

    @classmethod
    def of(cls, run: EngineRun) -> Self:
        """The claimant that a run of an engine acts for."""
        return cls(
            apply_id=run.change_id, home=run.home, epoch=run.fence.epoch, instance=run.instance
        )


def lock_name(schema: str) -> str:
    """The server-wide name of the lock on a schema, 43 characters long."""
    return f"sb:{sha1(schema.encode(), usedforsecurity=False).hexdigest()}"
