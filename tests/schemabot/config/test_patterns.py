import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.config.patterns import checked_pattern


@pytest.mark.parametrize(
    "pattern",
    ["^tmp_", "^schema_version$", r"^_.+_(gho|ghc|del)$", "^a[*+]+$", r"\*\+\*\+\*", "(?i)^x.*y$",
     "^log_[0-9]{4}_[0-9]{2}$"],
)  # fmt: skip
def test_patterns_on_names_are_taken(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern


@pytest.mark.parametrize(
    "pattern",
    ["(", "(a+)+$", "(a|a)*$", "(?:a|aa){1,50}", "a*a*a*a*a*b", "a?" * 30 + "a" * 30, "x" * 300,
     "a{99999999999999999999}"],
)  # fmt: skip
def test_patterns_that_are_none_or_take_long_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"regular|repeat"):
        checked_pattern(pattern)


@given(st.text(alphabet="ab()*+?{2,}|[]^$\\.", max_size=40))
def test_what_is_taken_is_quick_on_the_longest_names(pattern: str) -> None:
    try:
        checked_pattern(pattern)
    except ValueError:
        return
    started = time.process_time()
    for name in ("a" * 64, "ab" * 32, "a" * 63 + "!"):
        re.search(pattern, name)
    assert time.process_time() - started < 2
