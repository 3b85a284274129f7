"""Faults by the hundred: is anything doubled, lost or stuck? The target's own rows decide.

    python -m bench.faults [--quick] [--faults N] [--applies N] [--together N] [--seed N]
                           [--flavor NAME] [--disk FOLDER] [--seconds N] [--term N]

Workers are killed, frozen past their leases and ended, their clocks jump by two hours; their
storage is killed and gets full, its connections are cut, stalled, slowed and refused, answers to
commits lost (`integration/queue/faults.py`). `--disk` names a small file system (600 MB) to be
filled up. The last line is one JSON object; the same seed brings the same faults in the same order.
"""

# The folder of a script comes first on the path, and there is a `copy` in the standard library.
import sys

sys.path.insert(0, sys.path.pop(0).removesuffix("/bench"))

import argparse
import json
import math
import os
import tempfile
import time
from functools import partial
from pathlib import Path

import anyio

from integration.databases import fresh_database
from integration.queue.judge import Verdict
from integration.queue.trial import Plan, Trial, drawn_faults
from integration.queue.worker_process import Orders
from integration.servers.program import Flavor
from integration.servers.throwaway import throwaway_server

QUICK = (11, 40)


def main() -> int:
    arguments = _arguments()
    faults, applies = QUICK if arguments.quick else (arguments.faults, arguments.applies)
    plan = Plan(
        seed=arguments.seed,
        applies=applies,
        faults=drawn_faults(arguments.seed, faults),
        together=arguments.together,
        workers=arguments.together + 2,
        clock_jumps=True,
        settle_seconds=60,
        within_seconds=arguments.seconds,
        disk=arguments.disk,
        orders=Orders(
            storage="",
            term=arguments.term,
            heartbeat=arguments.term / 4,
            margin=arguments.term / 4,
        ),
    )
    begun = time.monotonic()
    verdict = _tried(plan, Flavor(arguments.flavor))
    sys.stdout.write(json.dumps(_figures(plan, verdict, seconds=time.monotonic() - begun)) + "\n")
    return 0 if verdict.is_clean else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every kind of fault once")
    parser.add_argument("--faults", type=int, default=1100)
    parser.add_argument("--applies", type=int, default=5500)
    parser.add_argument("--together", type=int, default=2, help="faults at once")
    parser.add_argument("--seconds", type=float, default=math.inf, help="no fault begins later")
    parser.add_argument("--term", type=float, default=2.0, help="seconds of a lease")
    parser.add_argument("--disk", type=Path, help="a small file system for the storage's data")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--flavor", choices=list(Flavor), default=Flavor.MARIADB)
    return parser.parse_args()


def _tried(plan: Plan, flavor: Flavor) -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    with (
        throwaway_server(flavor, place=plan.disk) as server,
        throwaway_server(Flavor.MARIADB, is_fast=True) as other,
        fresh_database(other) as target,
    ):
        trial = Trial(plan, server=server, target=target, folder=folder)
        verdict = anyio.run(partial(trial.run))
    if not verdict.is_clean:
        sys.stderr.write(f"{plan.described}: {verdict}; logs of the workers: {folder}\n")
    return verdict


def _figures(plan: Plan, verdict: Verdict, *, seconds: float) -> dict[str, float]:
    return {
        "faults": verdict.faults,
        "applies": verdict.applies,
        "doubled": len(verdict.doubled),
        "lost": len(verdict.lost),
        "stuck": len(verdict.stuck),
        "overlapping": len(verdict.overlapping),
        "attempts_spent": len(verdict.spent),
        "cut_off": verdict.cut_off,
        "kinds": len(set(plan.faults[: verdict.faults])),
        "load": round(os.getloadavg()[0], 1),
        "seed": plan.seed,
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
