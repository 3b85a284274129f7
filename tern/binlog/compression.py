"""What servers compress inside the log: MariaDB single events, MySQL whole transactions.

*Source*: `binlog_buf_compress` in MariaDB's `log_event.cc`; `Transaction_payload_event` in MySQL's
binlog library.
"""

import importlib
import zlib

from tern.binlog.cursor import Cursor

_ZSTD = 0
_UNCOMPRESSED = 255
_PAYLOAD_FIELDS_END = 0
_COMPRESSION_FIELD = 2
_SIZE_FIELD = 3


class ZstandardMissing(Exception):
    """The transaction is compressed with zstd and no library here undoes that."""


def inflate(body: bytes) -> bytes:
    """Return what MariaDB compressed: one byte of method and width, the length, a zlib stream.

    Raises:
        ValueError: the method is unknown, or the length is not what was promised.
        zlib.error: the stream is damaged.
    """
    method, width = body[0] & 0x70, body[0] & 0x07
    whole = zlib.decompress(body[1 + width :])
    if method or len(whole) != int.from_bytes(body[1 : 1 + width]):
        message = f"compression method {method >> 4}, {len(whole)} bytes inflated"
        raise ValueError(message)
    return whole


def unpack_transaction(body: bytes) -> bytes:
    """Return the events inside a TRANSACTION_PAYLOAD's body, one after the other, no checksums.

    Raises:
        ZstandardMissing: the library `zstandard` is not installed.
        ValueError: the compression is unknown.
    """
    cursor = Cursor(body)
    fields = {}
    while (kind := cursor.packed()) != _PAYLOAD_FIELDS_END:
        fields[kind] = Cursor(cursor.take(cursor.packed())).packed()
    method = fields.get(_COMPRESSION_FIELD, _UNCOMPRESSED)
    if method == _UNCOMPRESSED:
        return cursor.rest()
    if method == _ZSTD:
        return _decompress(cursor.rest(), fields[_SIZE_FIELD])
    message = f"transaction compression {method}"
    raise ValueError(message)


def _decompress(packed: bytes, size: int) -> bytes:
    try:
        zstandard = importlib.import_module("zstandard")
    except ModuleNotFoundError as error:
        raise ZstandardMissing from error
    whole: bytes = zstandard.ZstdDecompressor().decompress(packed, max_output_size=size)
    return whole
