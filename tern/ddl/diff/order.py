"""Where columns must be put so that their order becomes the desired one with the fewest moves."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from tern.ddl.clauses import Place


def places(
    live: Sequence[str], desired: Sequence[str], *, spelled: Mapping[str, str]
) -> dict[str, Place]:
    """The place of each desired column that can't stay, or be appended, where it is.

    A server takes moved columns out of the row first and then puts columns in one after another in
    the order of the clauses; clauses follow the desired order, so the column that a place names
    stands there by then.

    Args:
        live: Keys of the columns that are kept, in live order.
        desired: Keys of all columns, in desired order.
        spelled: Key to name.
    """
    staying = longest_run(live, desired)
    last_staying = max((i for i, key in enumerate(desired) if key in staying), default=-1)
    kept = set(live)
    found: dict[str, Place] = {}
    for index, key in enumerate(desired):
        is_appended = key not in kept and index > last_staying
        if key not in staying and not is_appended:
            before = spelled[desired[index - 1]] if index > 0 else None
            found[key] = Place(after=before)
    return found


def longest_run(live: Sequence[str], desired: Sequence[str]) -> frozenset[str]:
    """A largest set of keys that stand in one order on both sides."""
    position = {key: index for index, key in enumerate(live)}
    kept = [key for key in desired if key in position]
    tails: list[int] = []  # tails[n]: smallest live position that ends a run of n + 1
    tail_keys: list[str] = []
    previous: dict[str, str | None] = {}
    for key in kept:
        length = bisect_left(tails, position[key])
        previous[key] = tail_keys[length - 1] if length > 0 else None
        tails[length:] = [position[key], *tails[length + 1 :]]
        tail_keys[length:] = [key, *tail_keys[length + 1 :]]
    run: set[str] = set()
    last = tail_keys[-1] if tail_keys else None
    while last is not None:
        run.add(last)
        last = previous[last]
    return frozenset(run)
