"""`python -m integration.servers install`: the servers that tests and the demo run on."""

import argparse
import sys

from integration.servers.errors import ServersError
from integration.servers.install import install_all


def main() -> int:
    """0 when both servers are usable; 1 with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m integration.servers", description=__doc__)
    parser.add_argument("command", choices=["install"])
    parser.parse_args()
    try:
        install_all(lambda line: print(line, flush=True))  # noqa: T201 - a command's output
    except ServersError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
