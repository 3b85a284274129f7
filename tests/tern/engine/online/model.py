"""A server as its four known facts have it, and an engine of the true delta and watermark on it.

(F1) A transaction locks the rows it writes until its commit in the engine; its events are in the
log before that. (F2) A locking read sees the newest committed rows, and is refused if one of them
is locked, an uncommitted insert or delete included. (F3) It keeps its locks to its own commit, of
rows that are there: absent ones can't be locked. (F4) What fails leaves nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from tern.binlog.position import Position
from tern.binlog.watched_table import Key
from tern.engine.online.chunk import KeyRange
from tern.engine.online.delta import BatchLog, Delta, Entries
from tern.engine.online.key_order import KeyOrder
from tern.engine.online.link import ChangeKey
from tern.engine.online.watermark import START, Bound, Watermark

KEYS = 6
AT_ONCE = 3


class Step(Enum):
    """What may happen next; a step that can't happen now does not."""

    WRITE = auto()
    LOG = auto()
    END = auto()
    ROLL_BACK = auto()
    RECEIVE = auto()
    DISPATCH = auto()
    READ_RANGE = auto()
    COMMIT_RANGE = auto()
    ASK = auto()
    ANSWER = auto()
    TAKE = auto()
    READ_KEYS = auto()
    COMMIT_KEYS = auto()
    SAVE = auto()
    CRASH = auto()


@dataclass(slots=True, kw_only=True)
class UserWrite:
    """One row of a user's transaction; a value of None deletes it."""

    key: Key
    value: int | None
    is_logged: bool = False


@dataclass(slots=True, kw_only=True)
class EngineWrite:
    """A range or some keys on their way into the shadow; `rows` is what was read, if it was."""

    key_range: KeyRange | None = None
    taken: Entries = field(default_factory=dict)
    rows: dict[Key, int] | None = None

    def covers(self, key: Key) -> bool:
        if self.key_range is None:
            return key in self.taken
        return within(key, self.key_range)


@dataclass(slots=True, kw_only=True)
class Asked:
    """Keys that the server was asked about, with the bounds of that moment."""

    taken: Entries
    dispatched: Bound
    low: Bound


def within(key: Key, key_range: KeyRange) -> bool:
    """Whether the range has the key, by the true order."""
    lower, upper = key_range.lower, key_range.upper
    return (lower is None or key >= lower) and (upper is None or key < upper)


def is_before(key: Key, bound: Bound) -> bool:
    return bound.is_end or (bound.key is not None and key < bound.key)


