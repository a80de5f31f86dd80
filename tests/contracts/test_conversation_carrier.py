"""The carrier of the conversation under faults of the local Slack: originals and files arrive once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.adapters.slack.client import for_outbox
from bot.adapters.slack.conversation_carrier import ConversationCarrier
from bot.adapters.slack.files import SlackFiles
from bot.conversation import conversation_notices
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState
from bot.model.notice import Notice, Outcome, Retry, Sent
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from localslack import LocalSlack, Seed
from tests.contracts.slack_scene import Words
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import a_ticket
from tests.handlers.world import DEMO

UPLOAD = "files.completeUploadExternal"


@dataclass
class Scene:
    """A local Slack, a store with the mail of one ticket, and the carrier between them."""

    slack: LocalSlack
    carrier: ConversationCarrier
    store: MemoryStore

    async def asked(self, click: str, entry: str = "e1") -> None:
        """Ben asks for the original of an entry."""
        notice = conversation_notices.original(self.ben, entry, click, datetime.now(UTC))
        await self.store.apply(Batch(notices=[notice]))

    @property
    def ben(self) -> str:
        return "U0BEN"

    async def deliver(self) -> list[Outcome]:
        """Claims, delivers and settles due notices, as the outbox does."""
        outcomes = []
        for claim in await self.store.claim(datetime.now(UTC) + timedelta(days=1), timedelta(0), 9):
            outcome = await self.carrier.deliver(claim, datetime.now(UTC))
            await self.store.settle(claim, outcome, datetime.now(UTC))
            outcomes.append(outcome)
        return outcomes

    async def files(self) -> list[str]:
        """Names of the files in Ben's direct messages from the desk, oldest first."""
        direct = [await self.slack.person("ben").messages(each["id"]) for each in await self._direct()]
        return [str(file["name"]) for each in direct for message in each for file in message.get("files", ())]

    async def _direct(self) -> list[dict[str, Any]]:
        return list((await self.slack.person("ben").state())["dms"])


async def write(notice: Notice, ticket: Ticket | None, link: str) -> Sequence[Words]:
    return [Words(f"{notice.kind}")]


async def no_repost(*_: object) -> Any:
    raise AssertionError


@asynccontextmanager
async def scene() -> AsyncIterator[Scene]:
    async with LocalSlack(Seed.from_file(DEMO / "cast.toml")) as slack, ClientSession() as session:
        client = for_outbox(slack.app("Partner Desk").bot_token, slack.api_url, session)
        store = MemoryStore(lambda: datetime.now(UTC))
        entries = [
            Entry(
                id=key,
                source=EntrySource.MAIL,
                kind="answer",
                state=EntryState.SHOWN,
                ticket_id="t1",
                at=datetime.now(UTC),
            )
            for key in ("e1", "e2")
        ]
        originals = {"e1": b"Subject: one", "e2": b"Subject: two"}
        known = ConversationChanges(new=tuple(entries), originals=originals)
        await store.apply(Batch(tickets=[a_ticket()], conversation=known))
        files = SlackFiles(client, session)
        yield Scene(slack, ConversationCarrier(client, store, write, files, NoMails(), no_repost), store)


class NoMails:
    """`bot.conversation.ports.MailFiles` without any."""

    async def file(self, raw: bytes, number: int) -> bytes | None:
        return None


@pytest.fixture
async def s() -> AsyncIterator[Scene]:
    async with scene() as made:
        yield made


async def test_original_is_uploaded_once_although_the_answer_was_lost(s: Scene) -> None:
    await s.asked("click")
    s.slack.faults.order(UPLOAD, "reset", when="after")
    assert isinstance((await s.deliver())[0], Retry)
    assert await s.files() == ["e1.eml"]
    assert await s.deliver() == [Sent()]
    assert await s.files() == ["e1.eml"]


async def test_original_is_uploaded_again_where_the_first_attempt_had_no_effect(s: Scene) -> None:
    await s.asked("click")
    s.slack.faults.order(UPLOAD, "reset", when="before")
    assert isinstance((await s.deliver())[0], Retry)
    assert await s.files() == []
    assert await s.deliver() == [Sent()]
    assert await s.files() == ["e1.eml"]


async def test_original_of_another_mail_is_not_taken_for_the_one_that_was_asked_for(s: Scene) -> None:
    await s.asked("first", "e2")
    assert await s.deliver() == [Sent()]
    await s.asked("second", "e1")
    s.slack.faults.order(UPLOAD, "reset", when="before")
    assert isinstance((await s.deliver())[0], Retry)
    assert await s.deliver() == [Sent()]
    assert sorted(await s.files()) == ["e1.eml", "e2.eml"]
