"""Messages that people write in the thread of a ticket's card: read from Slack, then kept up to date by events."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api_errors import THREAD_GONE, name_of
from bot.core.i18n import t
from bot.core.ttl_cache import TtlCache
from bot.desk import Desk
from bot.model.contact import Person
from bot.model.ticket import Ticket
from handlers.dispatch import Dispatcher
from handlers.mention_names import MentionNames
from handlers.message_text import words_of
from handlers.slack_text import as_typed
from handlers.thread_memory import Place, Reply, is_of_person, reply_of
from handlers.thread_reading import FAILURES, ThreadReading, TooLong

log = logging.getLogger(__name__)

OFFERED = 5
_TTL = 60.0
"""Seconds until a thread is read again; events report the messages written meanwhile."""
_READ = 500
"""Threads of which is known when they were read."""
_PART = 0.125
"""Part of the time for a person's look-ups that a redraw waits for the names of authors."""


@dataclass(frozen=True)
class ThreadMessage:
    """A message of a person in a thread."""

    ticket_id: str
    ts: str
    author: str
    """The author's name; of a person outside the partner's organisation and of a guest with a word that says so."""
    at: datetime
    text: str


class ThreadReader:
    """Gives messages of people in tickets' threads; lines of the desk and of other bots are left out."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher) -> None:
        self._desk = desk
        self._client = dispatcher.client
        self._dispatcher = dispatcher
        self._memory = dispatcher.threads
        self._names = MentionNames(desk, dispatcher)
        self._read = TtlCache(self._read_now, _TTL, _READ)

    async def one(self, channel: str, ts: str) -> ThreadMessage | None:
        """The message at this place; None where it is no reply of a person below a ticket's card, or was deleted."""
        try:
            found = (await self._client.conversations_replies(channel=channel, ts=ts, limit=1))["messages"]
        except SlackApiError as error:
            if name_of(error) in THREAD_GONE:
                return None
            raise
        message = next((each for each in found if each.get("ts") == ts), None)
        if message is None or not is_of_person(message):
            return None
        ticket_id = await self._desk.conversation.ticket_at(channel, str(message.get("thread_ts") or ""))
        return await self._named(ticket_id, reply_of(message, words_of(message))) if ticket_id else None

    async def offered(self, ticket: Ticket, ts: str) -> ThreadMessage | None:
        """The message with this timestamp in the ticket's thread: as it is known, else read."""
        place = await self._place(ticket)
        known = self._memory.newest(place, _READ) if place else []
        reply = next((each for each in known if each.ts == ts), None)
        if reply:
            return await self._named(ticket.id, reply)
        found = await self.one(self._desk.routes.desk, ts)
        return found if found and found.ticket_id == ticket.id else None

    async def known(self, ticket: Ticket) -> list[ThreadMessage]:
        """The newest messages in the ticket's thread as far as they are known, newest first. Does not ask Slack."""
        place = await self._place(ticket)
        return [await self._named(ticket.id, each) for each in self._memory.newest(place, OFFERED)] if place else []

    async def known_soon(self, ticket: Ticket) -> list[ThreadMessage]:
        """The known messages, unless the names of people are slow to come."""
        try:
            async with asyncio.timeout(self._dispatcher.in_time * _PART):
                return await self.known(ticket)
        except FAILURES:
            return []

    async def newest(self, ticket: Ticket) -> list[ThreadMessage]:
        """The newest messages, newest first; those that are known while Slack does not give them."""
        place = await self._place(ticket)
        try:
            if place:
                await self._read.get(place)
        except (*FAILURES, TooLong) as error:
            log.warning("the thread of a ticket could not be read: %s", type(error).__name__)
        return await self.known(ticket)

    async def _read_now(self, place: Place) -> None:
        """Reads the thread from the oldest message that would be offered; all of it where too few are known."""
        known = self._memory.newest(place, OFFERED)
        reading = ThreadReading(self._client, place, known[-1].ts if len(known) == OFFERED else "")
        self._memory.learn(place, await reading.newest(OFFERED), reading.since)

    async def _place(self, ticket: Ticket) -> Place | None:
        place = await self._desk.queries.card_place(ticket)
        return (place.channel, place.ts) if place else None

    async def _named(self, ticket_id: str, reply: Reply) -> ThreadMessage:
        author = _author(await self._desk.directory.person(reply.user))
        text = as_typed(reply.words, await self._names.of(reply.words)).strip()
        return ThreadMessage(ticket_id, reply.ts, author, moment_of(reply.ts), text)


def _author(person: Person) -> str:
    """The name, marked for a reader who would take the words for the desk's own."""
    if person.is_external:
        return t("{name} (external)", name=person.name)
    return t("{name} (guest)", name=person.name) if person.is_guest else person.name


def moment_of(ts: str) -> datetime:
    """The time of a Slack timestamp."""
    return datetime.fromtimestamp(float(ts), UTC)
