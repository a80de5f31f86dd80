"""Idempotent posting: each part of a notice arrives once, although a failed call may have had its effect.

A message carries its notice's key, hashed, as metadata. After an unknown outcome the next attempt searches the channel
or thread for it. What arrived, and how far the search got, is kept between attempts: `bot.model.notice.Progress`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS, is_unknown, outcome_of
from bot.adapters.slack.pages import next_cursor
from bot.core.rate_limiter import TooSoon
from bot.model.notice import Claim, Outcome, Progress

EVENT_TYPE = "desk_notice"
"""Names the metadata of our own messages; the `key` in its payload says which notice a message is."""

_CLOCKS_APART = 900
"""Seconds by which this machine's clock may be ahead of Slack's without our own message being missed."""

_PAGES = 15
"""Pages that are searched in one attempt; the next one goes on where it stopped."""
_REMEMBERED = 5000
"""Cached messages of ours from pages that were read."""

FILES = "files"
"""The part of a notice that holds its files."""

Json = dict[str, Any]


class Written(Protocol):
    """A message to be posted."""

    @property
    def text(self) -> str: ...

    @property
    def blocks(self) -> Sequence[dict[str, object]]: ...


def key_in_metadata(key: str) -> str:
    """Hash of a notice's key: others read shared channels, and a key names people and tickets."""
    return sha256(key.encode()).hexdigest()[:32]


def keys_in_metadata(key: str) -> tuple[str, str]:
    """The key of a notice as its message may carry it: hashed, and plain as releases before 0.2.0 posted it."""
    return key_in_metadata(key), key


@dataclass
class Seen:
    """Our own messages on pages of history that were read: a search for one of them finds the others too."""

    _found: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)

    def learn(self, channel: str, messages: Sequence[Json]) -> None:
        for message in messages:
            key = message.get("metadata", {}).get("event_payload", {}).get("key")
            if key:
                self._found[channel, str(key)] = str(message["ts"])
        while len(self._found) > _REMEMBERED:
            self._found.popitem(last=False)

    def find(self, channel: str, keys: Sequence[str]) -> str:
        return next((self._found[channel, key] for key in keys if (channel, key) in self._found), "")


