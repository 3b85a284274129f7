"""Server programs are found by what they say, refused with a reason, and brought where missing."""

import time
from pathlib import Path

import pytest

from integration.servers.errors import ServerNotFoundError, UnusableProgramError
from integration.servers.greeting import version_in
from integration.servers.install import install_all
from integration.servers.program import Flavor, Version, find_program, identify, parse_version
from integration.servers.sources import Source, machine_sources, parse_deb822, parse_lines
from integration.servers.throwaway import throwaway_server
from integration.servers.unpacked import unpacked_servers

MARIADB = "/usr/sbin/mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64"
MYSQL = "/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))"
PERCONA = "mysqld  Ver 8.0.36-28 for Linux on x86_64 (Percona Server (GPL), Release 28)"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (MARIADB, (Flavor.MARIADB, Version(10, 11, 19))),
        (MYSQL, (Flavor.MYSQL, Version(9, 7, 4))),
        (PERCONA, (Flavor.MYSQL, Version(8, 0, 36))),
        ("psql (PostgreSQL) 15.4", None),
        ("", None),
    ],
)
def test_version_is_read_from_the_answer(answer: str, expected: object) -> None:
    assert parse_version(answer) == expected


def test_flavor_is_what_the_program_says_not_its_name(tmp_path: Path) -> None:
    program = identify(_answering(tmp_path / "mysqld", MARIADB))
    assert (program.flavor, str(program.version)) == (Flavor.MARIADB, "10.11.19")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("Ver 5.7.44 for Linux", "mysql 5.7.44, and 8.0.0 is the oldest supported"),
        ("Ver 10.5.29-MariaDB", "mariadb 10.5.29, and 10.6.0 is the oldest supported"),
        ("hello", "answers --version with 'hello'"),
    ],
)
def test_unusable_program_is_refused_with_the_reason(tmp_path: Path, answer: str, why: str) -> None:
    with pytest.raises(UnusableProgramError, match=why):
        identify(_answering(tmp_path / "mysqld", answer))


@pytest.mark.parametrize("variable", ["SCHEMABOT_MYSQLD", "SCHEMABOT_MARIADBD"])
def test_variable_wins_over_all_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    named = _answering(tmp_path / "server", "Ver 8.4.0 for Linux")
    monkeypatch.setenv(variable, str(named))
    assert find_program().path == named
    assert find_program(Flavor.MYSQL).path == named


def test_variable_that_names_no_program_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCHEMABOT_MYSQLD", str(tmp_path / "missing"))
    with pytest.raises(UnusableProgramError, match="missing"):
        find_program()


def test_path_wins_over_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _answering(tmp_path / "mariadbd", "Ver 11.8.2-MariaDB for Linux")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find_program(Flavor.MARIADB).path == first.resolve()


def test_program_of_the_other_flavor_is_refused_when_named(tmp_path: Path) -> None:
    named = _answering(tmp_path / "mysqld", MARIADB)
    with pytest.raises(UnusableProgramError, match="mysql was asked for"):
        find_program(Flavor.MYSQL, path=named)


def test_missing_server_says_what_was_seen_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_old = _answering(tmp_path / "mysqld", "Ver 5.7.44 for Linux")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    with pytest.raises(ServerNotFoundError) as caught:
        find_program(Flavor.MYSQL)
    assert "no mysql server of version 8.0.0 or later" in str(caught.value)
    assert f"{too_old} can't be used" in str(caught.value)
    assert "make setup" in str(caught.value)
    assert "SCHEMABOT_MYSQLD" in str(caught.value)


@pytest.mark.parametrize("flavor", list(Flavor))
def test_found_program_has_the_flavor_that_was_asked_for(flavor: Flavor) -> None:
    assert find_program(flavor).flavor is flavor


def test_newest_unpacked_server_is_run_by_its_own_loader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for version in ("9.10.0-1", "9.7.4-2"):
        _unpacked(tmp_path / "schemabot/mysql" / version / "root", f"Ver {version} for Linux")
    unpacked, older = unpacked_servers()
    program = find_program(path=unpacked.program)
    assert (program.command, str(program.version)) == (unpacked.command, "9.10.0")
    assert Path(program.command[0]).name == "ld-linux-x86-64.so.2"
    assert older.program.is_relative_to(tmp_path / "schemabot/mysql/9.7.4-2")


