"""What to install on this system when a server program is missing."""

import platform
import shutil

PACKAGES = {
    "apt-get": {
        "mysql": "apt-get install mysql-server",
        "mariadb": "apt-get install mariadb-server",
    },
    "dnf": {"mysql": "dnf install mysql-server", "mariadb": "dnf install mariadb-server"},
    "apk": {"mysql": "", "mariadb": "apk add mariadb"},
    "pacman": {"mysql": "", "mariadb": "pacman -S mariadb"},
    "brew": {"mysql": "brew install mysql", "mariadb": "brew install mariadb"},
}
"""Package tool -> flavor -> its command; empty where the distribution has no such package."""


def how_to_get(flavor: str | None) -> str:
    """The install command of this system, and how to name a program that is elsewhere."""
    tool = next((tool for tool in PACKAGES if shutil.which(tool)), None)
    named = f"name a server program in SCHEMABOT_{'MARIADBD' if flavor == 'mariadb' else 'MYSQLD'}"
    if tool is None:
        return f"Install one by the tools of this system ({platform.system()}), or {named}."
    commands = [
        f"`{command}`"
        for name, command in PACKAGES[tool].items()
        if command and flavor in {None, name}
    ]
    if not commands:
        return f"The packages of this system ({tool}) have no {flavor}: {named}."
    return f"Install it with {' or '.join(commands)} (or `make setup`, in a checkout), or {named}."
