"""A short soak on each engine: what was acknowledged is there after `kill -9`, once, and nobody else heard of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doubles.postgres_server import server_url, temporary_database
from tests.soak.run import Plan, run

pytestmark = pytest.mark.timeout(300)

SHORT = {"kills": 3, "life": (1.0, 2.0), "pause": 4.0, "drain": 90.0}


async def test_short_soak_on_sqlite_finds_no_fault(tmp_path: Path) -> None:
    findings = await run(Plan(seed=3, **SHORT), tmp_path)  # type: ignore[arg-type]
    assert findings.faults == []
    assert findings.figures["kills"] >= SHORT["kills"]  # type: ignore[operator]
    assert findings.figures["acknowledged steps"] > 0


async def test_short_soak_on_two_replicas_with_postgresql_finds_no_fault(tmp_path: Path) -> None:
    with server_url() as server, temporary_database(server) as database:
        findings = await run(Plan(seed=4, replicas=2, database=database, **SHORT), tmp_path)  # type: ignore[arg-type]
    assert findings.faults == []
    assert findings.figures["acknowledged steps"] > 0
