"""What a process and its storage's server show: memory, threads, connections, work."""

import re
from dataclasses import dataclass
from pathlib import Path

from bench.dispatching.served import Served
from integration.databases import query
from integration.servers.throwaway import Server

_METRIC = re.compile(r"^(\w+)(\{[^}]*\})? ([0-9.e+]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """At one moment."""

    memory_kb: int
    threads: int
    connections: int
    busy_slots: int
    lost_leases: int


def vitals(served: Served, server: Server) -> Vitals:
    """Of this process now; `connections` are all that its server has, but for the asking one."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    counted = query(server, "SELECT COUNT(*) FROM information_schema.processlist WHERE user='root'")
    return Vitals(
        memory_kb=_line_of(status, "VmRSS"),
        threads=_line_of(status, "Threads"),
        connections=int(counted[0][0]) - 1,
        busy_slots=metric(served, 'schemabot_worker_slots{state="busy"}'),
        lost_leases=metric(served, "schemabot_lease_losses_total"),
    )


def metric(served: Served, name: str) -> int:
    """The sum of all series whose line begins so."""
    client = served.connect()
    text = client.get("/metrics")
    client.close()
    found = (f"{m[1]}{m[2] or ''}\n{m[3]}" for m in _METRIC.finditer(text))
    return int(sum(float(line.split("\n")[1]) for line in found if line.startswith(name)))


def questions(server: Server) -> int:
    """Statements that clients have sent so far, by the server's own count."""
    ((_, count),) = query(server, "SHOW GLOBAL STATUS LIKE 'Questions'")
    return int(count)


def _line_of(status: str, name: str) -> int:
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
