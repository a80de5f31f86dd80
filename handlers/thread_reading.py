"""Reads the newest replies of a thread, of which Slack gives the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.acknowledgements import is_acknowledgement
from handlers.message_text import words_of
from handlers.thread_memory import Place, Reply, is_of_person, reply_of
from handlers.thread_pages import Page, ThreadPages, cursor_of

FAILURES = (SlackApiError, ClientError, TimeoutError)
"""Errors of a reading that Slack refuses."""
_PAGES = 16
"""Pages of one reading."""
_FIRST_PART = 0.5
"""Pages before the end at which a long thread is read first, as its replies are spread on average."""
_FURTHER = 4
"""Factor on the time that the next part before it covers."""


class TooLong(Exception):
    """The end of the thread was not reached in so many pages."""


@dataclass(frozen=True)
class _Part:
    """A page that was read: everything after `since`, up to its last message."""

    since: str
    messages: Sequence[Mapping[str, Any]]

    @property
    def until(self) -> str:
        return max(self.since, str(self.messages[-1]["ts"]))

    @property
    def replies(self) -> dict[str, Reply]:
        """Replies of people by their timestamp, without acknowledgements."""
        people = ((each, words_of(each)) for each in self.messages if is_of_person(each))
        replies = (reply_of(each, words) for each, words in people if not is_acknowledgement(words))
        return {each.ts: each for each in replies}


@dataclass
class ThreadReading:
    """One reading of a thread. Where Slack limits the history it takes minutes: it belongs in the background."""

    client: AsyncWebClient
    place: Place
    since: str = ""
    """Timestamp after which replies are read; empty: the thread is read from its begin, unless it is too long."""
    _passed: list[_Part] = field(default_factory=list)
    """Pages that were read on the way to the end, with gaps between them."""

    def __post_init__(self) -> None:
        self._pages = ThreadPages(self.client, *self.place)
        self._left = _PAGES

    async def newest(self, wanted: int) -> list[Reply]:
        """The last replies of people, oldest first: so many if there are. Sets `since` to where they begin.

        Acknowledgements are left out. A thread of several pages is read from its end backwards, part by part. Raises
        `TooLong` and what the Web API raises, unless some of the last replies were read before that.
        """
        page = await self._page(self.since)
        first = _Part(self.since, page["messages"])
        if not cursor_of(page):
            return list(first.replies.values())
        self._passed = [first]
        found, until, seconds = dict[str, Reply](), "", _seconds_of(_FIRST_PART, first.messages)
        end = str(first.messages[0].get("latest_reply") or first.until)
        while len(found) < wanted and self._passed:
            try:
                part = await self._last_between(_earlier(until or end, seconds), until, end)
            except (*FAILURES, TooLong):
                if not found:
                    raise
                break
            until, seconds = part.since, seconds * _FURTHER
            found |= part.replies
            while self._passed and until == self._passed[-1].until:  # there is no gap before it any more
                before = self._passed.pop()
                until = before.since
                found |= before.replies
            self.since = until
        return [found[ts] for ts in sorted(found)]

    async def _last_between(self, since: str, until: str, end: str) -> _Part:
        """The last messages up to `until` that fit on one page: those after `since`, or after a later moment."""
        since = max(since, self._passed[-1].until)
        while True:
            page = await self._page(since, until)
            part = _Part(since, page["messages"])
            if not cursor_of(page):
                return part
            self._passed.append(part)
            since = max(part.until, _halfway(part.until, until or end))

    async def _page(self, since: str, until: str = "") -> Page:
        if not self._left:
            raise TooLong
        self._left -= 1
        return await self._pages.page(since, latest=until)


def _seconds_of(pages: float, begin: Sequence[Mapping[str, Any]]) -> float:
    """Seconds in which so many pages of replies are written, on average. `begin`: the first page, with the root."""
    root = begin[0]
    last = float(root.get("latest_reply") or begin[-1]["ts"])
    return (last - float(root["ts"])) * pages * len(begin) / int(root.get("reply_count") or len(begin))


def _earlier(ts: str, seconds: float) -> str:
    return f"{float(ts) - seconds:.6f}"


def _halfway(ts: str, until: str) -> str:
    return f"{(float(ts) + float(until)) / 2:.6f}"
