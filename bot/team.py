"""The part of the App Home for leads: what is past the SLA, each person's load, what waits, what is with Retarus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clocks import urgency
from bot.clocks.timers import Timer
from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.i18n import mark
from bot.home import COMPARED, PAGE, Screen
from bot.model.ticket import Level, Stage, Ticket
from bot.model.transitions import UNTAKEN
from bot.tickets import permissions
from bot.tickets.permissions import Actor
from bot.tickets.ports import Directory, Query, TicketStore
from bot.tickets.queries import Queries

SHOWN = 4
"""Tickets of each list on the first page; a list of its own has all, by pages."""
PEOPLE = 12
"""People on the first page; in the list of their own, by pages as well."""
OWN = "of "
"""Prefix of the list of one person's tickets."""
_FAR_AHEAD = timedelta(days=3650)


class TeamList(StrEnum):
    """A list of its own, with its heading."""

    BREACHED = "breached"
    PEOPLE = "people"
    WAITING = "waiting"
    RETARUS = "retarus"


HEADINGS = {
    TeamList.BREACHED: mark("Past the SLA: {count}"),
    TeamList.PEOPLE: mark("Per person"),
    TeamList.WAITING: mark("Not taken or accepted yet: {count}"),
    TeamList.RETARUS: mark("Longest with Retarus: {count}"),
}


@dataclass(frozen=True)
class Load:
    """A person's open tickets."""

    user: str
    open: int
    overdue: int
    """Those of them that are overdue, among the tickets that are compared."""


@dataclass(frozen=True)
class TeamPage:
    """A list, or the beginning of it."""

    tickets: Sequence[Ticket] = ()
    total: int = 0
    listed: int = 0
    """Number of tickets that its pages show; of very many, not all are compared."""


@dataclass(frozen=True)
class TeamOverview:
    """Everything on the leads' part, or one of its lists."""

    screen: Screen
    lists: Mapping[str, TeamPage]
    """The tickets of each list that is shown, by its name."""
    people: Sequence[Load]
    people_total: int
    links: Mapping[str, str]
    who: Callable[[str], str]
    at: datetime | None = None
    """The moment of the lists: what is overdue then is shown as such."""


