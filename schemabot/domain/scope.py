"""Which targets a worker may be given: pairs of environment and database (W-7)."""

from dataclasses import dataclass

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One pair; either half may be `*`."""

    environment: str = ANY
    database: str = ANY


EVERYTHING = (Scope(),)
