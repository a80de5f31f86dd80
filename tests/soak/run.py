"""Runs a soak: people work, faults happen, processes are killed and the clock moves; then everything is audited."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, time

from bot.adapters.store import open_store
from bot.core.errors import StoreDown
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step
from bot.outbox import Limits
from bot.ports import Store
from bot.tickets.ports import Query
from localslack import PersonDriver
from tests.soak.audit import Findings, audited, is_owed, judge_memory
from tests.soak.conversation_audit import audit_conversation
from tests.soak.person import LOST, SoakPerson
from tests.soak.processes import Addresses, Replica, local_slack
from tests.soak.retarus_side import RetarusSide
from tests.soak.steps import AUTHORISED, Act, SoakStep, chosen, work_at
from tests.soak.trouble import Trouble

PEOPLE = {"anna": "U0ANNA", "alex": "U0ALEX", "ben": "U0BEN", "bea": "U0BEA"}
_OPEN_ONES = 0.95
"""Probability that a person works on an open ticket."""
_JUMPS = (1800, 3600, 3 * 3600, 8 * 3600, 24 * 3600)
"""Seconds by which the clock moves at a kill …"""
_SHORT = 100
"""… and while much waits: claims of killed processes end, and few reminders come due."""
_STANDSTILL = 15.0
"""Seconds without any delivery after which the clock may be moved to the moment when the next notice is due."""
_SOON = Limits().lease + timedelta(seconds=5)
"""Time until a notice is due that is waited for: a delivery may be in progress, and rate limits count real time."""
_SIDE_WORK = 0.15
"""Probability that an authorised contact looks after undelivered letters and unassigned mails."""
_BACKLOG = 25
"""Number of waiting notices from which people pause: Slack takes one message a second and channel."""


@dataclass(frozen=True)
class Plan:
    """Parameters of a soak."""

    kills: int
    seed: int = 1
    replicas: int = 1
    database: str = ""
    """Empty: a SQLite file in the folder."""
    life: tuple[float, float] = (0.1, 1.8)
    """Seconds between two kills, once all replicas run."""
    pause: float = 6.0
    """Seconds of undisturbed work at the beginning, and after every tenth kill."""
    jumps: float = 0.3
    """Probability that the clock moves at a kill, while no replica runs."""
    seconds: float = 86_400.0
    """Seconds after which no more are killed."""
    steady: float = 0.0
    """Seconds of work without faults at the end, in which the memory is measured and judged."""
    open_tickets: int = 8
    """Number of open tickets from which no more are raised."""
    answering: tuple[float, float] = (1.0, 5.0)
    """Seconds between two messages of Retarus."""
    answers: int = 0
    """Number of answers of Retarus by each of the two ways that work goes on for after the last kill."""
    drain: float = 600.0
    """Seconds until everything that waits must be delivered, when no fault is left."""


@dataclass
class Soak:
    """A soak in progress."""

    plan: Plan
    slack: Addresses
    store: Store
    replicas: list[Replica]
    control: PersonDriver
    trouble: Trouble
    retarus: RetarusSide
    people: dict[str, SoakPerson]
    dice: random.Random
    offset: float = 0.0
    busy: set[str] = field(default_factory=set)
    """Ids of tickets somebody works on."""
    at_work: bool = True
    """False ends the work of everybody after the present step."""

    # --- people

    async def work(self, name: str) -> None:
        """Takes steps until work ends; the last one is finished."""
        while self.at_work:
            with suppress(*LOST, StoreDown):
                await self._turn(name, self.people[name])
            await asyncio.sleep(self.dice.uniform(0.0, 0.3))

    async def answer(self) -> None:
        """Answers letters periodically, until cancelled."""
        while True:
            await asyncio.sleep(self.dice.uniform(*self.plan.answering))
            with suppress(*LOST, StoreDown):
                if await self.waiting() <= _BACKLOG:
                    await self.retarus.answer()

    async def _turn(self, name: str, person: SoakPerson) -> None:
        tickets = [each for each in await self.store.find(Query(limit=60)) if each.id not in self.busy]
        if await self.waiting() > _BACKLOG:
            await asyncio.sleep(0.5)
            return
        still_open = [ticket for ticket in tickets if ticket.stage.is_open]
        if person.user in {"U0ANNA", "U0ALEX"} and len(still_open) + len(self.busy) < self.plan.open_tickets:
            await person.raise_ticket()
            return
        if act := await self._act(name):
            await person.uncounted(*act)
            return
        choice = still_open if still_open and self.dice.random() < _OPEN_ONES else tickets
        weights = [work_at(each.stage, name) for each in choice]
        if not any(weights):
            return
        ticket = self.dice.choices(choice, weights)[0]
        step = chosen(self.dice, ticket.stage, name)
        leader = ticket.parent or ticket.id
        others = [each for each in still_open if each.id != ticket.id and leader not in {each.id, each.parent}]
        if step is None or (step is Move.TAKE_OVER and ticket.owner == person.user):
            return
        if step is not Step.LINK:
            await self._step(person, ticket, step)
        elif others:
            await self._step(person, ticket, step, self.dice.choice(others))

    async def _act(self, name: str) -> tuple[Act, str] | None:
        """Now and then, what is left to do besides tickets: an undelivered letter with its ticket, or a mail."""
        if name not in AUTHORISED or self.dice.random() > _SIDE_WORK:
            return None
        dead = [each.notice.ticket_id for each in await self.store.letters(state="dead", limit=50)]
        if waiting := [each for each in dead if each and each not in self.busy]:
            return Act.AGAIN, self.dice.choice(waiting)
        return (Act.SORT, "") if await self.store.count_unassigned() else None

    async def _step(self, person: SoakPerson, ticket: Ticket, step: SoakStep, other: Ticket | None = None) -> None:
        ids = {ticket.id, other.id} if other else {ticket.id}
        self.busy |= ids
        try:
            await person.step(ticket, step, other)
        finally:
            self.busy -= ids

    async def waiting(self) -> int:
        """Number of waiting notices."""
        return len([row for row in await self.store.letters(state="waiting", limit=1000) if is_owed(row.notice)])

    # --- trouble

    async def make_trouble(self) -> None:
        """Orders faults and kills replicas at random moments, until the number or the time of the plan is reached."""
        rest, began = 0, monotonic()
        while (kills := self.kills) < self.plan.kills and monotonic() - began < self.plan.seconds:
            if kills >= rest:
                await asyncio.sleep(self.plan.pause)
                rest += 10
            await self.trouble.order()
            await asyncio.sleep(self.dice.uniform(*self.plan.life))
            if self.dice.random() < self.plan.jumps:
                is_much = await self.waiting() > 2 * _BACKLOG
                await self._kill_all_and_jump(self.dice.choice([_SHORT] if is_much else _JUMPS))
            else:
                replica = self.dice.choice(self.replicas)
                await replica.kill()
                await replica.start(self._wrong_clock())
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.seconds):
                await self.retarus.wrote(self.plan.answers)

    @property
    def kills(self) -> int:
        return sum(replica.kills for replica in self.replicas)

    def _wrong_clock(self) -> float:
        """Seconds by which the next process's clock is set back; replicas that share a database share a clock."""
        return -7200.0 if len(self.replicas) == 1 and self.dice.random() < 0.04 else 0.0

    async def _kill_all_and_jump(self, seconds: float) -> None:
        """Kills all replicas first: a lease measures how long a process may still be alive."""
        for replica in self.replicas:
            await replica.kill()
        await self.jump(seconds)
        await asyncio.gather(*(replica.start() for replica in self.replicas))

    async def jump(self, seconds: float) -> None:
        """Moves the clock of all processes."""
        await self.control.advance(seconds)
        self.offset += seconds

    async def calm_down(self) -> float:
        """Ends all faults, and waits until everything is delivered; gives the seconds that took."""
        await self.trouble.end()
        began = monotonic()
        if await self._left():  # claims of killed processes end
            await self._kill_all_and_jump(_SHORT)
        left, since = await self._left(), monotonic()
        while left and monotonic() - began < self.plan.drain:
            await asyncio.sleep(0.5)
            before, left = left, await self._left()
            if before - left:  # some of them were delivered, even if new ones came
                since = monotonic()
            elif monotonic() - since > _STANDSTILL:
                await self._jump_to_next_due()
                since = monotonic()
        return monotonic() - began

    async def _jump_to_next_due(self) -> None:
        """Moves the clock to the next due notice, unless that is soon."""
        now = datetime.fromtimestamp(time() + self.offset, UTC)
        due = await self.store.next_due(now)
        if due and due - now > _SOON:
            await self._kill_all_and_jump((due - now).total_seconds())

    async def _left(self) -> set[str]:
        """Keys of the waiting notices, and a sentence for each missing answer of Retarus."""
        waiting = await self.store.letters(state="waiting", limit=1000)
        owed = {row.notice.key for row in waiting if is_owed(row.notice)}
        return {*owed, *await self.retarus.missing(self.store)}

    async def rest(self) -> None:
        """Continues without faults, while the memory is measured."""
        began = monotonic()
        while monotonic() - began < self.plan.steady:
            await asyncio.sleep(1)
            for replica in self.replicas:
                replica.measure()


