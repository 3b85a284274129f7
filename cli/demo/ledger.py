"""What writers meant to write and what became of it: noted before, marked after (C-37).

A ledger is a file of JSON lines by one writer. `begin` holds what each row is to be (None: gone)
and comes before the transaction; `end` comes once its outcome is known. Each writer has rows of its
own, so the last committed transaction says what a row is now.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RowState = tuple[str, int] | None
"""Status and amount of a row; None when it is gone."""

COMMITTED, FAILED = "committed", "failed"


@dataclass(slots=True, kw_only=True)
class Account:
    """What all ledgers add up to.

    Attributes:
        rows: Id -> what the row must be now, for each row that a committed transaction wrote.
        commits: When each was known (Unix time) and how many seconds the transaction took.
        open: Transactions whose outcome nobody noted.
    """

    rows: dict[int, RowState] = field(default_factory=dict)
    commits: list[tuple[float, float]] = field(default_factory=list)
    failed: int = 0
    errors: list[str] = field(default_factory=list)
    open: int = 0

    def written_between(self, begin: float, end: float) -> int:
        """How many transactions were committed in that time."""
        return sum(begin <= at <= end for at, _ in self.commits)

    def slowest(self, begin: float = 0.0, end: float = float("inf")) -> float:
        """Seconds of the slowest transaction that ended in that time; 0 without one."""
        return max((took for at, took in self.commits if begin <= at <= end), default=0.0)


class Ledger:
    """One writer's file, written line by line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)

    def begin(self, number: int, rows: Mapping[int, RowState]) -> None:
        """The transaction is about to start."""
        self._write({"begin": number, "rows": {str(key): row for key, row in rows.items()}})

    def end(self, number: int, outcome: str, *, at: float, seconds: float, why: str = "") -> None:
        """Its outcome is known."""
        self._write({"end": number, "is": outcome, "at": at, "seconds": seconds, "why": why})

    def close(self) -> None:
        """No line follows."""
        self._file.close()

    def _write(self, line: Mapping[str, object]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read_ledgers(paths: Iterable[Path]) -> Account:
    """The sum of all files."""
    account = Account()
    for path in paths:
        _read(path, account)
    return account


def _read(path: Path, account: Account) -> None:
    begun: dict[int, dict[int, RowState]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        if "begin" in said:
            begun[said["begin"]] = {int(key): _row(row) for key, row in said["rows"].items()}
            continue
        rows = begun.pop(said["end"])
        if said["is"] == COMMITTED:
            account.rows.update(rows)
            account.commits.append((float(said["at"]), float(said["seconds"])))
        else:
            account.failed += 1
            account.errors.append(str(said["why"]))
    account.open += len(begun)


def _row(found: list[object] | None) -> RowState:
    return None if found is None else (str(found[0]), int(str(found[1])))
