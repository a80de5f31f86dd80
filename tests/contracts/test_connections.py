"""Store and drafts of a process share a small pool of connections to the database server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psycopg

from bot.adapters.store import opened
from bot.adapters.store.postgres import CONNECTIONS
from bot.core.clock import now
from bot.tickets.ports import Batch, Query
from tests.doubles.records import a_ticket

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


async def test_process_takes_no_more_connections_than_documented(postgres_url: str) -> None:
    maximum = 0
    async with opened(postgres_url) as (store, drafts):

        async def work(number: int) -> None:
            nonlocal maximum
            await store.apply(Batch(tickets=[a_ticket(f"t{number}")]))
            await drafts.put(f"d{number}", {"happens": "Timeout"})
            await asyncio.gather(store.find(Query()), drafts.get(f"d{number}"), store.next_due(now()))
            maximum = max(maximum, await asyncio.to_thread(_connections, postgres_url))

        await asyncio.gather(*(work(number) for number in range(60)))
    assert 1 < maximum <= CONNECTIONS
    assert f"takes up to {CONNECTIONS} connections" in OPERATIONS.read_text("utf-8")


def _connections(url: str) -> int:
    with psycopg.connect(url) as db:
        row = db.execute("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'partner-desk'").fetchone()
    assert row
    return int(row[0])
