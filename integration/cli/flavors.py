"""Which server a test is run on ordinarily; on the other one it is run in the long form.

For tests that start processes of their own and are about those, not about the server's dialect.
"""

import pytest

from integration.servers.program import Flavor

MARIADB_FIRST = pytest.mark.parametrize(
    "server",
    [Flavor.MARIADB, pytest.param(Flavor.MYSQL, marks=pytest.mark.long)],
    ids=str,
    indirect=True,
)
MYSQL_FIRST = pytest.mark.parametrize(
    "server",
    [pytest.param(Flavor.MARIADB, marks=pytest.mark.long), Flavor.MYSQL],
    ids=str,
    indirect=True,
)