@asynccontextmanager
async def soaking(plan: Plan, folder: Path) -> AsyncIterator[Soak]:
    """The local Slack, the replicas and the people, all started."""
    database = plan.database or f"sqlite:///{folder / 'desk.sqlite3'}"
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(local_slack())
        replicas = [
            Replica(f"replica-{number}", database, slack, folder / f"replica-{number}.log")
            for number in range(1, plan.replicas + 1)
        ]
        for replica in replicas:
            stack.push_async_callback(replica.end)
            await replica.start()
        store = await open_store(database)
        stack.push_async_callback(store.close)
        drivers = {name: PersonDriver(slack.control, name) for name in (*PEOPLE, "carla", "rita")}
        for driver in drivers.values():
            stack.push_async_callback(driver.close)
        dice = random.Random(plan.seed)
        control = drivers["carla"]
        trouble = Trouble(control, dice, database, replicas)
        soak = Soak(
            plan, slack, store, replicas, control, trouble, RetarusSide(drivers["rita"], dice, slack.smtp), {}, dice
        )
        for number, (name, user) in enumerate(PEOPLE.items()):
            own = random.Random(plan.seed * 100 + number)
            soak.people[name] = SoakPerson(drivers[name], user, store, own, lambda: time() + soak.offset)
        yield soak


