"""Which options a server of ours is made and started with; pure."""

from dataclasses import dataclass
from pathlib import Path

from integration.servers.program import Flavor, Program

DURABLE = ("--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1")
"""What a server has acknowledged, it still has after the machine lost power."""

FAST = (
    "--innodb-flush-log-at-trx-commit=2",
    "--sync-binlog=0",
    "--innodb-flush-method=nosync",
    "--innodb-use-native-aio=OFF",  # many servers at once use up the kernel's requests
)
"""A killed server loses nothing by these, a machine without power does."""

OF_FLAVOR = {
    Flavor.MYSQL: (
        "--gtid-mode=ON",
        "--enforce-gtid-consistency=ON",
        "--mysqlx=OFF",  # it would listen on all addresses
        "--secure-file-priv=",  # the default folder may be missing
    ),
    Flavor.MARIADB: (
        "--binlog-format=ROW",
        "--character-set-server=utf8mb4",
        "--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of one server are in its directory."""

    directory: Path

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.directory / "data"

    @property
    def temporary(self) -> Path:
        """The server's own folder for temporary files."""
        return self.directory / "tmp"

    @property
    def socket(self) -> Path:
        """The Unix socket; its path is short enough to be one."""
        return self.directory / "sock"

    @property
    def error_log(self) -> Path:
        """What the server logs."""
        return self.directory / "error.log"

    @property
    def output(self) -> Path:
        """What programs print before they have a log."""
        return self.directory / "output.log"


def initialising(program: Program, layout: Layout, *, is_root: bool) -> tuple[str, ...]:
    """The command that makes the data directory, with a root account that needs no password."""
    shared = (
        "--no-defaults",
        *program.options,
        f"--datadir={layout.data}",
        *FAST,
        *_user(is_root=is_root),
    )
    if program.flavor is Flavor.MYSQL:
        log = f"--log-error={layout.error_log}"
        return (*program.command, *shared, "--initialize-insecure", log)
    return (
        str(installer_of(program)),
        *shared,
        f"--basedir={program.path.parents[1]}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve",
    )


def installer_of(program: Program) -> Path:
    """MariaDB's script that makes a data directory: beside the server, or as tarballs have it."""
    above = program.path.parents[1]
    places = (above / "bin", above / "scripts", program.path.parent)
    scripts = [place / "mariadb-install-db" for place in places]
    return next((script for script in scripts if script.exists()), scripts[0])


def serving(program: Program, layout: Layout, *, port: int, is_root: bool) -> tuple[str, ...]:
    """The command that serves on a loopback port and on the socket."""
    return (
        *program.command,
        "--no-defaults",
        *program.options,
        *_user(is_root=is_root),
        f"--datadir={layout.data}",
        f"--tmpdir={layout.temporary}",
        f"--socket={layout.socket}",
        f"--pid-file={layout.directory / 'pid'}",
        f"--log-error={layout.error_log}",
        f"--log-bin={layout.data / 'binlog'}",
        "--server-id=1",
        "--bind-address=127.0.0.1",
        f"--port={port}",
        "--innodb-buffer-pool-size=128M",
        "--performance-schema=ON",
        *DURABLE,
        *OF_FLAVOR[program.flavor],
    )


def _user(*, is_root: bool) -> tuple[str, ...]:
    """The directory is root's alone, so root's server runs as root; it is asked for or refused."""
    return ("--user=root",) if is_root else ()
