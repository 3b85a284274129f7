"""The process that forks workers: `python -m integration.queue.forking SOCKET`.

Each packet on the socket has a worker's orders, and the handles of its output and its log; the
answer is the worker's number. Workers die with this process, and it ends with the socket.
"""

import ctypes
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from integration.queue.worker_process import Orders, lay_wrong_clock

_PACKET_BYTES = 65_536
Work = Callable[[Orders], None]
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def main() -> None:
    break_clock = lay_wrong_clock()
    from integration.queue.workplace import work  # noqa: PLC0415 (with the clock that can break)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # dead workers need no burial
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while (packet := socket.recv_fds(asked, _PACKET_BYTES, 2))[0]:
            text, (says, errors), _, _ = packet
            orders = Orders(**json.loads(text))
            pid = os.fork()
            if pid == 0:
                os.dup2(says, 1)
                os.dup2(errors, 2)
                asked.close()
                _live(orders, break_clock=break_clock, work=work)
            os.close(says)
            os.close(errors)
            asked.send(str(pid).encode())


def _live(orders: Orders, *, break_clock: Callable[[], None], work: Work) -> NoReturn:
    """Be the worker; what is above this on the stack is the nursery's."""
    status = 1
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if orders.clock_jumps:
        break_clock()
    try:
        work(orders)
        status = 0
    except BaseException:  # noqa: BLE001 (the process ends here)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
