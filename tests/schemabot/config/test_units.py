from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemabot.config.units import (
    is_loopback_host,
    parse_duration,
    parse_listen,
    parse_name,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30s", timedelta(seconds=30)),
        ("10m", timedelta(minutes=10)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("500ms", timedelta(seconds=0.5)),
    ],
)
def test_durations_have_one_number_and_one_unit(text: str, value: timedelta) -> None:
    assert parse_duration(text) == value


@pytest.mark.parametrize("text", ["30", 30, "1h30m", "-1s", "1.5s", "", None, "999999999d", True])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"duration|longer"):
        parse_duration(text)


def test_sizes_are_in_bytes() -> None:
    assert parse_size("32MiB") == 32 * 1024 * 1024
    assert parse_size("512B") == 512


@pytest.mark.parametrize("text", ["32MB", "32", 32, "1.5GiB", None])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


@pytest.mark.parametrize("text", ["", "-a", "$a", "a b", "a" * 65, "a/b", "ä"])
def test_names_that_do_not_fit_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="name"):
        parse_name(text)


@given(st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_$-]{0,63}", fullmatch=True))
def test_names_that_fit_are_kept(text: str) -> None:
    assert parse_name(text) == text


@pytest.mark.parametrize("text", ["127.0.0.1:13370", "[::1]:0", "localhost:1", "0.0.0.0:65535"])
def test_addresses_are_written_as_they_were_read(text: str) -> None:
    assert str(parse_listen(text)) == text


@pytest.mark.parametrize("text", ["127.0.0.1", ":80", "::1:80", "a:65536", "a:b", 80, None])
def test_what_is_no_address_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="host:port"):
        parse_listen(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LocalHost", True),
     ("192.0.2.1", False), ("::", False), ("10.0.0.1", False), ("localhost.example", False)],
)  # fmt: skip
def test_only_this_machine_is_loopback(host: str, *, loopback: bool) -> None:
    assert is_loopback_host(host) is loopback
