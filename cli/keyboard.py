"""Keys of a terminal, one by one, for as long as a block lasts."""

import os
import termios
import tty
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import TextIO

import anyio

_NAMED = {
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1bOC": "right",
    "\x1bOD": "left",
    "\x1b": "esc",
    "\r": "enter",
    "\n": "enter",
}
_AT_ONCE = 64


@contextmanager
def single_keys(stream: TextIO) -> Iterator[int]:
    """The terminal gives each key at once and shows none; Ctrl-C stays a signal."""
    fd = stream.fileno()
    before = termios.tcgetattr(fd)
    tty.setcbreak(fd)
    try:
        yield fd
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


async def pressed(fd: int) -> AsyncGenerator[str, None]:
    """The names of keys as they are pressed; ends when the terminal is gone."""
    while True:
        await anyio.wait_readable(fd)
        try:
            text = os.read(fd, _AT_ONCE).decode(errors="replace")
        except OSError:
            return
        if not text:
            return
        for key in names(text):
            yield key


def names(text: str) -> Iterator[str]:
    """The keys in what a terminal sent at once; sequences that nobody knows are left out."""
    if text in _NAMED:
        yield _NAMED[text]
    elif not text.startswith("\x1b"):
        for char in text:
            yield _NAMED.get(char, char)
