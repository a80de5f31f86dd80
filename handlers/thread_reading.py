"""Reads the newest replies of a thread, of which Slack gives the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.acknowledgements import is_acknowledgement
from handlers.message_text import words_of
from handlers.thread_memory import Place, Reply, is_of_person, reply_of
from handlers.thread_pages import Page, ThreadPages, cursor_of

_PAGES = 6
"""Pages of one reading."""
_BACK = (0.5, 3.0)
"""Pages before the end at which a long thread is read; the second where people wrote too little in the first."""


class TooLong(Exception):
    """The end of the thread was not reached in so many pages."""


@dataclass
class ThreadReading:
    """One reading of a thread. Where Slack limits the history it takes minutes: it belongs in the background."""

    client: AsyncWebClient
    place: Place
    since: str = ""
    """Timestamp after which replies are read; empty: the thread is read from its begin, unless it is too long."""

    def __post_init__(self) -> None:
        self._pages = ThreadPages(self.client, *self.place)

    async def newest(self, wanted: int) -> list[Reply]:
        """The last replies of people, oldest first: so many if there are. Sets `since` to where they begin.

        Acknowledgements are left out. A thread of several pages is read near its end. Raises `TooLong` and what the
        Web API raises.
        """
        page = await self._page()
        begin = page["messages"]
        if not cursor_of(page) or self.since:
            return await self._to_the_end(page)
        found = list[Reply]()
        for pages in _BACK:
            self.since = _near_the_end(begin, pages)
            found = await self._to_the_end(await self._page())
            if len(found) >= wanted or not self.since:
                break
        return found

    async def _to_the_end(self, page: Page) -> list[Reply]:
        messages = list(page["messages"])
        for _ in range(_PAGES):
            cursor = cursor_of(page)
            if not cursor:
                people = ((each, words_of(each)) for each in messages if is_of_person(each))
                return [reply_of(each, words) for each, words in people if not is_acknowledgement(words)]
            page = await self._page(cursor)
            messages += page["messages"]
        raise TooLong

    async def _page(self, cursor: str = "") -> Page:
        return await self._pages.page(self.since, cursor)


def _near_the_end(begin: Sequence[Page], pages: float) -> str:
    """A moment after which about so many pages of replies follow, as they are spread on average; empty: the begin."""
    root = begin[0]
    count, last = int(root.get("reply_count") or 0), float(root.get("latest_reply") or 0)
    share = (len(begin) - 1) * pages / count if count else 1.0
    return f"{last - (last - float(root['ts'])) * share:.6f}" if share < 1 else ""
