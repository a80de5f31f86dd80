"""Runs a soak: people work, faults happen, processes are killed and the clock moves; then everything is audited."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time

from bot.adapters.store import open_store
from bot.core.errors import StoreDown
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step
from bot.ports import Store
from bot.tickets.ports import Query
from localslack import PersonDriver
from tests.soak.audit import Findings, audited
from tests.soak.person import LOST, SoakPerson
from tests.soak.processes import Addresses, Replica, SlackProcess, local_slack
from tests.soak.steps import chosen

PEOPLE = {"anna": "U0ANNA", "alex": "U0ALEX", "ben": "U0BEN", "bea": "U0BEA"}
_OPEN_ONES = 0.95
"""How likely somebody works on a ticket that is open."""
_OPEN = 6
"""With so many open tickets, no more are raised."""
_LEASE = 95.0
"""Seconds after which what a killed process had claimed may be claimed again."""
_BACKLOG = 25
"""With so many notices waiting, people pause: Slack takes one message a second and channel."""


@dataclass(frozen=True)
class Plan:
    """What a soak does."""

    kills: int
    seed: int = 1
    replicas: int = 1
    database: str = ""
    """Empty: a SQLite file in the folder."""
    life: tuple[float, float] = (0.3, 6.0)
    """Seconds between two kills, once all replicas run."""
    pause: float = 12.0
    """Seconds of undisturbed work at the beginning, and after every tenth kill."""
    jumps: float = 0.3
    """How likely the clock moves at a kill: by hours, while no replica runs."""
    drain: float = 240.0
    """Seconds until everything that waits must be delivered, when no fault is left."""


@dataclass
class Soak:
    """A soak in progress."""

    plan: Plan
    slack: SlackProcess
    store: Store
    replicas: list[Replica]
    control: PersonDriver
    people: dict[str, SoakPerson]
    dice: random.Random
    offset: float = 0.0
    busy: set[str] = field(default_factory=set)
    """Ids of tickets somebody works on."""

    # --- people

    async def work(self, name: str) -> None:
        """Takes steps until cancelled."""
        while True:
            with suppress(*LOST, StoreDown):
                await self._turn(name, self.people[name])
            await asyncio.sleep(self.dice.uniform(0.0, 0.3))

    async def _turn(self, name: str, person: SoakPerson) -> None:
        tickets = [each for each in await self.store.find(Query(limit=60)) if each.id not in self.busy]
        if await self.waiting() > _BACKLOG:
            await asyncio.sleep(0.5)
            return
        still_open = [ticket for ticket in tickets if ticket.stage.is_open]
        if person.user in {"U0ANNA", "U0ALEX"} and len(still_open) + len(self.busy) < _OPEN:
            await person.raise_ticket()
            return
        ticket = self.dice.choice(still_open if still_open and self.dice.random() < _OPEN_ONES else tickets)
        what = chosen(self.dice, ticket.stage, name)
        if what and not (what is Move.TAKE_OVER and ticket.owner == person.user):
            await self._step(person, ticket, what)

    async def _step(self, person: SoakPerson, ticket: Ticket, what: Move | Step) -> None:
        self.busy.add(ticket.id)
        try:
            await person.step(ticket, what)
        finally:
            self.busy.discard(ticket.id)

    async def waiting(self) -> int:
        """How many notices wait."""
        return len(await self.store.letters(state="waiting", limit=1000))

    # --- trouble

    async def trouble(self) -> None:
        """Kills replicas, at random moments, until the plan's number is reached; orders faults in between."""
        rest = 0
        while (kills := sum(replica.kills for replica in self.replicas)) < self.plan.kills:
            if kills >= rest:
                await asyncio.sleep(self.plan.pause)
                rest += 10
            await self.order_faults()
            await asyncio.sleep(self.dice.uniform(*self.plan.life))
            if self.dice.random() < self.plan.jumps and await self.waiting() < 2 * _BACKLOG:
                await self._kill_all_and_jump(self.dice.choice([1800, 3600, 3 * 3600, 8 * 3600, 24 * 3600]))
            else:
                replica = self.dice.choice(self.replicas)
                await replica.kill()
                await replica.start()

    async def _kill_all_and_jump(self, seconds: float) -> None:
        """Kills all replicas first: a lease measures how long a process may still be alive."""
        for replica in self.replicas:
            await replica.kill()
        await self.jump(seconds)
        await asyncio.gather(*(replica.start() for replica in self.replicas))

    async def jump(self, seconds: float) -> None:
        """Moves the clock of everybody."""
        await self.control.advance(seconds)
        self.offset += seconds

    async def order_faults(self) -> None:
        """One of Slack's faults and now and then one of the mail server's."""
        fault, when = self.dice.choice(FAULTS)
        order = {"method": self.dice.choice(METHODS), "fault": fault, "when": when, "times": self.dice.randint(1, 4)}
        await self.control.control("POST", "faults", **order, seconds=0.3)
        payload = {"method": self.dice.choice(PAYLOADS), "fault": self.dice.choice(["doubled", "dropped"])}
        await self.control.control("POST", "faults", **payload)
        mail = self.dice.choice(MAIL)
        if mail:
            self.slack.order_mail(**mail)
        if self.dice.random() < 0.1:
            broken = {"error": "token_revoked", "which": "bot", "seconds": 1}
            await self.control.control("POST", "apps/Partner Desk/token", **broken)

    async def calm_down(self) -> float:
        """Ends all faults, and waits until everything is delivered; gives the seconds that took."""
        await self.control.control("DELETE", "faults")
        await self.control.control("POST", "apps/Partner Desk/token")
        self.slack.order_mail(clear=True)
        began = monotonic()
        fewest, since = await self.waiting(), monotonic()
        while fewest and monotonic() - began < self.plan.drain:
            await asyncio.sleep(0.5)
            waiting = await self.waiting()
            if waiting < fewest:
                fewest, since = waiting, monotonic()
            elif monotonic() - since > 15:
                await self._kill_all_and_jump(_LEASE)
                since = monotonic()
        return monotonic() - began


