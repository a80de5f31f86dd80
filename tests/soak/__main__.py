"""Runs a long soak and prints its figures: `python -m tests.soak --kills 500 --engine postgresql`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.doubles.postgres_server import server_url, temporary_database
from tests.soak.audit import Findings
from tests.soak.run import Plan, run


def main() -> int:
    """Runs the soak; 1 when anything was found that should not be."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="People, faults and kill -9; then an audit."
    )
    parser.add_argument("--kills", type=int, default=500, help="how many processes are killed with SIGKILL")
    parser.add_argument("--minutes", type=float, default=24 * 60, help="after so many minutes no more are killed")
    parser.add_argument("--steady", type=float, default=5, help="minutes of work at the end, to judge the memory")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same choices")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--folder", type=Path, help="where the database and the logs are kept; else a temporary one")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        plan = Plan(chosen.kills, chosen.seed, seconds=chosen.minutes * 60, steady=chosen.steady * 60)
        findings = _run(chosen.engine, plan, folder)
    for name, value in findings.figures.items():
        print(f"{value:>10,} {name}")
    for fault in findings.faults:
        print(f"FAULT {fault}")
    print(f"{len(findings.faults)} faults")
    return 1 if findings.faults else 0


def _run(engine: str, plan: Plan, folder: Path) -> Findings:
    if engine == "sqlite":
        return asyncio.run(run(plan, folder))
    with server_url() as server, temporary_database(server) as database:
        return asyncio.run(run(replace(plan, replicas=2, database=database), folder))


if __name__ == "__main__":
    sys.exit(main())
