"""The shared channel: what people and bots of Retarus write below a letter is mirrored into the ticket's thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.config.settings import Config
from bot.conversation import conversation_notices
from bot.conversation.channel_routes import ids_of
from bot.conversation.entries import WORDS
from bot.conversation.file_selection import sort_files
from bot.conversation.inbound import Inbound
from bot.conversation.mail import MailFile
from bot.conversation.ports import ConversationStore
from bot.conversation.references import rcr_numbers
from bot.core.characters import without_surrogates
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate
from bot.model.conversation import ConversationChanges, Entry, EntryFile, EntrySource, EntryState, entry_id
from bot.model.notice import Place
from bot.model.ticket import Stage, Ticket
from bot.tickets.changes import ATTEMPTS, Changes
from bot.tickets.ports import Batch, Query
from bot.tickets.queries import Queries

LETTER = "retarus"
"""The name of the place of the letter in the shared channel."""
OPEN = 200
"""Tickets whose threads are read again after a gap."""
CLOSED, CLOSED_FOR = 50, timedelta(days=7)
"""Tickets that were closed for at most so long, and whose threads are read again too."""


@dataclass(frozen=True)
class ChannelMessage:
    """One message of theirs."""

    channel: str
    ts: str
    thread: str
    author: str
    """Slack user id or bot id."""
    name: str
    words: str
    files: Sequence[EntryFile] = ()
    is_edited: bool = False


@dataclass(frozen=True)
class Channel:
    """Mirrors messages; each once, however often Slack delivers it."""

    inbound: Inbound
    changes: Changes
    queries: Queries
    store: ConversationStore
    config: Config
    clock: Clock

    async def letter_at(self, channel: str, thread: str) -> Place | None:
        """The letter whose thread this is."""
        place = await self.changes.store.placed(channel, thread) if thread else None
        return place if place and place.role == LETTER else None

    async def receive(self, message: ChannelMessage) -> None:
        """Mirrors a message of theirs; ignores all but the threads of our letters.

        Raises `Conflict` after some attempts.
        """
        place = await self.letter_at(message.channel, message.thread)
        if place is None or message.ts == message.thread:
            return
        message = _encodable(message)
        for attempt in range(ATTEMPTS):
            try:
                await self._save(message, place)
            except Duplicate:
                return
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    async def _save(self, message: ChannelMessage, place: Place) -> None:
        ticket = await self.queries.find(place.ticket_id)
        if ticket is None or ticket.is_erased:
            return
        at = as_utc(self.clock())
        known = await self._known(message.channel, message.ts)
        if known is None:
            entry = self._entry(message, place, ticket, at)
            await self.inbound.place(ticket, entry, ConversationChanges(new=(entry,)), "", at)
        elif message.is_edited and known.words != message.words[:WORDS]:
            await self._edited(known, ticket, message.words, at)

    async def _edited(self, known: Entry, ticket: Ticket, words: str, at: datetime) -> None:
        """Shows the new words. The first edit after the ticket was closed counts like a message to a closed ticket."""
        rcr = rcr_numbers(words, self.config.retarus.rcr_pattern)
        new = {"words": words[:WORDS], "rcr": rcr, "is_edited": True}
        if ticket.stage.is_open or known.was_closed or known.was_closed_when_edited:
            await self._changed(known, ticket, **new)
            return
        new |= {"was_closed_when_edited": True, "version": known.version + 1}
        changed = known.model_copy(update=new)
        await self.inbound.place(ticket, changed, ConversationChanges(changed=(changed,)), "", at)

    async def take_back(self, channel: str, ts: str) -> None:
        """Reports that they deleted a message; the words stay for the owner."""
        known = await self._known(channel, ts)
        if known:
            await self._take_back(known.id)

    async def _take_back(self, key: str) -> None:
        for attempt in range(ATTEMPTS):
            known = await self.store.entry(key)
            ticket = await self.queries.find(known.ticket_id) if known else None
            if known is None or ticket is None or known.is_deleted:
                return
            try:
                await self._changed(known, ticket, is_deleted=True)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                return

    async def mirrored(self, place: Place) -> list[str]:
        """Keys of the messages of a thread that are mirrored, and not taken back."""
        thread = f"thread_ts={place.ts}&"
        entries = await self.store.entries_of(place.ticket_id)
        return [
            each.id
            for each in entries
            if each.source is EntrySource.CHANNEL and thread in each.link and not each.is_deleted
        ]

    async def take_back_missing(self, place: Place, mirrored: Collection[str], there: Collection[str]) -> None:
        """Takes back the messages of a thread that are not there any more.

        `mirrored`: those before it was read. `there`: the timestamps that were read.
        """
        keys = {_key(channel, ts) for channel in await ids_of(self.store, place.channel) for ts in there}
        for key in mirrored:
            if key not in keys:
                await self._take_back(key)

    async def _known(self, channel: str, ts: str) -> Entry | None:
        """The mirrored message, also under a former id of the channel."""
        ids = await ids_of(self.store, channel)
        found = [await self.store.entry(_key(each, ts)) for each in ids]
        return next(filter(None, found), None)

    async def _changed(self, entry: Entry, ticket: Ticket, **changes: object) -> None:
        changed = entry.model_copy(update={**changes, "version": entry.version + 1})
        notice = conversation_notices.shown(ticket, changed, self.changes.routes, as_utc(self.clock()))
        await self.changes.store.apply(Batch(conversation=ConversationChanges(changed=(changed,)), notices=[notice]))
        self.changes.wake()

    def _entry(self, message: ChannelMessage, place: Place, ticket: Ticket, at: datetime) -> Entry:
        given = [
            MailFile(number=n, name=each.name, type=each.type, size=each.size) for n, each in enumerate(message.files)
        ]
        files = sort_files(given)
        return Entry(
            id=_key(message.channel, message.ts),
            source=EntrySource.CHANNEL,
            kind="message",
            state=EntryState.SHOWN,
            ticket_id=ticket.id,
            at=at,
            written_at=datetime.fromtimestamp(float(message.ts), UTC),
            author=message.name,
            address=message.author,
            words=message.words[:WORDS],
            rcr=rcr_numbers(message.words, self.config.retarus.rcr_pattern),
            files=tuple(message.files[each.number] for each in files.accepted),
            left_out=tuple(f"{each.file.name}: {each.in_words()}" for each in files.left_out),
            link=_link(place, message),
            is_edited=message.is_edited,
            was_closed=not ticket.stage.is_open,
        )

    async def threads_to_read(self) -> list[Place]:
        """Letters of tickets that went to Retarus, to be read again after a gap.

        Those that are with Retarus are first, and then other open ones; last those that were closed a short time ago.
        """
        waiting = await self.changes.store.find(Query(stages=(Stage.RETARUS,), limit=OPEN))
        back = [each for each in await self.changes.store.find(Query(open=True, limit=OPEN)) if each.sent_at]
        closed = await self.changes.store.find(Query(open=False, erased=False, limit=OPEN))
        after = as_utc(self.clock()) - CLOSED_FOR
        lately = [each for each in closed if each.sent_at and each.since >= after][:CLOSED]
        tickets = {each.id: each for each in (*waiting, *back, *lately)}
        found = [await self.changes.store.place(ticket, LETTER) for ticket in list(tickets)[:OPEN]]
        return [place for place in found if place]


def _encodable(message: ChannelMessage) -> ChannelMessage:
    """The message without what cannot be kept: half characters, as a text that was cut may have."""
    files = [each.model_copy(update={"name": without_surrogates(each.name)}) for each in message.files]
    return replace(message, name=without_surrogates(message.name), words=without_surrogates(message.words), files=files)


def _key(channel: str, ts: str) -> str:
    return entry_id(f"slack:{channel}:{ts}")


def _link(place: Place, message: ChannelMessage) -> str:
    """The permalink of a reply, made from the letter's."""
    head, found, _ = place.link.rpartition("/p")
    if not found:
        return ""
    return f"{head}/p{message.ts.replace('.', '')}?thread_ts={message.thread}&cid={message.channel}"
