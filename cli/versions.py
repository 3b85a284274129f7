"""This program's own version."""

from functools import cache
from importlib.metadata import version


@cache
def product_version() -> str:
    """As installed; read from disk once, so the first call doesn't belong on an event loop."""
    return version("schemabot")
