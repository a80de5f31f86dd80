"""A desk that posts to the local Slack through its carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession

from bot.adapters.slack.client import for_outbox
from bot.adapters.slack.files import SlackFiles
from bot.adapters.slack.slack_carrier import SlackCarrier
from bot.model.notice import Notice, NoticeKind, Outcome
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from localslack import LocalSlack, Seed
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import a_notice, a_ticket
from tests.handlers.world import DEMO

DESK, RETARUS = "C0DESKDESK", "C0RETARUS1"
LEASE = timedelta(minutes=2)


@dataclass
class Words:
    """A message to be posted."""

    text: str
    blocks: Sequence[dict[str, object]] = ()


async def write(notice: Notice, ticket: Ticket | None, link: str) -> Sequence[Words]:
    """The requested number of messages."""
    count = int(str(notice.body.get("pieces", 1)))
    return [Words(f"{notice.kind} {notice.body.get('text', notice.key)} {n}") for n in range(count)]


@dataclass
class Scene:
    """A local Slack, a store with one ticket, and the carrier between them."""

    slack: LocalSlack
    carrier: SlackCarrier
    store: MemoryStore
    session: ClientSession

    async def save(self, *notices: Notice) -> None:
        await self.store.apply(Batch(notices=notices))

    async def deliver(self) -> list[Outcome]:
        """Claims, delivers and settles due notices, as the outbox does."""
        outcomes = []
        at = datetime.now(UTC) + timedelta(days=1)
        for claim in await self.store.claim(at, timedelta(0), 9):
            outcome = await self.carrier.deliver(claim, datetime.now(UTC))
            await self.store.settle(claim, outcome, datetime.now(UTC))
            outcomes.append(outcome)
        return outcomes

    def posts(self, channel: str = DESK) -> list[str]:
        timeline = self.slack.services.workspace.timeline(channel)
        return [message.text for message in timeline.newest_first(None, inclusive=False)][::-1]

    def message(self, text: str, channel: str = DESK) -> Any:
        timeline = self.slack.services.workspace.timeline(channel)
        return next(each for each in timeline.newest_first(None, inclusive=False) if each.text == text)

    def calls(self, method: str) -> int:
        return sum(row.kind == method for row in self.slack.services.traffic.rows())


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack, ClientSession() as session:
        client = for_outbox(slack.app("Partner Desk").bot_token, slack.api_url, session)
        store = MemoryStore(lambda: datetime.now(UTC))
        await store.apply(Batch(tickets=[a_ticket()]))
        carrier = SlackCarrier(client, store, write, SlackFiles(client, session), 1000)
        yield Scene(slack, carrier, store, session)


def a_card(**values: Any) -> Notice:
    return a_notice("card", kind=NoticeKind.CARD, to=DESK, lane="t1", due=datetime.now(UTC), **values)


def a_line(key: str = "line", **values: Any) -> Notice:
    return a_notice(key, kind=NoticeKind.THREAD, to=DESK, lane=f"t1-{key}", due=datetime.now(UTC), **values)


def a_letter(**values: Any) -> Notice:
    return a_notice("letter", kind=NoticeKind.LETTER_POST, to=RETARUS, due=datetime.now(UTC), **values)
