from pathlib import Path

import pytest

from schemabot.config.secrets import read_secret


def test_a_secret_comes_from_the_environment() -> None:
    secret = read_secret("env:DSN", environ={"DSN": "mysql://u:p@h/"})
    assert secret.reveal() == "mysql://u:p@h/"
    assert secret.reference == "env:DSN"


def test_a_secret_comes_from_a_file_without_its_last_newline(tmp_path: Path) -> None:
    (tmp_path / "dsn").write_text("a\nb\n\n")
    assert read_secret(f"file:{tmp_path}/dsn", environ={}).reveal() == "a\nb\n"


def test_anything_else_is_the_secret_itself() -> None:
    secret = read_secret("mysql://u:p@h/", environ={})
    assert secret.reveal() == "mysql://u:p@h/"
    assert secret.reference is None


def test_no_print_shows_a_secret() -> None:
    secret = read_secret("hunter2-hunter2", environ={})
    assert "hunter2" not in f"{secret} {secret!r} {[secret]}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        ("env:ABSENT", "not set"),
        ("env:EMPTY", "is empty"),
        ("env:not a name", "no name"),
        ("file:relative", "absolute"),
        ("file:/does/not/exist", "can't be read"),
        ("secretsmanager:prod/dsn", "not supported"),
    ],
)
def test_a_bad_reference_says_what_is_missing(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        read_secret(text, environ={"EMPTY": ""})


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"\n", "empty"), (b"\xff", "UTF-8"), (b"x" * 70_000, "larger")],
)
def test_a_useless_file_is_told(tmp_path: Path, content: bytes, word: str) -> None:
    (tmp_path / "dsn").write_bytes(content)
    with pytest.raises(ValueError, match=word):
        read_secret(f"file:{tmp_path}/dsn", environ={})
