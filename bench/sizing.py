"""Disk space per ticket and per backup, for docs/sizing.md: `python -m bench.sizing`.

One incident is escalated to Retarus in the local Slack; its records, with everything that was sent, are saved again
under other ids, with words of the labelled incidents.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from app import STORAGE
from bench.cases import cases
from bot.adapters.store import open_store
from bot.config.environment import Environment
from bot.core.clock import now
from bot.model.notice import Letter
from bot.model.ticket import Event, Ticket
from bot.ports import Store
from bot.tickets.ports import Batch
from runtime import backup
from tests.handlers.world import world

TICKETS = 2_000
_INDEXED = 500


async def measure(folder: Path, tickets: int = TICKETS) -> dict[str, float]:
    """Kilobytes per ticket in the database, with the outbox and without, and in a backup; megabytes of this process."""
    async with world(folder) as w:
        await w.escalated()
    url, file = f"sqlite:///{folder / 'desk.sqlite3'}", folder / "desk.sqlite3"
    store = await open_store(url)
    ticket = await store.numbered(1001)
    assert ticket
    history, letters = await store.history(ticket.id), await store.letters(ticket_id=ticket.id, limit=100)
    await _saved_again(store, tickets, ticket, history, letters)
    await store.close()
    full = _size(file)
    await backup.back_up(
        Environment(database_url=url, desk_config=folder / "none"), folder / "b.tar.gz", 1, STORAGE, now()
    )
    archive = (folder / "b.tar.gz").stat().st_size
    await _pruned(url)
    return {
        "database, KB per ticket, with two weeks of deliveries": full / tickets / 1000,
        "database, KB per ticket, once its deliveries are pruned": _size(file) / tickets / 1000,
        "backup, KB per ticket": archive / tickets / 1000,
        "changes per ticket": float(len(history)),
        "messages per ticket": float(len(letters)),
        "memory of this process, local Slack included, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


async def _saved_again(
    store: Store, tickets: int, ticket: Ticket, history: Sequence[Event], letters: Sequence[Letter]
) -> None:
    texts = [each.happens for each in cases().documents]
    for number in range(tickets):
        known = f"s{number}"
        words = {"description": random.choice(texts), "customer": f"Kunde {number % 500}"}
        batch = Batch(
            tickets=[
                ticket.model_copy(
                    update={"id": known, "version": 1, "number": 0, "answers": {**ticket.answers, **words}}
                )
            ],
            events=[each.model_copy(update={"ticket_id": known}) for each in history],
            notices=[
                each.notice.model_copy(
                    update={
                        "ticket_id": known,
                        "key": f"{known}:{each.notice.key}",
                        "lane": f"{known}:{each.notice.key}",
                    }
                )
                for each in letters
            ],
        )
        await store.apply(batch)
    while await store.index_new(_INDEXED):
        pass


def _size(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        db.execute("VACUUM")
        pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


async def _pruned(url: str) -> None:
    """Work of the desk two weeks later."""
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as db:
        db.execute("UPDATE notices SET state = 'sent', head = 0")
        db.commit()
    store = await open_store(url)
    while await store.prune(now() + timedelta(days=30)):
        pass
    await store.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, value in asyncio.run(measure(Path(folder))).items():
            print(f"{value:8.1f}  {name}")


if __name__ == "__main__":
    main()
