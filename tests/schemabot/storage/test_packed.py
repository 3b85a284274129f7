"""Packed rows on SQLite."""

from tests.contracts.packed import PackedContract


class TestPacked(PackedContract):
    """On a file."""
