"""Messages that people write in the thread of a ticket's card, read from Slack."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.model.ticket import Ticket
from handlers.dispatch import Dispatcher
from handlers.mention_names import TIMEOUT, MentionNames
from handlers.message_text import words_of
from handlers.slack_text import as_typed

log = logging.getLogger(__name__)

_PAGE = 900
_OFFERED = 5


@dataclass(frozen=True)
class ThreadMessage:
    """A message of a person in a thread."""

    ticket_id: str
    ts: str
    author: str
    """The author's name."""
    at: datetime
    text: str


class ThreadReader:
    """Reads messages of people in tickets' threads; lines of the desk and of other bots are left out."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher) -> None:
        self._desk = desk
        self._client = dispatcher.client
        self._names = MentionNames(dispatcher.client, desk)

    async def one(self, channel: str, ts: str) -> ThreadMessage | None:
        """The message at this place; None where it is no reply of a person below a ticket's card."""
        found = (await self._client.conversations_replies(channel=channel, ts=ts, limit=1))["messages"]
        message = next((each for each in found if each.get("ts") == ts), None)
        if message is None or not is_of_person(message):
            return None
        ticket_id = await self._desk.conversation.ticket_at(channel, str(message.get("thread_ts") or ""))
        return await self._read(ticket_id, message) if ticket_id else None

    async def newest(self, ticket: Ticket) -> list[ThreadMessage]:
        """The newest messages in the ticket's thread, newest first; none when Slack does not answer in time."""
        place = await self._desk.queries.card_place(ticket)
        if place is None:
            return []
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._client.conversations_replies(channel=place.channel, ts=place.ts, limit=_PAGE)
                found = [each for each in answer["messages"] if is_of_person(each) and words_of(each)]
                return [await self._read(ticket.id, each) for each in found[::-1][:_OFFERED]]
        except (SlackApiError, ClientError, TimeoutError) as error:
            log.warning("the thread of a ticket could not be read: %s", type(error).__name__)
            return []

    async def _read(self, ticket_id: str, message: Mapping[str, Any]) -> ThreadMessage:
        author, marked = str(message["user"]), words_of(message)
        name = await self._desk.queries.names([author])
        text = as_typed(marked, await self._names.of(marked)).strip()
        return ThreadMessage(ticket_id, str(message["ts"]), name(author), moment_of(message), text)


def is_of_person(message: Mapping[str, Any]) -> bool:
    """True for a reply that a person wrote; an edited one counts, and so does one with files."""
    is_reply = message.get("thread_ts") not in {None, message.get("ts")}
    plain = message.get("subtype") in {None, "file_share", "thread_broadcast"}
    return is_reply and plain and bool(message.get("user")) and not message.get("bot_id")


def moment_of(message: Mapping[str, Any]) -> datetime:
    """The time at which a message was posted."""
    return datetime.fromtimestamp(float(message["ts"]), UTC)
