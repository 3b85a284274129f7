import zlib

import pytest

from tern.binlog.compression import inflate, unpack_transaction


def deflated(text: bytes, *, length: int, method: int = 0) -> bytes:
    return bytes([0x82 | method << 4]) + length.to_bytes(2) + zlib.compress(text)


def test_what_mariadb_deflated_is_inflated() -> None:
    assert inflate(deflated(b"x" * 300, length=300)) == b"x" * 300


@pytest.mark.parametrize(("length", "method"), [(299, 0), (300, 1)])
def test_wrong_length_or_unknown_method_is_refused(length: int, method: int) -> None:
    with pytest.raises(ValueError, match=f"compression method {method}, 300 bytes"):
        inflate(deflated(b"x" * 300, length=length, method=method))


def test_unknown_fields_of_a_payload_are_passed_over() -> None:
    assert unpack_transaction(b"\x02\x03\xfc\xff\x00\x09\x02ab\x00events") == b"events"


def test_unknown_compression_of_a_payload_is_refused() -> None:
    with pytest.raises(ValueError, match="transaction compression 3"):
        unpack_transaction(b"\x02\x01\x03\x00events")
