"""Many replicas share the work on one PostgreSQL database: like a single one, also when they are killed."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.adapters.store import open_store
from bot.model.ticket import Kind, Stage, Ticket
from bot.ports import Store
from bot.tickets.ports import Query
from handlers.home import HomeRenderer, publish
from localslack import LocalSlack, Mailbox, Modal, PersonDriver
from localslack.listening import Found, Refusal
from localslack.mail import serve
from localslack.visible import text_of
from tests.doubles.forked_process import ForkedProcess
from tests.doubles.postgres_server import server_url, temporary_database
from tests.handlers.homes import opened, shown
from tests.handlers.test_restart import ANSWERS, late_process
from tests.handlers.world import DESK, FIRST_TASKS, World, _seed, desk_at, world
from tests.soak.audit import is_owed
from tests.timeouts import TIMEOUT, long_triggers


@pytest.fixture
def database() -> Iterator[str]:
    with server_url() as server, temporary_database(server) as url:
        yield url


@pytest.fixture
async def two(tmp_path: Path, database: str) -> AsyncIterator[World]:
    """Two replicas: what people do reaches one and the other in turn."""
    async with world(tmp_path, database=database) as w, desk_at(w.slack, w.mail, tmp_path, database=database):
        yield w


async def test_ticket_completes_its_lifecycle_across_replicas(two: World) -> None:
    card = await two.escalated()
    counts = Counter(text_of(each) for each in await two.ben.thread(card))
    assert [text for text, times in counts.items() if times > 1] == []
    assert (await two.ticket()).stage is Stage.RETARUS
    assert len(await two.ben.mails()) == 1


_CONTINUED = "Continued from your draft."


async def test_draft_saved_through_one_replica_is_offered_by_every_other(two: World) -> None:
    for number in range(3):
        await two.anna.command(DESK, "/retarus-incident")
        modal = await two.anna.modal("Raise an incident", containing=_CONTINUED if number else "")
        assert (f"Version {number - 1}" in str(modal.view)) is (number > 0)
        two.anna.fill(modal, two.answers(happens=f"Version {number}"))
        await two.anna.click(modal, "Save as draft")
        await two.anna.dismiss(await two.anna.modal(containing="Saved as a draft."))


async def test_draft_that_was_not_heard_of_fills_the_empty_form(tmp_path: Path, database: str) -> None:
    async with world(tmp_path, database=database) as w:
        while not w.running.desk.queries.seems_without_draft("U0ANNA", Kind.INCIDENT):
            await w.anna.command(DESK, "/retarus-incident")
            await w.anna.dismiss(await w.anna.modal("Raise an incident"))
        with psycopg.connect(database) as db:
            draft = "draft:U0ANNA:incident", json.dumps({"happens": "Saved a moment ago"})
            db.execute("INSERT INTO drafts (key, value) VALUES (%s, %s)", draft)
        await w.anna.command(DESK, "/retarus-incident")
        modal = await w.anna.modal("Raise an incident", containing=_CONTINUED)
        assert "Saved a moment ago" in str(modal.view)
        await w.anna.submit(modal, w.answers())
        await w.anna.no_modal()
        await w.anna.command(DESK, "/retarus-incident")
        assert _CONTINUED not in (await w.anna.modal("Raise an incident")).text


async def test_home_shows_what_was_looked_at_through_any_replica(two: World) -> None:
    await two.raised()
    for part, words in (("Resources", "Who owns what"), ("Tickets", "Open tickets: 1")) * 2:
        await two.alex.click(await opened(two.alex, "Open tickets"), part)
        await shown(two.alex, words)
    await two.alex.click(await shown(two.alex, "Open tickets: 1"), "home.level.second")
    home = await shown(two.alex, "None.")
    await two.alex.click(home, "Take")
    assert "None." in text_of(await shown(two.alex, "your turn"))


class _SlowLine(AsyncWebClient):
    """Reaches Slack only after it is released."""

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(token, api_url)
        self.is_waiting, self.go_on = asyncio.Event(), asyncio.Event()

    async def api_call(self, *arguments: Any, **options: Any) -> AsyncSlackResponse:
        self.is_waiting.set()
        await self.go_on.wait()
        return await super().api_call(*arguments, **options)


async def test_home_that_one_replica_publishes_late_shows_what_was_looked_at_last(two: World) -> None:
    await two.raised()
    home = await opened(two.alex, "Open tickets: 1")
    line = _SlowLine(two.slack.app("Partner Desk").bot_token, two.slack.api_url)
    late = asyncio.create_task(publish(line, HomeRenderer(two.running.desk), "U0ALEX"))
    await line.is_waiting.wait()
    await two.alex.click(home, "Resources")
    await shown(two.alex, "Who owns what")
    line.go_on.set()
    await late
    await shown(two.alex, "Who owns what")


async def test_due_ticket_is_reminded_once_by_all_replicas(two: World) -> None:
    card = await two.handed_off()
    await two.anna.advance(31 * 60)
    await two.anna.reply(card, "with no activity")
    await two.anna.message("@partner-desk", "Not accepted yet")
    lines = [each for each in await two.anna.thread(card) if "with no activity" in each["text"]]
    assert (len(lines), (await two.ticket()).reminded) == (1, 1)


async def test_replicas_keep_to_the_rate_limit_of_a_channel_together(tmp_path: Path, database: str) -> None:
    pace = {"slack_posts_per_minute": 12}
    async with (
        world(tmp_path, database=database, environment=pace) as w,
        desk_at(w.slack, w.mail, tmp_path, database=database, environment=pace),
    ):
        card = await w.accepted()
        lines = len(await w.anna.thread(card))
    with psycopg.connect(database) as server:
        turns = {key: json.loads(text) for key, text in server.execute("SELECT key, turns FROM turns").fetchall()}
    assert len(turns[card["channel"]]) == lines  # no more than may be posted at once
    assert turns["chat.update"]


# --- killed at random

REPLICAS, KILLS, TICKETS = 4, 3, 3
LEASE = 120
"""Seconds after which what a killed replica had begun is taken on by another."""

Start = Callable[[int], AbstractAsyncContextManager[ForkedProcess]]
"""Starts a replica whose clock is that many seconds ahead."""


@dataclass
class Figures:
    killed: int = 0
    repeated: int = 0
    promised: Counter[str] = field(default_factory=Counter)
    """Changes that people were told are done."""


@dataclass
class Night:
    """Replicas that are repeatedly killed in the middle of their work, and come back."""

    start: Callable[[], AbstractAsyncContextManager[ForkedProcess]]
    figures: Figures
    to_kill: int = KILLS
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    alive: list[ForkedProcess] = field(default_factory=list)
    is_over: bool = False

    async def replica(self) -> None:
        while not self.is_over:
            async with self.start() as running:
                self.alive.append(running)
                if self.is_over:  # it had just begun when all were killed
                    running.kill()
                await running.wait()
                self.alive.remove(running)

    def kill_one(self) -> None:
        running = [each for each in self.alive if each.returncode is None]
        if running and self.to_kill:
            with suppress(ProcessLookupError):  # it has ended, which is not heard yet
                self.chance.choice(running).kill()
                self.to_kill -= 1
                self.figures.killed += 1

    async def until(self, person: PersonDriver, done: Found, act: Callable[[], Awaitable[object]]) -> None:
        """Repeats an action, as a person would, until it has an effect."""
        begun = time.monotonic()
        for attempt in count():
            self.figures.repeated += attempt > 0
            asyncio.get_running_loop().call_later(self.chance.uniform(0, 0.2), self.kill_one)
            with suppress(TimeoutError, Refusal, LookupError):
                await act()
            with suppress(TimeoutError):
                await person.wait_for(done, "what was done")
                return
            if time.monotonic() - begun > 3 * TIMEOUT:  # on a busy machine a replica needs many seconds to start
                raise AssertionError("It cannot be done.")


@asynccontextmanager
async def a_night(start: Start, ahead: int, figures: Figures) -> AsyncIterator[Night]:
    """Four replicas at work; finally all are killed, and one more delivers what they left."""
    night = Night(partial(start, ahead), figures)
    replicas = [asyncio.create_task(night.replica()) for _ in range(REPLICAS)]
    yield night
    night.is_over = True
    for each in night.alive:
        each.kill()
    await asyncio.gather(*replicas)


@dataclass
class Agent:
    """A person who raises tickets and hands them off."""

    person: PersonDriver
    store: Store
    figures: Figures

    async def ticket(self, happens: str) -> Ticket | None:
        found = await self.store.find(Query(limit=100))
        return next((each for each in found if each.answer("happens") == happens), None)

    async def raises(self, night: Night, happens: str) -> None:
        """Raises a ticket; a form that was refused stays open, and is submitted once more."""
        forms: list[Modal] = []

        async def once() -> None:
            form = forms.pop() if forms else await self._opened()
            start = int(datetime.now(UTC).timestamp()) - 600
            answers = ANSWERS | {"happens": happens, "start": start, "contact": "Alex Adler, +49 89 12345672"}
            if (await self.person.submit(form, answers))["outcome"] == "closed":
                self.figures.promised[f"raised {happens}"] += 1
            else:
                forms.append(form)

        async def is_raised() -> bool:
            return await self.ticket(happens) is not None

        await night.until(self.person, is_raised, once)

    async def _opened(self) -> Modal:
        await self.person.command(DESK, "/retarus-incident")
        return await self.person.modal("Raise an incident")

    async def hands_off(self, night: Night, happens: str) -> None:
        async def once() -> None:
            await self.person.click(await self.person.message(DESK, happens), "Hand off to 2nd level")
            modal = await self.person.modal("Hand off to 2nd level")
            if (await self.person.submit(modal, FIRST_TASKS))["outcome"] == "closed":
                self.figures.promised[f"handed off {happens}"] += 1

        async def is_handed_off() -> bool:
            ticket = await self.ticket(happens)
            return ticket is not None and ticket.stage is Stage.HANDED_OFF

        await night.until(self.person, is_handed_off, once)


@pytest.mark.long
@pytest.mark.timeout(900)  # many processes start and end: a minute, on a busy machine several
async def test_replicas_that_are_killed_at_random_lose_nothing_and_do_nothing_twice(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    mailbox, figures = Mailbox(), Figures()
    async with LocalSlack(_seed(), mailbox=mailbox, switches=long_triggers()) as slack:
        mail = await serve(mailbox)
        store = await open_store(database, busy=TIMEOUT)
        agents = [Agent(slack.person(name), store, figures) for name in ("anna", "alex")]
        for agent in agents:
            agent.person.timeout = 4

        def start(ahead: int) -> AbstractAsyncContextManager[ForkedProcess]:
            return late_process(slack, mail, database, ahead)

        for number, work in enumerate((Agent.raises, Agent.hands_off)):
            async with a_night(start, 2 * number * LEASE, figures) as night:
                await asyncio.gather(*(_all(partial(work, agent, night), agent.person.name) for agent in agents))
            async with start((2 * number + 1) * LEASE):
                await _delivered(store)
        counted = await _counted(slack.person("ben"), store, figures)
        await store.close()
        await mail.close()
    with capfd.disabled():
        print(f"\n{REPLICAS} replicas, {figures.killed} killed, {figures.repeated} tries repeated: {counted}")  # noqa: T201  (for the log)
    assert figures.killed == 2 * KILLS
    assert (counted["lost"], counted["doubled"]) == (0, 0), counted
    assert counted["tickets"] == counted["cards"] == len(agents) * TICKETS, counted
    assert counted["replies"] == counted["tickets"]


async def _all(work: Callable[[str], Awaitable[None]], name: str) -> None:
    for number in range(TICKETS):
        await work(f"Fault {number} of {name}")


async def _delivered(store: Store) -> None:
    """Waits until every notice is delivered but those that redraw a message later."""
    async with asyncio.timeout(3 * TIMEOUT):  # on a busy machine a replica needs many seconds to start
        while any(is_owed(row.notice) for row in await store.letters(state="waiting", limit=1000)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _counted(reader: PersonDriver, store: Store, figures: Figures) -> dict[str, int]:
    tickets = {each.answer("happens"): each for each in await store.find(Query(limit=100))}
    read_catalogue = {f"raised {happens}" for happens in tickets}
    read_catalogue |= {f"handed off {happens}" for happens, each in tickets.items() if each.stage is Stage.HANDED_OFF}
    channel = [each for each in await reader.messages(DESK) if "Fault" in text_of(each)]
    cards = [each for each in channel if each.get("subtype") != "thread_broadcast"]
    replies = [(card["ts"], each["text"]) for card in cards for each in (await reader.thread(card))[1:]]
    count = await store.count(Query())
    return {
        "acknowledged": figures.promised.total(),
        "lost": len(figures.promised.keys() - read_catalogue),
        "tickets": count,
        "cards": len(cards),
        "replies": len(replies),
        "doubled": len(replies) - len(set(replies)) + len(cards) - count,
    }
