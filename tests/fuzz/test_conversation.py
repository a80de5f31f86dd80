"""Any mail and any message of the shared channel goes its whole way: taken in, saved, drawn within Slack's limits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import conversation
from blocks.kit import Message
from bot.adapters.inbound_mail.parser import parse
from bot.adapters.store import open_store
from bot.conversation.channel import ChannelMessage
from bot.model.conversation import ConversationChanges, Entry, EntryFile, EntryState, MessageId, entry_id
from bot.model.notice import Notice, NoticeKind, Place, Sent
from bot.model.ticket import Stage
from bot.tickets.ports import Batch
from handlers.shared_message import MessageChange, in_event
from handlers.slack_text import Names, as_typed
from localslack.blockkit import is_too_long, validate_blocks, validate_view
from runtime.notification_renderer import writer
from tests.adapters.inbound_mail.mails import LETTER
from tests.factories import NOW, RETARUS, World, a_notice, a_world, an_event, an_incident
from tests.fuzz.budget import SLOW, fuzzed, mutated, seeds

T = TypeVar("T")
TEXT = mutated("texts").map(lambda data: data.decode("utf-8", "surrogateescape"))
ALLOWED = {"allowed": ["@retarus.example"], "authserv": "mx.partner.example"}


class Inbox:
    """A desk on a real database, with one ticket that is with Retarus."""

    def __init__(self, loop: asyncio.AbstractEventLoop, world: World) -> None:
        self.loop = loop
        self.world = world

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def take_in(self, raw: bytes) -> None:
        entry = await self.world.desk.inbound.take(parse(raw), raw)
        if entry is None:
            return
        stored = await self.world.desk.conversation.find(entry.id)
        assert stored == entry
        assert entry.state is EntryState.IGNORED or await self.world.store.original(entry.id) == raw
        if entry.state is EntryState.SHOWN:
            await self.drawn(entry)
        names = await self.world.desk.conversation.called([entry])
        assert validate_blocks(conversation.listing([entry], 1, names), "message") == []
        for view in (conversation.whole(entry), conversation.assigning(entry, names)):
            assert validate_view(view) == []

    async def receive(self, event: dict[str, Any]) -> None:
        message = in_event(event)
        assert message
        files = [EntryFile(id=each, name=each) for each in message.file_ids]
        words, is_edited = as_typed(message.text, Names()), message.became is MessageChange.EDITED
        where = (message.channel, message.ts, message.thread)
        if message.became is MessageChange.DELETED:
            await self.world.desk.channel.take_back(*where[:2])
        else:
            message_read = ChannelMessage(*where, message.author, message.name, words, files, is_edited=is_edited)
            await self.world.desk.channel.receive(message_read)
        entry = await self.world.store.entry(entry_id(f"slack:{message.channel}:{message.ts}"))
        if entry:
            await self.drawn(entry)

    async def drawn(self, entry: Entry) -> None:
        """Draws it as its notice does."""
        ticket = await self.world.desk.queries.ticket(entry.ticket_id)
        notice = Notice(
            key="n",
            ticket_id=ticket.id,
            lane="n",
            kind=NoticeKind.ENTRY,
            to="C1",
            version=1,
            due=NOW,
            body={"entry": entry.id},
        )
        for message in await writer(self.world.desk)(notice, ticket, ""):
            assert_fits(message)


def assert_fits(message: Message) -> None:
    """Valid blocks, nothing of theirs as markup, and text that can be encoded."""
    blocks = list(message.blocks)
    assert validate_blocks(blocks, "message") == []
    assert not is_too_long(blocks)
    json.dumps([message.text, blocks], ensure_ascii=False).encode()
    assert "<!" not in message.text
    assert "<@" not in message.text


async def opened(folder: Path) -> World:
    world = await a_world(mail=ALLOWED)
    world = world.at(store=await open_store(f"sqlite:///{folder / 'desk.sqlite3'}", world.clock))
    world.store = world.parts["store"]
    ticket = an_incident(Stage.RETARUS).model_copy(update={"id": "t1", "sent_at": NOW, "version": 1, "number": 0})
    sent = MessageId(message_id=LETTER, ticket_id="t1", is_sent=True, at=NOW)
    batch = Batch(
        tickets=[ticket], events=[an_event(ticket, "raise")], conversation=ConversationChanges(message_ids=(sent,))
    )
    [saved] = await world.store.apply(batch)
    await world.store.apply(Batch(notices=[a_notice(saved, NoticeKind.LETTER_POST, RETARUS)]))
    [claim] = await world.store.claim(NOW, timedelta(minutes=1), 1)
    place = Place(ticket_id="t1", role="retarus", channel=RETARUS, ts="1.0", link="https://x/p1")
    await world.store.settle(claim, Sent(place), NOW)
    return world


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    loop = asyncio.new_event_loop()
    world = loop.run_until_complete(opened(tmp_path_factory.mktemp("fuzz")))
    yield Inbox(loop, world)
    loop.run_until_complete(world.parts["store"].close())
    loop.close()


def quickly(inbox: Inbox, work: Coroutine[Any, Any, None]) -> None:
    began = process_time()
    inbox.run(work)
    assert process_time() - began < SLOW


@fuzzed(60)
@given(raw=mutated("mails"))
def test_any_mail_goes_its_whole_way(inbox: Inbox, raw: bytes) -> None:
    quickly(inbox, inbox.take_in(raw))


@fuzzed(40)
@given(words=TEXT | st.text(max_size=200), subject=TEXT, name=TEXT)
def test_any_words_of_a_known_sender_are_shown_within_limits(inbox: Inbox, words: str, subject: str, name: str) -> None:
    subject, name = (" ".join(each.split()) for each in (subject, name))
    head = f'From: "{name}" <rita@retarus.example>\r\nSubject: {subject}\r\nIn-Reply-To: {LETTER}\r\n'
    quickly(inbox, inbox.take_in(f"{head}\r\n{words}".encode("utf-8", "surrogateescape")))


@pytest.mark.parametrize("raw", seeds("mails"), ids=lambda raw: raw[:12].hex())
def test_known_mail_goes_its_whole_way(inbox: Inbox, raw: bytes) -> None:
    quickly(inbox, inbox.take_in(raw))


COUNT = iter(range(1, 10**9))
CHANGES = ("message_changed", "message_deleted")


def event(text: str, name: str, subtype: str, files: list[str]) -> dict[str, Any]:
    """A message of theirs below the letter, as Slack tells it; a change is one of the newest."""
    number = next(COUNT)
    ts = f"{number - (subtype in CHANGES)}.000100"
    message = {"ts": ts, "thread_ts": "1.0", "user": "U9", "team": "T9", "text": text, "username": name}
    message["files"] = [{"id": each} for each in files]  # type: ignore[assignment]
    parts: dict[str, Any] = {
        "": message,
        "bot_message": {**message, "user": "", "bot_id": "B9", "bot_profile": {"name": name, "team_id": "T9"}},
        "file_share": message,
        "thread_broadcast": message,
        "message_changed": {"message": message},
        "message_deleted": {"previous_message": message, "deleted_ts": ts},
    }
    event = {"type": "message", "channel": RETARUS, "subtype": subtype, **parts[subtype]}
    return {"event": event, "team_id": "T9", "context_team_id": "T1"}


@fuzzed(60)
@given(
    text=TEXT | st.text(max_size=200),
    name=TEXT,
    subtype=st.sampled_from(["", "bot_message", "file_share", "thread_broadcast", *CHANGES]),
    files=st.lists(st.text(max_size=20), max_size=30),
)
def test_any_message_of_the_channel_goes_its_whole_way(
    inbox: Inbox, text: str, name: str, subtype: str, files: list[str]
) -> None:
    quickly(inbox, inbox.receive(event(text, name, subtype, files)))
