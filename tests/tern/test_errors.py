"""An error keeps what it says on its way into another process."""

import pickle

from tern.errors import DuplicateKey, MissingPrivilege, SchemaBotError


def test_an_error_is_the_same_after_it_was_pickled() -> None:
    made: tuple[SchemaBotError, ...] = (
        DuplicateKey(table="s.t", index="code", value="'7'", keys=["1", "2"]),
        MissingPrivilege(place="db", account="sb", grants=("GRANT PROCESS ON *.* TO sb",)),
    )
    for error in made:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own bytes
        assert type(again) is type(error)
        assert (str(again), again.__dict__) == (str(error), error.__dict__)