@dataclass(frozen=True)
class TeamHome:
    """Looks the leads' part up. The number of look-ups does not depend on how many tickets there are."""

    queries: Queries
    directory: Directory
    store: TicketStore
    config: Config
    clock: Clock

    async def leads(self, user: str) -> bool:
        """True if this person is a lead of either level: their Home begins with this part."""
        return bool((await self.queries.actor(user)).leads)

    async def overview(self, user: str, screen: Screen, at: datetime | None = None) -> TeamOverview:
        """The first page, or the list that the screen names, for leads and admins."""
        actor = await self._lead(user)
        now, levels = as_utc(at or self.clock()), levels_of(actor)
        soon = await self._due_soonest(levels)
        everybody = await self._loads(levels, soon, now) if screen.listed in {"", TeamList.PEOPLE} else []
        size = PAGE if screen.listed else SHOWN
        lists = {name: _page(*await self._tickets(name, levels, soon, now), screen, size) for name in _shown(screen)}
        size = PEOPLE * 2 if screen.listed else PEOPLE
        first = screen.first if screen.listed == TeamList.PEOPLE and screen.first < len(everybody) else 0
        people = everybody[first : first + size]
        tickets = [ticket for page in lists.values() for ticket in page.tickets]
        named = {*(each.owner for each in tickets), *(each.user for each in people), screen.listed.removeprefix(OWN)}
        return TeamOverview(
            screen=replace(screen, first=first if screen.listed == TeamList.PEOPLE else _first(lists, screen)),
            lists=lists,
            people=people,
            people_total=len(everybody),
            links=await self.store.card_links([each.id for each in tickets]) if tickets else {},
            who=await self.queries.names(named - {str(each) for each in TeamList}),
            at=now,
        )

    async def listed(self, user: str, screen: Screen) -> list[Ticket]:
        """The tickets of one list, in its order: for the form that changes several."""
        levels, now = levels_of(await self._lead(user)), as_utc(self.clock())
        tickets, _ = await self._tickets(screen.listed, levels, await self._due_soonest(levels), now)
        return tickets

    async def _lead(self, user: str) -> Actor:
        actor = await self.queries.actor(user)
        permissions.require_lead(actor)
        return actor

    async def _due_soonest(self, levels: Iterable[Level]) -> list[Ticket]:
        """Open tickets of these levels that are due soonest: among them is what is overdue."""
        far = as_utc(self.clock()) + _FAR_AHEAD
        return await self.store.find(Query(open=True, stages=_stages(levels), due_before=far, limit=COMPARED))

    async def _tickets(
        self, name: str, levels: Sequence[Level], soon: Sequence[Ticket], now: datetime
    ) -> tuple[list[Ticket], int]:
        """The tickets of a list in its order, and how many there are."""
        if name == TeamList.BREACHED:
            late = [each for each in soon if _is_breached(each, self.config, now)]
            return sorted(late, key=lambda each: urgency.order(each, self.config, now)), len(late)
        if name == TeamList.WAITING:
            return await self._oldest([stage for stage in UNTAKEN if stage.worked_at in levels])
        if name == TeamList.RETARUS:
            return await self._oldest([Stage.RETARUS] if Level.SECOND in levels else [])
        taken = tuple(stage for stage in _stages(levels) if stage not in UNTAKEN)
        owned = Query(open=True, owner=name.removeprefix(OWN), stages=taken)
        total = await self.store.count(owned)
        found = await self.queries.most_urgent(owned, total, COMPARED)
        return sorted(found, key=lambda each: urgency.order(each, self.config, now)), total

    async def _oldest(self, stages: Sequence[Stage]) -> tuple[list[Ticket], int]:
        """Tickets at these stages, those that have been there longest first."""
        standing = await self.store.standing()
        queries = [Query(stages=(stage,), is_oldest_first=True, limit=COMPARED) for stage in stages]
        found = [ticket for query in queries for ticket in await self.store.find(query)]
        total = sum(number for (stage, _), number in standing.items() if stage in stages)
        return sorted(found, key=lambda each: (each.since, each.number)), total

    async def _loads(self, levels: Sequence[Level], soon: Iterable[Ticket], now: datetime) -> list[Load]:
        """The people of these levels with the tickets they have taken, those with the most first."""
        named = [user for level in levels for user in await self.directory.team(level)]
        owned, stages = Counter[str](dict.fromkeys(named, 0)), set(_stages(levels)) - UNTAKEN
        for (owner, stage), number in (await self.store.loads()).items():
            if stage in stages:
                owned[owner] += number
        late = Counter(each.owner for each in soon if each.stage in stages and urgency.overdue(each, self.config, now))
        order = sorted(owned.items(), key=lambda each: (-each[1], -late[each[0]], each[0]))
        return [Load(user, number, late[user]) for user, number in order]


def levels_of(actor: Actor) -> tuple[Level, ...]:
    """Levels that a lead looks after; an admin who is no lead sees both."""
    return tuple(level for level in (Level.FIRST, Level.SECOND) if level in actor.leads or not actor.leads)


def _stages(levels: Iterable[Level]) -> tuple[Stage, ...]:
    wanted = set(levels)
    return tuple(stage for stage in Stage if stage.is_open and stage.worked_at in wanted)


def _shown(screen: Screen) -> tuple[str, ...]:
    """Names of the lists of tickets that are shown."""
    if screen.listed == TeamList.PEOPLE:
        return ()
    return (screen.listed,) if screen.listed else (TeamList.BREACHED, TeamList.WAITING, TeamList.RETARUS)


def _is_breached(ticket: Ticket, config: Config, now: datetime) -> bool:
    late = urgency.overdue(ticket, config, now)
    return late is not None and late.timer is Timer.PLAN


def _page(tickets: Sequence[Ticket], total: int, screen: Screen, size: int) -> TeamPage:
    first = screen.first if screen.listed and screen.first < len(tickets) else 0
    return TeamPage(tickets[first : first + size], total, len(tickets))


def _first(lists: Mapping[str, TeamPage], screen: Screen) -> int:
    return screen.first if all(screen.first < max(1, page.listed) for page in lists.values()) else 0
