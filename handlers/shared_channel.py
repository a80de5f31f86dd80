"""The channel that is shared with Retarus: their messages are mirrored, and changes of the channel are followed."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.conversation.channel import ChannelMessage
from bot.core.errors import StoreDown
from bot.desk import Desk
from bot.model.conversation import EntryFile
from bot.model.notice import Place
from handlers.dispatch import Dispatcher, Show
from handlers.mention_names import MentionNames
from handlers.payload import SlackEvent
from handlers.shared_message import MessageChange, SharedMessage, in_history
from handlers.slack_text import as_typed
from handlers.thread_pages import ThreadPages

log = logging.getLogger(__name__)

_WAITS, _YIELDING = 100, 2.0
"""Rate limits that the reading of one thread waits for, twice as long as asked to: others read threads too."""
READ_AGAIN = 300.0
"""Seconds after which open threads are read again, for messages Slack did not tell of."""
_FAILURES = (SlackApiError, ClientError, TimeoutError)


class Mirror:
    """Turns messages of theirs into entries, with the names and files that Slack leaves out."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher) -> None:
        self._desk = desk
        self._client = dispatcher.client
        self._names = MentionNames(desk, dispatcher)

    async def receive(self, message: SharedMessage) -> None:
        if message.became is MessageChange.DELETED:
            await self._desk.channel.take_back(message.channel, message.ts)
        elif await self._desk.channel.letter_at(message.channel, message.thread):
            await self._desk.channel.receive(await self._as_channel_message(message))

    async def _as_channel_message(self, message: SharedMessage) -> ChannelMessage:
        names = await self._desk.queries.names([message.author])
        return ChannelMessage(
            message.channel,
            message.ts,
            message.thread,
            message.author,
            message.name or names(message.author),
            as_typed(message.text, await self._names.of(message.text)),
            [await self._file(each) for each in message.file_ids],
            is_edited=message.became is MessageChange.EDITED,
        )

    async def _file(self, file_id: str) -> EntryFile:
        """In a shared channel an event tells a file's id only."""
        try:
            found = (await self._client.files_info(file=file_id))["file"]
        except _FAILURES:
            return EntryFile(id=file_id, name=file_id)
        name = str(found.get("name") or found.get("title") or file_id)
        return EntryFile(id=file_id, name=name, type=str(found.get("mimetype") or ""), size=int(found.get("size") or 0))

    async def read_again(self, place: Place, own_team: str) -> None:
        """Reads a thread in which messages may have been posted while the desk was not listening."""
        mirrored, there = await self._desk.channel.mirrored(place), set[str]()
        pages = ThreadPages(self._client, place.channel, place.ts, waits=_WAITS, yielding=_YIELDING)
        async for page in pages.all():
            for each in page["messages"]:
                there.add(str(each.get("ts")))
                message = in_history(each, place.channel, own_team)
                if message:
                    await self.receive(message)
        await self._desk.channel.take_back_missing(place, mirrored, there)


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    mirror = Mirror(desk, dispatcher)
    attach = dispatcher.events["message"]

    async def posted(event: SlackEvent) -> Show | None:
        """Uses our files for the next letter, and mirrors messages of theirs."""
        if event.shared is None:
            return await attach(event)
        await mirror.receive(event.shared)
        return None

    async def severed(event: SlackEvent) -> None:
        if event.is_still_shared:
            await desk.channel_routes.left(event.channel)
        else:
            await desk.channel_routes.severed(event.channel)

    async def shared(event: SlackEvent) -> None:
        await desk.channel_routes.shared(event.channel)

    async def moved(event: SlackEvent) -> None:
        old, new = event.renamed
        await desk.channel_routes.moved(old, new)

    dispatcher.events["message"] = posted
    dispatcher.events["channel_unshared"] = severed
    dispatcher.events["channel_shared"] = shared
    dispatcher.events["channel_id_changed"] = moved


async def read_again(desk: Desk, dispatcher: Dispatcher, pause: float = READ_AGAIN) -> None:
    """Runs until cancelled: reads the threads of open escalations, at the start and then periodically."""
    mirror = Mirror(desk, dispatcher)
    while True:
        try:
            await _look(desk, dispatcher)
            own_team = str((await dispatcher.client.auth_test())["team_id"])
            for place in await desk.channel.threads_to_read():
                await _read_one(mirror, place, own_team)
        except (*_FAILURES, StoreDown) as error:
            log.warning("The threads of open escalations could not be read: %s", type(error).__name__)
        await asyncio.sleep(pause)


async def _look(desk: Desk, dispatcher: Dispatcher) -> None:
    """Asks Slack whether the channel is shared: that it was severed may have been missed."""
    channel = desk.routes.retarus or desk.routes.severed
    try:
        found = (await dispatcher.client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        log.warning("Slack does not tell whether the Retarus channel is shared: %s", type(error).__name__)
        return
    shared, frozen = found.get("is_ext_shared") is True, found.get("is_frozen") is True
    await desk.channel_routes.observed(channel, is_shared=shared and not frozen, is_frozen=frozen)


async def _read_one(mirror: Mirror, place: Place, own_team: str) -> None:
    """Reads one thread; a channel that is gone keeps no other thread from being read."""
    try:
        await mirror.read_again(place, own_team)
    except SlackApiError as error:
        log.warning("A thread of an open escalation could not be read: %s", type(error).__name__)
