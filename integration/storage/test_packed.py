"""Packed rows on MariaDB and MySQL."""

from tests.contracts.packed import PackedContract


class TestPacked(PackedContract):
    """On MariaDB and MySQL."""
