"""Regular expressions from untrusted files: valid, and cheap on any table name.

Python's engine backtracks, so `(a+)+$` takes for ever on a name of 64 letters. The rule is simple
enough to be told in one sentence: few quantifiers, and none after a group but `?`.
"""

import re
import warnings
from typing import Annotated

from pydantic import AfterValidator

_LONGEST = 256
_MOST_REPEATS = 3
_MOST_OPTIONALS = 8
_NOISE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:!=<P]|\(\?<[!=]")
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d*,?\d*\})")


def checked_pattern(pattern: str) -> str:
    """The pattern itself.

    Raises:
        ValueError: not a regular expression, or one that could take long on a name.
    """
    if len(pattern) > _LONGEST:
        raise ValueError(f"a regular expression has at most {_LONGEST} characters here")
    try:
        _compile(pattern)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"not a regular expression: {error}") from error
    shape = _NOISE.sub("x", pattern)
    if _REPEATED_GROUP.search(shape):
        raise ValueError("a repeated group such as (a|b)* could take for ever; repeat a character")
    if len(_REPEAT.findall(shape)) > _MOST_REPEATS or shape.count("?") > _MOST_OPTIONALS:
        raise ValueError(
            f"at most {_MOST_REPEATS} repeats and {_MOST_OPTIONALS} optional parts are allowed"
        )
    return pattern


def _compile(pattern: str) -> None:
    """Also what Python will read in another way one day, such as `[[a]`, is refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        re.compile(pattern)


Pattern = Annotated[str, AfterValidator(checked_pattern)]