FAULTS = (
    ("reset", "before"),
    ("reset", "after"),
    ("http_500", "before"),
    ("http_503", "after"),
    ("ratelimited", "before"),
    ("slow", "before"),
    ("truncated", "after"),
    ("garbage", "after"),
    ("fatal_error", "before"),
)
METHODS = (
    "chat.postMessage",
    "chat.postMessage",
    "chat.update",
    "chat.*",
    "conversations.*",
    "views.*",
    "users.info",
    "*",
)
PAYLOADS = ("block_actions", "view_submission", "slash_command", "event:*")
MAIL: tuple[dict[str, object], ...] = (
    {},
    {"refuse": 451},
    {"refuse": 421},
    {"drop": "before"},
    {"drop": "after"},
    {},
)


@asynccontextmanager
async def soaking(plan: Plan, folder: Path) -> AsyncIterator[Soak]:
    """The local Slack, the replicas and the people, all started."""
    database = plan.database or f"sqlite:///{folder / 'desk.sqlite3'}"
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(local_slack())
        replicas = [
            Replica(f"replica-{number}", database, slack.addresses, folder / f"replica-{number}.log")
            for number in range(1, plan.replicas + 1)
        ]
        for replica in replicas:
            stack.push_async_callback(replica.kill, counts=False)
            await replica.start()
        store = await open_store(database)
        stack.push_async_callback(store.close)
        control = PersonDriver(slack.addresses.control, "carla")
        stack.push_async_callback(control.close)
        soak = Soak(plan, slack, store, replicas, control, {}, random.Random(plan.seed))
        for number, (name, user) in enumerate(PEOPLE.items()):
            driver = PersonDriver(slack.addresses.control, name)
            stack.push_async_callback(driver.close)
            dice = random.Random(plan.seed * 100 + number)
            soak.people[name] = SoakPerson(driver, user, store, dice, lambda: _now(soak))
        yield soak


def _now(soak: Soak) -> float:
    return time() + soak.offset


async def run(plan: Plan, folder: Path) -> Findings:
    """Carries a soak out, and audits what is left of it."""
    began = monotonic()
    async with soaking(plan, folder) as soak:
        working = [asyncio.create_task(soak.work(name)) for name in soak.people]
        trouble = asyncio.create_task(soak.trouble())
        done, _ = await asyncio.wait([*working, trouble], return_when=asyncio.FIRST_COMPLETED)
        for task in working:
            task.cancel()
        trouble.cancel()
        await asyncio.gather(*working, trouble, return_exceptions=True)
        for task in done:
            task.result()
        drained = await soak.calm_down()
        findings = await audited(soak.store, soak.control, soak.people, soak.replicas, secrets(soak.slack.addresses))
        findings.figures |= {
            "seconds": round(monotonic() - began),
            "simulated days": round(soak.offset / 86400, 1),
            "seconds until all was delivered": round(drained),
        }
        return findings


def secrets(addresses: Addresses) -> tuple[str, ...]:
    """What must not stand in a log, besides what people type."""
    people = ("Anna Arnold", "Alex Adler", "Ben Brandt", "Bea Bauer", "mueller.example", "+4989", "@nordlicht.example")
    return (addresses.bot_token, addresses.app_token, *people)
