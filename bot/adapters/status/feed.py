"""Reads a status page's feed: RSS or Atom, by feedparser."""

from __future__ import annotations

import asyncio
import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import aiohttp
import feedparser

from bot.adapters.status.fetching import PATIENCE, fetch
from bot.core.cleaning import excerpt
from bot.core.clock import Clock, now
from bot.core.i18n import mark
from bot.escalation.status_page import ServiceNotice, StatusPageReading, UnreadablePage

RECENT = timedelta(days=7)
"""Older entries are history even if they were never called resolved."""
_MOST = 5
_STATES = re.compile(
    r"\b(?:(resolved|completed|behoben|abgeschlossen|beendet)|investigating|identified|monitoring|update|in progress|"
    r"scheduled|verifying|untersuch\w*|beobacht\w*|geplant|aktualisier\w*)\b",
    re.IGNORECASE,
)
"""Words of such pages for the states of an incident, the newest first; the group matches when it is over."""


class Feed:
    """`bot.escalation.status_page.StatusPage`: each recent entry that is not called resolved is trouble."""

    def __init__(
        self, address: str, session: aiohttp.ClientSession, patience: float = PATIENCE, clock: Clock = now
    ) -> None:
        self._url = address
        self._session = session
        self._patience = patience
        self._clock = clock

    async def look(self) -> StatusPageReading | UnreadablePage:
        body = await fetch(self._session, self._url, self._patience)
        if isinstance(body, UnreadablePage):
            return body
        feed = await asyncio.to_thread(feedparser.parse, BytesIO(body), sanitize_html=False)
        if not feed.get("version") or (feed.bozo and not feed.entries):
            return UnreadablePage(mark("Its answer is neither RSS nor Atom."))
        notices = tuple(_open(feed.entries, self._clock()))
        return StatusPageReading(tuple(each.says for each in notices)[:_MOST], notices)


def _open(entries: Iterable[Mapping[str, Any]], at: datetime) -> Iterable[ServiceNotice]:
    for entry in entries:
        told = _moment(entry)
        if not _is_over(f"{entry.get('title', '')} {entry.get('summary', '')}") and (
            told is None or at - told <= RECENT
        ):
            says = excerpt(str(entry.get("title", "")), 200) or "an entry without a title"
            about = f"{says} {entry.get('summary', '')}"
            yield ServiceNotice(str(entry.get("id") or entry.get("link") or says), says, excerpt(about, 5000))


def _is_over(text: str) -> bool:
    state = _STATES.search(text)
    return bool(state and state[1])


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """Time of the last update; feedparser gives UTC."""
    parts = entry.get("updated_parsed" if "updated_parsed" in entry else "published_parsed")
    return datetime.fromtimestamp(calendar.timegm(parts), UTC) if parts else None
