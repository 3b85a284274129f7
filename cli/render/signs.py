"""What is drawn with: letters of the terminal's own set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """Characters of one width for bars, separators and cuts."""

    full: str
    empty: str
    dot: str
    dash: str
    cut: str
    done: str
    failed: str


UNICODE = Signs(full="█", empty="░", dot="·", dash="-", cut="…", done="✓", failed="✗")
ASCII = Signs(full="#", empty=".", dot="-", dash="-", cut="..", done="ok", failed="x")
