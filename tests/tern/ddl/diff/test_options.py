import pytest

from tern.ddl.diff.equality import equal
from tern.ddl.diff.options import diff_options
from tern.ddl.diff.policy import DiffPolicy, OptionClass
from tern.ddl.table import with_named_options
from tests.tern.ddl.texts import MYSQL, captured, table

MANAGED = DiffPolicy()


def texts(
    live: str, desired: str, named: set[str] | None = None, *, policy: DiffPolicy = MANAGED
) -> list[str]:
    """What must be set; with `named` the options that the file names."""
    before, after = table("`a` int", options=live), table("`a` int", options=desired)
    if named is not None:
        after = with_named_options(after, frozenset(named))
    found = [clause.text for clause in diff_options(before, after, policy)]
    assert equal(before, after, flavor=MYSQL, policy=policy) is (found == [])
    return found


def test_managed_option_that_is_unsaid_gets_the_default() -> None:
    """P-28."""
    assert texts("COMMENT='x'", "", set()) == ["COMMENT=''"]
    assert texts("", "COMMENT='x'", {"comment"}) == ["COMMENT='x'"]
    assert texts("COMMENT='y'", "COMMENT='x'", {"comment"}) == ["COMMENT='x'"]


def test_sticky_option_that_is_unsaid_stays() -> None:
    assert texts("ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8", "", set()) == []
    assert texts("ROW_FORMAT=COMPRESSED", "ROW_FORMAT=DYNAMIC", set()) == []


def test_sticky_option_that_the_file_names_is_reached() -> None:
    assert texts("ROW_FORMAT=COMPACT", "ROW_FORMAT=DYNAMIC", {"row_format"}) == [
        "ROW_FORMAT=DYNAMIC"
    ]
    assert texts("", "`ENCRYPTED`='NO'", {"encrypted"}) == ["`ENCRYPTED`='NO'"]


@pytest.mark.parametrize(
    ("live", "name", "reset"),
    [
        ("ROW_FORMAT=COMPACT", "row_format", "ROW_FORMAT=DEFAULT"),
        ("STATS_PERSISTENT=1", "stats_persistent", "STATS_PERSISTENT=DEFAULT"),
        ("KEY_BLOCK_SIZE=8", "key_block_size", "KEY_BLOCK_SIZE=0"),
        ("/*!80016 ENCRYPTION='Y' */", "encryption", "ENCRYPTION='N'"),
        ("`MINE`='1'", "mine", "MINE=DEFAULT"),
    ],
)
def test_option_that_the_file_sets_to_its_default_is_set_back(
    live: str, name: str, reset: str
) -> None:
    assert texts(live, "", {name}) == [reset]


def test_without_a_file_the_printed_options_count() -> None:
    assert texts("ROW_FORMAT=COMPACT", "ROW_FORMAT=DYNAMIC") == ["ROW_FORMAT=DYNAMIC"]
    assert texts("ROW_FORMAT=COMPACT", "") == []


def test_counter_is_ignored() -> None:
    assert texts("AUTO_INCREMENT=7", "AUTO_INCREMENT=9", {"auto_increment"}) == []


def test_charset_and_collation_go_together() -> None:
    assert texts("COLLATE=utf8mb4_bin", "COLLATE=utf8mb4_general_ci", set()) == [
        "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
    ]
    assert texts("COLLATE=utf8mb4_bin", "", set()) == ["DEFAULT CHARSET=utf8mb4"]


def test_policy_changes_the_class_of_an_option() -> None:
    ignored = DiffPolicy(options={"comment": OptionClass.IGNORED, "charset": OptionClass.STICKY})
    assert texts("COMMENT='x'", "", {"comment"}, policy=ignored) == []
    assert texts("COLLATE=utf8mb4_bin", "", set(), policy=ignored) == []
    assert texts("COLLATE=utf8mb4_bin", "", {"collate"}, policy=ignored) == [
        "DEFAULT CHARSET=utf8mb4"
    ]
    managed = DiffPolicy(options={"row_format": OptionClass.MANAGED})
    assert texts("ROW_FORMAT=COMPACT", "", set(), policy=managed) == ["ROW_FORMAT=DEFAULT"]


def test_other_engine_is_set_where_the_file_names_one() -> None:
    live, desired = captured("mysql/my"), table("`a` int DEFAULT NULL")
    named = with_named_options(desired, frozenset({"engine"}))
    assert [clause.name for clause in diff_options(live, named, MANAGED)] == ["engine", "charset"]
