"""The phases of an online change, in order, and what a crash in each leads to (section 2)."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a run is; the word is shown to people and kept in the checkpoint."""

    PREPARE = "prepare"
    COPY = "copy"
    INDEX = "index"
    CATCH_UP = "catch_up"
    ANALYZE = "analyze"
    VERIFY = "verify"
    HELD = "held"
    CUTOVER = "cutover"
    CLEAN_UP = "clean_up"


AFTER_COPY = frozenset({
    Phase.INDEX,
    Phase.CATCH_UP,
    Phase.ANALYZE,
    Phase.VERIFY,
    Phase.HELD,
    Phase.CUTOVER,
})
