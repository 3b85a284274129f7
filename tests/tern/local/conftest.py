"""Assertions of the contracts explain themselves."""

import pytest

pytest.register_assert_rewrite("tests.contracts.tern")
