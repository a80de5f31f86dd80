"""Reads a status page's feed: RSS or Atom. It is parsed in a child process, which is killed when it takes too long."""

from __future__ import annotations

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from pydantic import ValidationError

from bot.adapters.status.feed_entries import FeedEntries, FeedEntry
from bot.adapters.status.fetching import TIMEOUT, fetch
from bot.core.cleaning import excerpt
from bot.core.clock import Clock, now
from bot.core.i18n import mark
from bot.escalation.status_page import ServiceNotice, StatusPageReading, UnreadablePage

RECENT = timedelta(days=7)
"""Older entries are history even if they were never called resolved."""
TIME_LIMIT = 15.0
"""Seconds for the child process, however busy the machine is."""
_LIMIT = 5
_ROOT = Path(__file__).parents[3]
_COMMAND = (sys.executable, "-m", "bot.adapters.status.feed_entries")
_STATES = re.compile(
    r"\b(?:(resolved|completed|behoben|abgeschlossen|beendet)|investigating|identified|monitoring|update|in progress|"
    r"scheduled|verifying|untersuch\w*|beobacht\w*|geplant|aktualisier\w*)\b",
    re.IGNORECASE,
)
"""Words of such pages for the states of an incident, the newest first; the group matches when it is over."""


class Feed:
    """`bot.escalation.status_page.StatusPage`: each recent entry that is not called resolved is trouble."""

    def __init__(
        self,
        address: str,
        session: aiohttp.ClientSession,
        timeout: float = TIMEOUT,
        clock: Clock = now,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self._url = address
        self._session = session
        self._timeout = timeout
        self._clock = clock
        self._time_limit = time_limit

    async def look(self) -> StatusPageReading | UnreadablePage:
        body = await fetch(self._session, self._url, self._timeout)
        if isinstance(body, UnreadablePage):
            return body
        feed = await parsed(body, self._time_limit)
        if feed is None:
            return UnreadablePage(mark("Its feed could not be read in time."))
        if not feed.is_feed:
            return UnreadablePage(mark("Its answer is neither RSS nor Atom."))
        notices = tuple(_open(feed.entries, self._clock()))
        return StatusPageReading(tuple(each.says for each in notices)[:_LIMIT], notices)


async def parsed(body: bytes, time_limit: float = TIME_LIMIT) -> FeedEntries | None:
    """The entries of a feed, by a child process; nothing when that failed or took too long."""
    try:
        child = await asyncio.create_subprocess_exec(*_COMMAND, cwd=_ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    except OSError:
        return None
    try:
        async with asyncio.timeout(time_limit):
            answer, _ = await child.communicate(body)
        return FeedEntries.model_validate_json(answer)
    except (TimeoutError, ValidationError):
        return None
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def _open(entries: Iterable[FeedEntry], at: datetime) -> Iterable[ServiceNotice]:
    for entry in entries:
        is_recent = entry.at is None or at - entry.at <= RECENT
        if is_recent and not _is_over(f"{entry.title} {entry.summary}"):
            says = excerpt(entry.title, 200) or "an entry without a title"
            about = f"{says} {entry.summary}"
            yield ServiceNotice(entry.id or says, says, excerpt(about, 5000))


def _is_over(text: str) -> bool:
    state = _STATES.search(text)
    return bool(state and state[1])