class World:
    """Source, shadow and log; users' and the engine's writes under way.

    Args:
        key: What the client knows of the keys' order.
        key_of: The n-th key.
        takes_locks: Whether the engine reads under locks; without, the world is to be found wrong.
    """

    def __init__(
        self, key: ChangeKey, key_of: Callable[[int], Key], *, takes_locks: bool = True
    ) -> None:
        self._order = KeyOrder(key)
        self._key_of = key_of
        self._takes_locks = takes_locks
        self.source: dict[Key, int] = {key_of(n): n for n in range(KEYS)}
        self.shadow: dict[Key, int] = {}
        self._log: list[Key] = []
        self._users: list[UserWrite] = []
        self._version = 100
        self._saved = (START, 0)
        self._begin()

    def _begin(self) -> None:
        low, self._read = self._saved
        self._overwrites = self._read > 0 or low != START or bool(self.shadow)
        self.mark = Watermark(low)
        self.batches = BatchLog(received=place(self._read))
        self.delta = Delta(self.batches, order=self._order, watermark=self.mark)
        self._writes: list[EngineWrite] = []
        self._asked: list[Asked] = []

    def step(self, step: Step, number: int) -> None:
        """One step, if it is possible now."""
        steps: dict[Step, Callable[[int], None]] = {
            Step.WRITE: self.write,
            Step.LOG: self.log,
            Step.END: self.end,
            Step.ROLL_BACK: self.roll_back,
            Step.RECEIVE: lambda _: self.receive(),
            Step.DISPATCH: self.dispatch,
            Step.READ_RANGE: lambda n: self.read(n, ranges=True),
            Step.COMMIT_RANGE: lambda n: self.commit(n, ranges=True),
            Step.ASK: lambda _: self.ask(),
            Step.ANSWER: lambda _: self.answer(),
            Step.TAKE: lambda _: self.take(),
            Step.READ_KEYS: lambda n: self.read(n, ranges=False),
            Step.COMMIT_KEYS: lambda n: self.commit(n, ranges=False),
            Step.SAVE: lambda _: self.save(),
            Step.CRASH: lambda _: self._begin(),
        }
        steps[step](number)

    # Users.

    def write(self, number: int) -> None:
        key = self._key_of(number % KEYS)
        if self._is_user_locked(key) or self._is_engine_locked(key):
            return
        self._version += 1
        deletes = key in self.source and number >= KEYS
        self._users.append(UserWrite(key=key, value=None if deletes else self._version))

    def log(self, number: int) -> None:
        unlogged = [write for write in self._users if not write.is_logged]
        if unlogged:
            write = unlogged[number % len(unlogged)]
            write.is_logged = True
            self._log.append(write.key)

    def end(self, number: int) -> None:
        logged = [write for write in self._users if write.is_logged]
        if not logged:
            return
        write = logged[number % len(logged)]
        self._users.remove(write)
        if write.value is None:
            self.source.pop(write.key, None)
        else:
            self.source[write.key] = write.value

    def roll_back(self, number: int) -> None:
        """Also of what is in the log already: an XA transaction that was prepared."""
        if self._users:
            del self._users[number % len(self._users)]

    # The engine.

    def receive(self) -> None:
        if self._read == len(self._log):
            return
        number = self.batches.begin(place(self._read))
        self.delta.file([self._log[self._read]], number)
        self._read += 1
        self.batches.end(number, place(self._read))

    def dispatch(self, number: int) -> None:
        if self.mark.is_dispatched:
            return
        done = self.mark.dispatched.key
        upper = self._key_of(number)
        is_last = number >= KEYS or (done is not None and upper <= done)
        handed_out = self.mark.dispatch(None if is_last else upper)
        self._writes.append(EngineWrite(key_range=handed_out))

    def read(self, number: int, *, ranges: bool) -> None:
        write = self._pick(number, ranges=ranges, is_read=False)
        if write is None:
            return
        if self._takes_locks and any(write.covers(user.key) for user in self._users):
            if not ranges:
                self._writes.remove(write)
                self.delta.failed(write.taken)
            return
        write.rows = {key: value for key, value in self.source.items() if write.covers(key)}

    def commit(self, number: int, *, ranges: bool) -> None:
        write = self._pick(number, ranges=ranges, is_read=True)
        if write is None or write.rows is None:
            return
        self._writes.remove(write)
        there = {key for key in self.shadow if write.covers(key)}
        if write.key_range is not None:
            assert self._overwrites or not there, "a range was written before"
        for key in there:
            del self.shadow[key]
        self.shadow |= write.rows
        if write.key_range is None:
            self.delta.written(write.taken)
        elif self.mark.finish(write.key_range):
            self.delta.note_low()

    def ask(self) -> None:
        taken = self.delta.take_unjudged(AT_ONCE)
        if taken:
            dispatched, low = self.mark.dispatched, self.mark.low
            self._asked.append(Asked(taken=taken, dispatched=dispatched, low=low))

    def answer(self) -> None:
        if self._asked:
            asked = self._asked.pop(0)
            beyond = {key for key in asked.taken if not is_before(key, asked.dispatched)}
            copied = {key for key in asked.taken if is_before(key, asked.low)}
            self.delta.judged(asked.taken, beyond=beyond, copied=copied)

    def take(self) -> None:
        taken = self.delta.take(AT_ONCE)
        if taken:
            self._writes.append(EngineWrite(taken=taken))

    def save(self) -> None:
        low = self.mark.low
        self._saved = (low, self.batches.applied().offset)

    # The end.

    def come_to_rest(self) -> None:
        """Users leave, everything is received, copied and replayed, as under the table locks."""
        while self._users:
            self.log(0)
            self.end(0)
        while self._read < len(self._log):
            self.receive()
        while not self.mark.is_dispatched:
            self.dispatch(KEYS)
        self._carry_out(ranges=True)
        while len(self.delta) or self._asked:
            self.ask()
            self.answer()
            self.take()
            self._carry_out(ranges=False)
        assert self.mark.is_copied
        assert self.batches.applied() == place(len(self._log))

    def _carry_out(self, *, ranges: bool) -> None:
        while any((write.key_range is not None) == ranges for write in self._writes):
            self.read(0, ranges=ranges)
            self.commit(0, ranges=ranges)

    def _pick(self, number: int, *, ranges: bool, is_read: bool) -> EngineWrite | None:
        fit = [
            write
            for write in self._writes
            if (write.key_range is not None) == ranges and (write.rows is not None) == is_read
        ]
        return fit[number % len(fit)] if fit else None

    def _is_user_locked(self, key: Key) -> bool:
        return any(write.key == key for write in self._users)

    def _is_engine_locked(self, key: Key) -> bool:
        return self._takes_locks and any(key in (write.rows or ()) for write in self._writes)


def place(offset: int) -> Position:
    """A position in the model's log."""
    return Position(server="s", file="log.000001", offset=offset, gtids=None)


def played(world: World, script: Iterable[tuple[Step, int]]) -> World:
    """The world after the script, come to rest."""
    for step, number in script:
        world.step(step, number)
    world.come_to_rest()
    return world
