import pytest

from tern.ddl.errors import UnsupportedTable
from tern.ddl.sequence import Sequence, alter_sequence, drop_sequence, parse_create_sequence

LIVE = (
    "CREATE SEQUENCE `my s` start with 5 minvalue 1 maxvalue 9223372036854775806 "
    "increment by 2 cache 1000 nocycle ENGINE=InnoDB"
)
TYPED = (
    "CREATE SEQUENCE `s` as int unsigned start with 1 minvalue 1 maxvalue 9 "
    "increment by 1 nocache cycle ENGINE=InnoDB"
)


def test_sequence_is_read_from_the_servers_text() -> None:
    assert parse_create_sequence(LIVE) == Sequence(
        name="my s",
        type_name="",
        start=5,
        minvalue=1,
        maxvalue=9223372036854775806,
        increment=2,
        cache=1000,
        is_cycling=False,
        text=LIVE,
    )
    typed = parse_create_sequence(TYPED)
    assert (typed.type_name, typed.cache, typed.is_cycling) == ("int unsigned", 0, True)


@pytest.mark.parametrize(
    ("old", "new", "clauses"),
    [
        ("start with 5", "start with -5", "START WITH -5"),
        ("minvalue 1 ", "minvalue -9 ", "MINVALUE -9"),
        ("maxvalue 9223372036854775806", "maxvalue 100", "MAXVALUE 100"),
        ("by 2", "by -2", "INCREMENT BY -2"),
        ("cache 1000", "nocache", "NOCACHE"),
        ("cache 1000", "cache 5", "CACHE 5"),
        ("nocycle", "cycle", "CYCLE"),
        ("start with 5 minvalue 1 ", "start with 7 minvalue 2 ", "START WITH 7 MINVALUE 2"),
        ("`my s` ", "`my s` as int ", "AS int"),
    ],
)
def test_only_what_changed_is_altered_and_nothing_restarts(
    old: str, new: str, clauses: str
) -> None:
    desired = parse_create_sequence(LIVE.replace(old, new))
    found = alter_sequence(parse_create_sequence(LIVE), desired)
    assert found == f"ALTER SEQUENCE `my s` {clauses}"


def test_cycle_can_be_taken_back_and_nothing_gives_nothing() -> None:
    cycling = parse_create_sequence(LIVE.replace("nocycle", "cycle"))
    plain = parse_create_sequence(LIVE)
    assert alter_sequence(cycling, plain) == "ALTER SEQUENCE `my s` NOCYCLE"
    assert alter_sequence(plain, plain) is None


def test_sequence_is_dropped_by_its_quoted_name() -> None:
    assert drop_sequence("a`b") == "DROP SEQUENCE `a``b`"


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE `t` (",
        "CREATE SEQUENCE `s` start with x",
        "CREATE SEQUENCE `s",
        "",
        LIVE[:60],
        LIVE.replace("no", ""),
    ],
)
def test_text_of_no_known_form_is_unsupported(text: str) -> None:
    broken = text.replace("cache 1000", "cash 1000")
    with pytest.raises(UnsupportedTable):
        parse_create_sequence(broken)
