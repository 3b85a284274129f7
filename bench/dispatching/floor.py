"""The floor of a dispatch on this server, now: one INSERT, one datagram, one claim elsewhere.

As a process: `python -m bench.dispatching.floor STORAGE`; it says its port, then for each datagram
the nanosecond at which it had claimed a row.
"""

import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from bench.dispatching.claims import connect_raw

_ROOT = Path(__file__).parents[2]


def latencies_ms(storage: str, *, count: int, per_second: float) -> list[float]:
    """Milliseconds from before an INSERT to after its claim was committed in another process."""
    command = [sys.executable, "-m", __name__, storage]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, cwd=_ROOT, stdout=pipe, text=True) as claimer,  # noqa: S603
        closing(connect_raw(storage)) as connection,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
    ):
        assert claimer.stdout is not None
        port, found = int(claimer.stdout.readline()), []
        for _ in range(count):
            threading.Event().wait(1 / per_second)
            begun = time.monotonic_ns()
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO raw_queue (state, claimable_at) VALUES (0, UTC_TIMESTAMP(6))"
                )
            connection.commit()
            udp.sendto(b"wake", ("127.0.0.1", port))
            found.append((int(claimer.stdout.readline()) - begun) / 1e6)
        claimer.kill()
        return found


def main(storage: str) -> None:
    with closing(connect_raw(storage)) as connection, socket.socket(type=socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        sys.stdout.write(f"{udp.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            udp.recv(16)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM raw_queue WHERE state = 0 AND claimable_at <= "
                    "UTC_TIMESTAMP(6) ORDER BY claimable_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"
                )
                cursor.execute("UPDATE raw_queue SET state = 1 WHERE id = %s", cursor.fetchone())
            connection.commit()
            sys.stdout.write(f"{time.monotonic_ns()}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
