"""Servers unpacked from packages into a folder of their own: where they are, how they are run.

    <cache>/schemabot/mysql/<version>/root/usr/sbin/mysqld

Nothing of the machine's own libraries is used: the folder's dynamic loader runs the program, told
where the folder's libraries are, so packages of a newer distribution run on an older one.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedServer:
    """A MySQL server in a folder of its own."""

    program: Path
    command: tuple[str, ...]
    options: tuple[str, ...]


def cache_folder() -> Path:
    """Where servers are unpacked: outside any checkout, by the XDG rules."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "schemabot" / "mysql"


def unpacked_servers() -> list[UnpackedServer]:
    """All servers in the cache folder, newest version first."""
    versions = cache_folder().glob("[0-9]*/root")
    newest_first = sorted(versions, key=lambda root: _as_numbers(root.parent.name), reverse=True)
    return [server for root in newest_first if (server := unpacked_server(root))]


def unpacked_server(root: Path) -> UnpackedServer | None:
    """How to run what was unpacked at `root`; None without program, loader or libraries."""
    program = root / "usr/sbin/mysqld"
    libraries = next(root.glob("usr/lib/*-linux-*/libc.so.6"), None)
    loader = next(
        (
            path
            for place in ("lib/*-linux-*", "lib64", "lib")
            for path in root.glob(f"usr/{place}/ld-linux*.so.*")
        ),
        None,
    )
    if not program.exists() or libraries is None or loader is None:
        return None
    search = f"{libraries.parent}:{root}/usr/lib/mysql/private"
    return UnpackedServer(
        program=program,
        command=(str(loader), "--library-path", search, str(program)),
        options=(
            f"--basedir={root}/usr",
            f"--lc-messages-dir={root}/usr/share/mysql",
            f"--plugin-dir={root}/usr/lib/mysql/plugin",
        ),
    )


def _as_numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