class DeliveryAttempt:
    """One attempt to deliver a notice to Slack. `progress` is what the next attempt needs to know."""

    def __init__(self, client: AsyncWebClient, claim: Claim, seen: Seen | None = None) -> None:
        self.client = client
        self.claim = claim
        self._seen = seen or Seen()
        self._unsure = claim.progress.unsure
        self._posted = dict(claim.progress.posted)
        self._searched, self._cursor = claim.progress.searched, claim.progress.cursor

    @property
    def progress(self) -> Progress:
        known = {"unsure": self._unsure, "posted": self._posted, "searched": self._searched, "cursor": self._cursor}
        return self.claim.progress.model_copy(update=known)

    async def outcome(self, delivered: Awaitable[Outcome], at: datetime) -> Outcome:
        """The outcome of the delivery, also where it ends in an error of Slack."""
        try:
            return await delivered
        except SLACK_ERRORS as error:
            return outcome_of(error, at, self.claim, self.progress)

    async def posted(
        self, channel: str, message: Written, *, thread: str = "", part: str = "", broadcast: bool = False
    ) -> str:
        """Posts this part, unless an earlier attempt did; returns the message's timestamp.

        `broadcast`: a reply in a thread that is shown in the channel too.
        """
        keys = self._keys(part)

        async def post() -> str:
            answer = await self.client.chat_postMessage(
                channel=channel,
                thread_ts=thread or None,
                text=message.text,
                blocks=list(message.blocks),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": keys[0]}},
                unfurl_links=False,
                unfurl_media=False,
                reply_broadcast=broadcast or None,
            )
            return str(answer["ts"])

        return await self._once(part, lambda: self.found(channel, thread, part), post)

    async def all_posted(
        self, channel: str, messages: Sequence[Written], *, thread: str = "", broadcast: bool = False
    ) -> str:
        """Posts several messages one after the other, each once; returns the last one's timestamp."""
        ts = ""
        for number, message in enumerate(messages, start=1):
            ts = await self.posted(
                channel, message, thread=thread, part=f"#{number}" if number > 1 else "", broadcast=broadcast
            )
        return ts

    async def files_once(self, channel: str, thread: str, after: str, upload: Callable[[], Awaitable[object]]) -> None:
        """Uploads files into a thread, unless an earlier attempt did. `after`: the message they follow."""

        async def put() -> str:
            await upload()
            return after

        await self._once(FILES, lambda: self._files_below(channel, thread, after), put)

    async def file_once(self, channel: str, name: str, upload: Callable[[], Awaitable[object]]) -> None:
        """Uploads one file into a channel itself, unless an earlier attempt did: it is known by its name."""

        async def put() -> str:
            await upload()
            return name

        await self._once(FILES, lambda: self._file_named(channel, name), put)

    async def known(self, channel: str) -> str:
        """The timestamp of the first part if an earlier attempt posted it; else empty."""
        return await self._known("", lambda: self.found(channel, ""))

    async def knows_files(self, channel: str, thread: str, after: str) -> bool:
        """True if an earlier attempt uploaded the files."""
        return bool(await self._known(FILES, lambda: self._files_below(channel, thread, after)))

    async def _known(self, part: str, look: Callable[[], Awaitable[str]]) -> str:
        if part not in self._posted and self._unsure:
            found = await look()
            if found:
                self._posted[part] = found
            else:
                self._unsure = False  # parts follow each other, so that none after this one has arrived either
        return self._posted.get(part, "")

    def has(self, part: str) -> bool:
        """True if an earlier attempt certainly got that far."""
        return part in self._posted

    def done(self, part: str, ts: str) -> None:
        """Records that this part is done with the message at `ts`: the next attempt leaves it out."""
        self._posted[part] = ts

    def restart(self) -> None:
        """Forgets the parts that arrived: the root message was deleted since."""
        self._posted.clear()
        self._searched = self._cursor = ""

    async def found(self, channel: str, thread: str, part: str = "") -> str:
        """The timestamp of our own message with this part; empty when it is not there."""
        keys = self._keys(part)
        known = self._seen.find(channel, keys)
        if known:
            return known

        def is_ours(message: Json) -> bool:
            return message.get("metadata", {}).get("event_payload", {}).get("key") in keys

        return await self._search(part, channel, thread, self._since(), is_ours)

    async def _file_named(self, channel: str, name: str) -> str:
        """The timestamp of the message of ours with this file."""
        me = str((await self.client.auth_test())["user_id"])

        def is_ours(message: Json) -> bool:
            return message.get("user") == me and name in [each.get("name") for each in message.get("files", ())]

        return await self._search(FILES, channel, "", self._since(), is_ours)

    async def _files_below(self, channel: str, thread: str, after: str) -> str:
        """The timestamp of the message with the notice's files: all are shared in one message of ours."""
        me = str((await self.client.auth_test())["user_id"])

        def is_ours(message: Json) -> bool:
            return bool(message.get("files")) and message.get("user") == me and float(message["ts"]) > float(after)

        return await self._search(FILES, channel, thread, after, is_ours)

    def _keys(self, part: str) -> tuple[str, str]:
        return keys_in_metadata(self.claim.notice.key + part)

    def _since(self) -> str:
        return f"{self.claim.notice.due.timestamp() - _CLOCKS_APART:.6f}"

    async def _once(self, part: str, look: Callable[[], Awaitable[str]], do: Callable[[], Awaitable[str]]) -> str:
        known = await self._known(part, look)
        if known:
            return known
        self._unsure = True
        try:
            ts = await do()
        except SLACK_ERRORS as error:
            self._unsure = is_unknown(error)
            raise
        self._unsure = False
        self._posted[part] = ts
        return ts

    async def _search(self, part: str, channel: str, thread: str, oldest: str, is_ours: Callable[[Json], bool]) -> str:
        """Page by page, from where an earlier attempt stopped. `TooSoon` when the next attempt is to go on."""
        if self._searched != part:
            self._searched, self._cursor = part, ""
        for _ in range(_PAGES):
            page = await self._page(channel, thread, oldest, self._cursor)
            messages: list[Json] = page["messages"]
            self._seen.learn(channel, messages)
            ours = next((message for message in messages if is_ours(message)), None)
            self._cursor = next_cursor(page)
            if ours or not self._cursor:
                self._searched = self._cursor = ""
                return str(ours["ts"]) if ours else ""
        raise TooSoon(1)

    async def _page(self, channel: str, thread: str, oldest: str, cursor: str) -> Any:
        """Up to 200 messages with their metadata, of a thread or of a channel; fewer where Slack limits the app."""
        at = cursor or None
        if thread:
            return await self.client.conversations_replies(
                channel=channel, ts=thread, oldest=oldest, limit=200, include_all_metadata=True, cursor=at
            )
        return await self.client.conversations_history(
            channel=channel, oldest=oldest, limit=200, include_all_metadata=True, cursor=at
        )
