"""A short soak on each engine: steps survive `kill -9`, messages are posted once, and logs hold no typed text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.doubles.postgres_server import server_url, temporary_database
from tests.soak.audit import Findings
from tests.soak.run import Plan, run

pytestmark = [pytest.mark.timeout(300), pytest.mark.long]

KILLS, ANSWERS = 2, 1


def _short(seed: int, **more: Any) -> Plan:
    quick: dict[str, Any] = {"life": (1.0, 2.0), "pause": 4.0, "drain": 150.0, "seconds": 120.0}
    return Plan(KILLS, seed, open_tickets=4, answering=(0.2, 1.0), answers=ANSWERS, **quick, **more)


def _assert_work(findings: Findings) -> None:
    """Letters left, and answers came by both ways: an audit of nothing finds nothing."""
    figures = findings.figures
    assert figures["kills"] >= KILLS
    assert figures["acknowledged steps"] > 0
    assert figures["letters to Retarus"] > 0
    assert figures["answers of Retarus by mail"] >= ANSWERS
    assert figures["answers of Retarus by channel"] >= ANSWERS
    assert figures["answers of Retarus in their threads"] > 0
    visible = ("answers of Retarus in their threads", "answers of Retarus unassigned or dismissed")
    assert sum(figures[each] for each in visible) >= 2 * ANSWERS


async def test_short_soak_on_sqlite_finds_no_fault(tmp_path: Path) -> None:
    findings = await run(_short(3), tmp_path)
    assert findings.faults == []
    _assert_work(findings)


async def test_short_soak_on_two_replicas_with_postgresql_finds_no_fault(tmp_path: Path) -> None:
    with server_url() as server, temporary_database(server) as database:
        findings = await run(_short(4, replicas=2, database=database), tmp_path)
    assert findings.faults == []
    _assert_work(findings)
