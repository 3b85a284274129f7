"""`schemabot alter`: what the parser and the options refuse before any server is asked."""

from pathlib import Path

import pytest

from cli.alone.address import Secrets, target_of
from cli.errors import BadUsage
from cli.main import run
from tests.cli.desk import plain_surroundings

DSN = "mysql://admin@127.0.0.1:1/shop"
WIDEN = "ALTER TABLE orders MODIFY amount BIGINT"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name at least one ALTER TABLE"),
        (("--table", "orders", WIDEN), "--table goes with --release or --cancel"),
        (("--release",), "take --table"),
        (("--cancel", "--table", "orders", WIDEN), "no statement"),
        (("--release", "--cancel", "--table", "orders"), "exclude each other"),
        (("--password-env", "NO_SUCH", WIDEN), "there is no variable NO_SUCH"),
        (("--password-env", "A", "--defaults-file", "b", WIDEN), "exclude each other"),
        (("--max-load", "heat=3", WIDEN), "'heat=3' is not one of threads"),
        (("--replica", "http://db2/", WIDEN), "mysql:// or mariadb://"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(arguments: tuple[str, ...], said: str) -> None:
    surroundings = plain_surroundings()
    assert run(["alter", "--dsn", DSN, *arguments], surroundings) == 2
    assert said in surroundings.stderr.getvalue()  # type: ignore[attr-defined]  # a StringIO


def test_an_address_without_a_schema_is_refused() -> None:
    with pytest.raises(BadUsage, match="names no schema"):
        target_of("mysql://admin@db1/", Secrets(), environ={})


def test_the_password_comes_from_where_it_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    file.write_text("[mysql]\npassword=wrong\n[client]\nuser = x\npassword = 'pa#ss%word'\n")
    given = target_of(DSN, Secrets(variable="DB"), environ={"DB": "from-env"})
    read = target_of(DSN, Secrets(defaults_file=file), environ={})
    typed = target_of(DSN, Secrets(typed="by-hand"), environ={})
    assert [given.password, read.password, typed.password] == [
        "from-env",
        "pa#ss%word",
        "by-hand",
    ]


def test_a_defaults_file_without_a_password_is_refused(tmp_path: Path) -> None:
    (tmp_path / "my.cnf").write_text("[client]\nuser=x\n")
    with pytest.raises(BadUsage, match="has no password under"):
        target_of(DSN, Secrets(defaults_file=tmp_path / "my.cnf"), environ={})