async def run(plan: Plan, folder: Path) -> Findings:
    """Carries a soak out, and audits what is left of it."""
    began = monotonic()
    async with soaking(plan, folder) as soak:
        await _at_work(soak, soak.make_trouble())
        await soak.trouble.end()
        await _at_work(soak, soak.rest())
        memory = Findings()
        if plan.steady:
            judge_memory(soak.replicas, memory)
        drained = await soak.calm_down()
        findings = await audited(soak.store, soak.control, soak.people, soak.replicas, secrets(soak.slack))
        findings.faults += await soak.retarus.missing(soak.store)
        await audit_conversation(await soak.retarus.entries(soak.store), soak.store, soak.control, findings)
        findings.faults += memory.faults
        findings.figures |= memory.figures | {
            **{f"answers of Retarus by {way}": number for way, number in soak.retarus.ways().items()},
            "seconds": round(monotonic() - began),
            "simulated days": round(soak.offset / 86400, 1),
            "seconds until all was delivered": round(drained),
        }
        return findings


async def _at_work(soak: Soak, until: Coroutine[object, object, None]) -> None:
    """Lets people work until this is done, and finish the step they are at: what is audited is at rest."""
    soak.at_work = True
    async with asyncio.TaskGroup() as together:
        for name in soak.people:
            together.create_task(soak.work(name))
        answering = together.create_task(soak.answer())
        await until
        soak.at_work = False
        answering.cancel()


def secrets(addresses: Addresses) -> tuple[str, ...]:
    """Texts that must not be in a log, besides typed text."""
    people = (
        "Anna Arnold",
        "Alex Adler",
        "Ben Brandt",
        "Bea Bauer",
        "zqx-mail-password",
        "mueller.example",
        "+4989",
        "@nordlicht.example",
    )
    return (addresses.bot_token, addresses.app_token, *people)
