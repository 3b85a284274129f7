import pytest
from hypothesis import given
from hypothesis import strategies as st

from tern.binlog.cursor import Cursor


@pytest.mark.parametrize(
    ("encoded", "number"),
    [
        ("00", 0),
        ("fa", 250),
        ("fcfb00", 251),
        ("fcffff", 65535),
        ("fd000001", 65536),
        ("fe0000000001000000", 1 << 32),
    ],
)
def test_length_encoded_integers_are_read(encoded: str, number: int) -> None:
    assert Cursor(bytes.fromhex(encoded)).packed() == number


@pytest.mark.parametrize(
    ("encoded", "number"),
    [
        ("00", 0),
        ("02", 1),
        ("fe", 127),
        ("0102", 128),
        ("fdff", 16383),
        ("ff" + "ff" * 8, 2**64 - 1),
    ],
)
def test_variable_length_integers_of_mysql_are_read(encoded: str, number: int) -> None:
    assert Cursor(bytes.fromhex(encoded)).varlen() == number


@given(number=st.integers(0, 2**64 - 1))
def test_variable_length_integer_is_what_was_written(number: int) -> None:
    following = next((n for n in range(8) if number < 1 << 7 * (n + 1)), 8)
    if following == 8:
        encoded = b"\xff" + number.to_bytes(8, "little")
    else:
        ones = (1 << following) - 1
        encoded = (number << following + 1 | ones).to_bytes(following + 1, "little")
    cursor = Cursor(encoded)
    assert cursor.varlen() == number
    assert cursor.remaining == 0


def test_bytes_that_end_too_early_are_an_error() -> None:
    with pytest.raises(IndexError, match="4 bytes wanted, 3 left"):
        Cursor(b"abc").take(4)
