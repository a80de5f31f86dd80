"""People on duty at each level, from iCal calendars that are read in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence

from bot.adapters.on_duty.calendar_feed import CalendarFeed
from bot.adapters.on_duty.saved_calendars import SavedCalendars
from bot.adapters.on_duty.shift_people import match
from bot.config.calendar_url import calendar_url, is_calendar_url
from bot.config.environment import Environment
from bot.config.settings import Config
from bot.core.clock import Clock, now
from bot.core.errors import described
from bot.model.contact import Person
from bot.model.ticket import Level
from bot.tickets.ports import Directory, Drafts, OnDuty

log = logging.getLogger(__name__)

POLL = 300.0
"""Seconds between two readings of a calendar."""
_LEVELS = {Level.FIRST: "first", Level.SECOND: "second"}
"""Name of their tables under [levels]."""


class CalendarOnDuty:
    """`bot.tickets.ports.OnDuty` by calendars. Falls back to `otherwise` where they name no known person."""

    def __init__(
        self,
        feeds: Mapping[Level, CalendarFeed],
        directory: Directory,
        otherwise: OnDuty,
        saved: SavedCalendars | None = None,
    ) -> None:
        self.feeds = feeds
        self._saved = saved
        self._directory = directory
        self._otherwise = otherwise
        self._people: dict[Level, Sequence[Person]] = {}

    @property
    def calendars(self) -> tuple[CalendarFeed, ...]:
        """Each calendar once: two levels may share one."""
        return tuple(dict.fromkeys(self.feeds.values()))

    async def now(self, level: Level) -> tuple[str, ...]:
        """Answers from memory, without waiting for a calendar."""
        return self.by_calendar(level) or await self._otherwise.now(level)

    def by_calendar(self, level: Level) -> tuple[str, ...]:
        """People of this level in the shifts of this moment."""
        feed = self.feeds.get(level)
        return match(feed.now(), self._people.get(level, ())).users if feed else ()

    def unknown(self, feed: CalendarFeed) -> tuple[str, ...]:
        """Addresses and summaries of the coming shifts that match no person at the levels of this calendar."""
        levels = [level for level, each in self.feeds.items() if each is feed]
        people = {each.id: each for level in levels for each in self._people.get(level, ())}
        return match(feed.shifts, list(people.values())).unknown

    def people(self, level: Level) -> Mapping[str, str]:
        """User id → name of the people of this level."""
        return {each.id: each.name for each in self._people.get(level, ())}

    async def run(self, seconds: float = POLL) -> None:
        """Reads the calendars and the people of the levels until cancelled; begins with the saved calendars."""
        await self.restore()
        while self.feeds:
            await self.read()
            await asyncio.sleep(seconds)

    async def restore(self) -> None:
        """Takes the shifts from the saved calendars, before any server is asked; deletes what is not used any more."""
        if self._saved:
            await self._saved.keep_only(each.url for each in self.calendars)
        if self.feeds:
            await self._read_people()
        for feed in self.calendars:
            await feed.restore()

    async def read(self) -> None:
        """Reads everything once; people who cannot be read stay as they were."""
        await self._read_people()
        for feed in self.calendars:
            await feed.read()

    async def _read_people(self) -> None:
        for level in self.feeds:
            try:
                users = await self._directory.team(level)
                self._people[level] = [await self._directory.person(user) for user in users]
            except Exception as error:  # noqa: BLE001 (Slack out of reach must not end the reading for good)
                log.warning("The people of the %s for the calendar cannot be read: %s", level, described(error))


def open_roster(
    env: Environment, config: Config, directory: Directory, otherwise: OnDuty, memory: Drafts, clock: Clock = now
) -> CalendarOnDuty:
    """The calendars of a running desk, whose last text is kept in `memory`."""
    saved = SavedCalendars(memory)
    return CalendarOnDuty(open_calendars(env, config, clock, saved), directory, otherwise, saved)


def open_calendars(
    env: Environment, config: Config, clock: Clock = now, saved: SavedCalendars | None = None
) -> dict[Level, CalendarFeed]:
    """Calendar of each level that has one: `on_duty` in desk.toml, or else ON_DUTY_URL."""
    feeds: dict[str, CalendarFeed] = {}
    found = {}
    for level in _LEVELS:
        own = config.team(level).on_duty
        url = calendar_url(own) if is_calendar_url(own) else env.on_duty_url
        if url:
            found[level] = feeds.setdefault(url, CalendarFeed(url, config.desk.timezone, clock, saved=saved))
    return found


async def findings(duty: CalendarOnDuty) -> AsyncIterator[tuple[str, str]]:
    """Per calendar: who is on duty now, and what is wrong."""
    await duty.read()
    for feed in duty.calendars:
        levels = [level for level, each in duty.feeds.items() if each is feed]
        parts = [f"[levels.{_LEVELS[level]}] {_names(duty, level)}" for level in levels]
        unknown = duty.unknown(feed)
        wrong = f"matches nobody of these levels: {', '.join(unknown[:20])}" if unknown else ""
        yield f"on duty now by the calendar at {feed.host}: {'; '.join(parts)}", feed.fault or wrong


def _names(duty: CalendarOnDuty, level: Level) -> str:
    names = duty.people(level)
    if not names:
        return "names nobody who could be matched: set `group` or `members`"
    return ", ".join(names[user] for user in duty.by_calendar(level)) or "nobody"