def test_incomplete_unpacked_server_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    root = tmp_path / "schemabot/mysql/9.7.4-2/root"
    _unpacked(root, "Ver 9.7.4-2 for Linux")
    (root / "usr/lib/x86_64-linux-gnu/libc.so.6").unlink()
    assert unpacked_servers() == []


def test_program_can_be_named_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answering(tmp_path / "mysqld", MYSQL)
    monkeypatch.chdir(tmp_path)
    assert find_program(path=Path("mysqld")).path == tmp_path / "mysqld"


def test_installing_what_is_there_is_quick_and_changes_nothing() -> None:
    said: list[str] = []
    began = time.monotonic()
    install_all(said.append)
    assert time.monotonic() - began < 5
    assert [line.split()[0] for line in said] == ["mariadb", "mysql"]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_mysql_is_brought_into_an_empty_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    said: list[str] = []
    install_all(said.append)
    assert find_program(Flavor.MYSQL).path.is_relative_to(tmp_path)
    assert [path.name for path in (tmp_path / "schemabot/mysql").glob(".[!l]*")] == []
    with throwaway_server(Flavor.MYSQL, is_fast=True) as server:
        assert server.pid is not None


def test_sources_in_stanzas_are_read_with_their_keys() -> None:
    text = """\
# a comment
Types: deb deb-src
URIs: https://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
URIs: https://off.test/
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: https://sources.test/
Suites: bookworm
Components: main
"""
    (source,) = parse_deb822(text)
    assert source.serves("bookworm")
    assert source.for_suite("unstable", architecture="arm64") == (
        "Types: deb\nURIs: https://mirror.test/debian\nSuites: unstable\nComponents: main\n"
        "Architectures: arm64\n"
        "Signed-By: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"
    )


def test_sources_in_lines_are_read_with_their_options() -> None:
    text = """\
# deb https://old.test/debian stretch main
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://mirror.test/debian bookworm main x # y
deb-src https://mirror.test/debian bookworm main
deb https://third.test/repo nodistro main
"""
    ours, third = parse_lines(text)
    assert ours.serves("bookworm")
    assert not third.serves("bookworm")
    assert "Signed-By: /usr/share/keyrings/k.gpg\n" in ours.for_suite("sid", architecture="amd64")
    assert ours.uris == "https://mirror.test/debian"


@pytest.mark.parametrize("suites", ["bookworm-security", "bookworm-updates", "nodistro"])
def test_partial_archives_are_not_the_main_one(suites: str) -> None:
    assert not Source(fields={"Suites": suites, "Components": "main"}).serves("bookworm")


def test_all_source_files_of_a_machine_are_read(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb https://a.test/ trixie main\n")
    (tmp_path / "sources.list.d/b.list").write_text("deb https://b.test/ trixie main\n")
    (tmp_path / "sources.list.d/c.list.disabled").write_text("deb https://c.test/ trixie main\n")
    stanza = "Types: deb\nURIs: https://d.test/\nSuites: trixie\nComponents: main\n"
    (tmp_path / "sources.list.d/d.sources").write_text(stanza)
    uris = [source.uris for source in machine_sources(tmp_path)]
    assert uris == ["https://a.test/", "https://b.test/", "https://d.test/"]


@pytest.mark.parametrize(
    ("packet", "version"),
    [
        (b"\x4a\0\0\0\x0a9.7.4-2\0\x08\0\0\0", "9.7.4-2"),
        (b"\x17\0\0\0\xff\x10\x04Too many connections", None),
        (b"\x4a\0\0\0\x0a9.7", None),
        (b"", None),
    ],
)
def test_greeting_tells_the_version(packet: bytes, version: str | None) -> None:
    assert version_in(packet) == version


def _answering(path: Path, answer: str) -> Path:
    """A program that answers every question in the same way."""
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


def _unpacked(root: Path, answer: str) -> None:
    """A folder like an unpacked server's, whose loader answers for the server."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    (root / "usr/sbin").mkdir()
    (root / "usr/sbin/mysqld").touch()
    (libraries / "libc.so.6").touch()
    _answering(libraries / "ld-linux-x86-64.so.2", answer)
