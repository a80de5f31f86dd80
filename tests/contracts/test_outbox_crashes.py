"""The outbox delivers exactly once although the recipient is unreliable and its worker is killed repeatedly."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bot.adapters.store import open_engine
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.engine_protocol import Engine
from bot.core.clock import Clock
from bot.model.notice import Claim, Notice, Outcome
from bot.tickets.ports import Batch
from tests.contracts.outbox_worker import fast_clock, outbox
from tests.doubles.forked_process import forked
from tests.doubles.records import a_notice
from tests.timeouts import TIMEOUT

MESSAGES, LANES, KILLS, FAULT_RATE = 400, 50, 8, 0.25
FAULTS = ["kept, then silence", "kept, then reset", "kept, then 500", "reset", "500", "silence"]


class UnreliableRecipient:
    """A server that fails a quarter of all requests, sometimes after it has kept the message."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.posts = self.faults = 0
        self._chance = random.Random(4)
        self._more = asyncio.Condition()

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(TIMEOUT), self._more:
            await self._more.wait_for(lambda: len(self.stored) >= count)

    async def handle_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request, key = json.loads(await reader.readline())
            answer = {"known": key in self.stored} if request == "probe" else await self._post(key)
            if answer == "silence":
                await reader.read()
            elif answer != "reset":
                writer.write(f"{json.dumps(answer)}\n".encode())
        except (ConnectionError, ValueError):
            pass  # the worker was killed in the middle of a request
        finally:
            writer.close()

    async def _post(self, key: str) -> object:
        self.posts += 1
        fault = self._chance.choice(FAULTS) if self._chance.random() < FAULT_RATE else ""
        self.faults += bool(fault)
        if not fault or fault.startswith("kept"):
            async with self._more:
                self.stored.append(key)
                self._more.notify_all()
        if not fault:
            return {"status": "ok"}
        return {"status": "500"} if fault.endswith("500") else fault.split()[-1]


class FinishSignallingStore(DatabaseStore):
    """A store with an event that is set when no notice is waiting any more."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        super().__init__(engine, clock)
        self.finished = asyncio.Event()

    async def settle(self, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice] = ()) -> bool:
        settled = await super().settle(claim, outcome, at, then)
        if not await self.letters(state="waiting", limit=1):
            self.finished.set()
        return settled


async def test_messages_are_delivered_exactly_once_despite_kills(database_url: str) -> None:
    store = FinishSignallingStore(await open_engine(database_url, busy=TIMEOUT), fast_clock)
    keys = [f"n{n}" for n in range(MESSAGES)]
    due = fast_clock()
    await store.apply(Batch(notices=[a_notice(key, lane=f"{n % LANES}", due=due) for n, key in enumerate(keys)]))

    recipient = UnreliableRecipient()
    server = await asyncio.start_server(recipient.handle_connection, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for kill in range(1, KILLS + 1):
        async with forked("tests.contracts.outbox_worker", database_url, port):
            await recipient.wait_for(kill * MESSAGES // (KILLS + 1))
    last = asyncio.create_task(outbox(store, port).run())
    async with asyncio.timeout(TIMEOUT):
        await store.finished.wait()
    last.cancel()
    await asyncio.gather(last, return_exceptions=True)
    server.close()

    counts = Counter(recipient.stored)
    doubled = [key for key, count in counts.items() if count > 1]
    assert (set(keys) - set(counts), doubled) == (set(), [])
    for lane in range(LANES):
        in_lane = [key for key in recipient.stored if int(key[1:]) % LANES == lane]
        assert in_lane == keys[lane::LANES]
    assert recipient.faults > MESSAGES * FAULT_RATE / 2  # enough faults occurred
    assert len(await store.letters(state="sent", limit=MESSAGES + 1)) == MESSAGES
    await store.close()
