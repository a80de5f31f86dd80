"""An outage of eight end-customers while Slack refuses and the desk is killed: every thread has each word once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.store import open_store
from bot.model.ticket import Kind, Stage, Ticket
from bot.ports import Store
from localslack import LocalSlack, Mailbox, Modal, PersonDriver
from localslack.mail import MailServer, serve
from localslack.visible import text_of
from tests.doubles.forked_process import ForkedProcess, forked
from tests.doubles.postgres_server import server_url, temporary_database
from tests.factories import RAISED
from tests.handlers.test_restart import LATE, settings_of, until_it_listens
from tests.handlers.world import _seed, desk_at, world_of
from tests.soak.audit import is_owed
from tests.timeouts import TIMEOUT, long_triggers

CUSTOMERS = 8
UPDATE, REMEDY = "Next update at 14:00", "Retarus corrected the policy"
FAULTS: tuple[dict[str, Any], ...] = (
    {"method": "chat.*", "fault": "ratelimited", "probability": 0.12, "seed": 1},
    {"method": "chat.*", "fault": "http_503", "probability": 0.1, "seed": 2},
    {"method": "chat.*", "fault": "http_500", "when": "after", "probability": 0.08, "seed": 3},
    {"method": "chat.*", "fault": "reset", "when": "after", "probability": 0.08, "seed": 4},
)


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'desk.sqlite3'}"
        return
    with server_url() as server, temporary_database(server) as url:
        yield url


@asynccontextmanager
async def late(slack: LocalSlack, mail: MailServer, database: str, ahead: int) -> AsyncIterator[ForkedProcess]:
    """A desk without a pace of its own, whose clock is that many seconds ahead."""
    settings = {**settings_of(slack, mail, database), "SLACK_POSTS_PER_MINUTE": "0"}
    async with forked("tests.handlers.late_desk", ahead, **settings) as running:
        await until_it_listens(running.stdout)
        yield running


async def an_outage(slack: LocalSlack, mail: MailServer, folder: Path, database: str) -> str:
    """Id of a ticket with Retarus that leads those of eight end-customers. All cards are posted."""
    async with desk_at(slack, mail, folder, database=database) as running:
        w = world_of(slack, mail, running)
        await w.escalated()
        ids = []
        for number in range(CUSTOMERS):
            answers = {**RAISED, "customer": f"Customer {number}", "start": str(int(w.now()) - 600)}
            raised = await running.desk.tickets.create("U0ALEX", Kind.INCIDENT, answers, f"raise-{number}")
            ids.append(raised.id)
        leading = await w.ticket()
        await running.desk.outages.gather(leading.id, "U0BEN", ids, "gather")
        await until_idle(running.store)
        return leading.id


async def until_idle(store: Store) -> None:
    """Waits until everything that is owed was delivered."""
    async with asyncio.timeout(TIMEOUT):
        while any(is_owed(row.notice) for row in await store.letters(state="waiting", limit=1000)):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def led_by(store: Store, leading: str) -> list[Ticket]:
    found = await store.get(leading)
    assert found
    numbered = [await store.numbered(found.number + number) for number in range(1, CUSTOMERS + 1)]
    return [each for each in numbered if each and each.parent == leading]


async def opened(ben: PersonDriver, button: str) -> Modal:
    """One of the forms of the outage."""
    seen = await ben.command("@partner-desk", "/retarus-ticket", "outage")
    assert seen["outcome"] == "ack", seen
    await ben.click(await ben.message("@partner-desk", "1 running outage"), "Outage")
    await ben.click(await ben.modal("Outage", containing="Also part of it"), button)
    return await ben.modal(button)


async def counted(ben: PersonDriver, store: Store, tickets: list[Ticket], words: str) -> Counter[int]:
    """Number of messages with the words below a ticket's card → number of such threads."""
    found: Counter[int] = Counter()
    for ticket in tickets:
        place = await store.place(ticket.id, "card")
        assert place
        thread = await ben.thread({"channel": place.channel, "ts": place.ts})
        found[sum(words in text_of(each) for each in thread if each["ts"] != place.ts)] += 1
    return found


@pytest.mark.long
@pytest.mark.parametrize(
    ("database", "button", "word"),
    [("sqlite", "Tell all", UPDATE), ("postgres", "Resolve all", REMEDY)],
    indirect=["database"],
    ids=["update", "remedy"],
)
async def test_words_of_an_outage_reach_each_thread_once_despite_refusals_and_kills(
    tmp_path: Path, database: str, button: str, word: str
) -> None:
    mailbox = Mailbox()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_triggers()) as slack:
        mail = await serve(mailbox)
        leading = await an_outage(slack, mail, tmp_path, database)
        ben, store = slack.person("ben", TIMEOUT), await open_store(database)
        async with late(slack, mail, database, LATE) as running:
            form = await opened(ben, button)
            for fault in FAULTS:
                slack.faults.order(**fault)
            done = await ben.submit(form, {"word": word})
            assert done["outcome"] in {"closed", "updated"}, done
            await asyncio.sleep(1)
            running.kill()
        async with late(slack, mail, database, 2 * LATE) as running:
            await asyncio.sleep(2)
            running.kill()
        async with late(slack, mail, database, 3 * LATE):
            await asyncio.sleep(2)
            slack.faults.clear()
            await until_idle(store)
        led = await led_by(store, leading)
        assert await counted(ben, store, led, word) == {1: CUSTOMERS}
        dead = await store.letters(state="dead", limit=1000)
        assert [row.notice.key for row in dead] == []
        is_remedy = word == REMEDY
        assert all((each.stage is Stage.RESOLVED) is is_remedy for each in led)
        assert {each.answer("remedy") for each in led} == {REMEDY if is_remedy else ""}
        await store.close()
        await mail.close()
