"""A page of a list that is read by key, so that new rows neither repeat nor hide others (A-6)."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """Items, newest first.

    Attributes:
        next_cursor: Opaque; None when nothing follows.
    """

    items: tuple[Item, ...]
    next_cursor: str | None = None
