"""Server errors become leaves of one tree, each with its facts."""

from datetime import timedelta

import pymysql.err
import pytest

from tern.errors import (
    AccessDenied,
    Deadlock,
    DiskFull,
    DuplicateKey,
    LockWaitTimeout,
    MissingPrivilege,
    SchemaBotError,
    SchemaMissing,
    ServerUnavailable,
    StatementRejected,
    TableMissing,
    TargetReadOnly,
)
from tern.mysql import error_codes
from tern.mysql.error_codes import Circumstances, translate, translate_connecting

AT = Circumstances(place="db:3306", account="app", table="shop.users", waited=timedelta(seconds=5))


def server_error(number: int, text: str = "text") -> pymysql.err.OperationalError:
    return pymysql.err.OperationalError(number, text)


@pytest.mark.parametrize(
    ("number", "text", "leaf"),
    [
        (1213, "Deadlock found", Deadlock),
        (1205, "Lock wait timeout exceeded", LockWaitTimeout),
        (3572, "lock(s) could not be acquired immediately", LockWaitTimeout),
        (2013, "Lost connection", ServerUnavailable),
        (2006, "gone away", ServerUnavailable),
        (1927, "Connection was killed", ServerUnavailable),
        (4031, "inactivity", ServerUnavailable),
        (0, "", ServerUnavailable),
        (1040, "Too many connections", ServerUnavailable),
        (1114, "The table 'users' is full", DiskFull),
        (1021, "Disk full (/tmp/x); waiting for someone to free some space", DiskFull),
        (1030, "Got error 28 - 'No space left on device' from storage engine", DiskFull),
        (1026, "Error writing file 'x' (OS errno 28 - No space left on device)", DiskFull),
        (1026, "Error writing file 'x' (Errcode: 28)", DiskFull),
        (1030, "Got error 128 from storage engine", StatementRejected),
        (1062, "Duplicate entry 'No space left' for key 'users.name'", DuplicateKey),
        (1317, "interrupted", ServerUnavailable),
        (1290, "running with the --read-only option", TargetReadOnly),
        (1290, "running with the --skip-grant-tables option", StatementRejected),
        (1836, "Running in read-only mode", TargetReadOnly),
        (1146, "Table 'shop.users' doesn't exist", TableMissing),
        (1049, "Unknown database 'shop'", SchemaMissing),
        (1064, "syntax", StatementRejected),
        (1118, "Row size too large", StatementRejected),
        (65535, "a number of tomorrow", StatementRejected),
    ],
)
def test_each_number_has_its_leaf(number: int, text: str, leaf: type[SchemaBotError]) -> None:
    assert type(translate(server_error(number, text), AT)) is leaf


def test_a_lock_wait_tells_table_and_time() -> None:
    assert translate(server_error(1205), AT).message == "shop.users stayed locked for 5 s"


def test_a_duplicate_names_index_and_value() -> None:
    error = translate(server_error(1062, "Duplicate entry 'a'b' for key 'users.email'"), AT)
    assert isinstance(error, DuplicateKey)
    assert "unique index email" in error.message
    assert "a'b" in error.message


@pytest.mark.parametrize(
    ("number", "text", "grant"),
    [
        (
            1142,
            "ALTER command denied to user 'app'@'h' for table `shop`.`users`",
            "GRANT ALTER ON `shop`.`users` TO 'app'@'h'",
        ),
        (
            1142,
            "ALTER, DROP command denied to user 'app'@'h' for table 'users'",
            "GRANT ALTER, DROP ON shop.users TO 'app'@'h'",
        ),
        (
            1227,
            "Access denied; you need (at least one of) the PROCESS privilege(s) for this operation",
            "GRANT PROCESS ON *.* TO 'app'",
        ),
        (
            1044,
            "Access denied for user 'app'@'h' to database 'shop'",
            "GRANT ALL PRIVILEGES ON `shop`.* TO 'app'@'h'",
        ),
    ],
)
def test_a_missing_privilege_comes_with_its_grant(number: int, text: str, grant: str) -> None:
    error = translate(server_error(number, text), AT)
    assert isinstance(error, MissingPrivilege)
    assert error.details == {"grants": [grant]}


@pytest.mark.parametrize("number", [1044, 1045, 1130, 1698, 4151])
def test_a_refused_account_is_access_denied_while_connecting(number: int) -> None:
    assert isinstance(translate_connecting(server_error(number), AT), AccessDenied)


def test_questions_look_behind_our_own_errors() -> None:
    error = translate(server_error(3572), AT)
    error.__cause__ = server_error(3572)
    assert error_codes.number_of(error) == 3572
    assert error_codes.is_lock_refused(error)
    assert not error_codes.is_connection_lost(error)
    assert error_codes.text_of(error) == "text"


def test_an_error_without_a_server_has_no_number() -> None:
    assert error_codes.number_of(ValueError("x")) is None
    assert not error_codes.is_connection_lost(ValueError("x"))
    assert error_codes.text_of(ValueError("x")) == "x"
