"""Recipients of a ticket's reminders: those who can act are called, and its owner is notified."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.clocks import schedule
from bot.clocks.schedule import ReminderAudience
from bot.config.settings import Config
from bot.core.errors import described
from bot.model.ticket import Level, Stage, Ticket
from bot.tickets.permissions import Actor
from bot.tickets.queries import Queries
from bot.tickets.successors import Successors

log = logging.getLogger(__name__)

_UNCLAIMED = frozenset({Stage.NEW, Stage.HANDED_OFF})
"""Stages without an owner at the level: the whole team can act."""


@dataclass(frozen=True)
class Recipients:
    """The people of one reminder. All are Slack user ids, except a group in `mentioned`."""

    notified: tuple[str, ...] = ()
    """Recipients of a direct message, the owner first."""
    mentioned: tuple[str, ...] = ()
    """Mentions in the thread: users, or the level's user group."""
    unable: tuple[str, ...] = ()
    """Subset of `notified` that may not make the next move themselves."""
    owner_left: bool = False


@dataclass
class Finder:
    """Finds recipients. Each person is looked up once, however many tickets are due."""

    queries: Queries
    config: Config
    known: dict[str, Actor | None] = field(default_factory=dict)

    async def recipients(self, ticket: Ticket, audience: ReminderAudience) -> Recipients:
        """Handles an owner who has left like a missing one: the next person is notified, and the team is called.

        Where a team has nobody who could take it, the next person is called at once.
        """
        everybody = (*schedule.people(ticket, ReminderAudience.LEADS, self.config), *self.config.desk.admins)
        gone = frozenset([user for user in everybody if not await self._is_here(user)])
        duty = await self._on_duty(ticket)
        notified = tuple(dict.fromkeys((*duty, *schedule.people(ticket, audience, self.config, gone))))
        unable = await self._unable(notified, ticket)
        is_waiting_for_team = ticket.stage in _UNCLAIMED or ticket.owner in gone or ticket.owner in unable
        is_duty_enough = bool(duty) and audience is ReminderAudience.OWNER
        team = (duty if is_duty_enough else await self._team(ticket.level)) if is_waiting_for_team else ()
        if is_waiting_for_team and not team and set(notified) <= set(unable):
            team = await self._next_people(ticket, audience, gone)
            notified = tuple(dict.fromkeys((*notified, *team)))
            unable = await self._unable(notified, ticket)
        others = [user for user in notified if user != ticket.owner or not team]
        return Recipients(notified, tuple(dict.fromkeys([*team, *others])), unable, ticket.owner in gone)

    async def _next_people(self, ticket: Ticket, audience: ReminderAudience, gone: frozenset[str]) -> tuple[str, ...]:
        """The second person or the leads, and the admins too where none of those can act."""
        found = schedule.people(ticket, audience, self.config, gone | {ticket.owner})
        admins = [] if await self._unable(found, ticket) != found else await self._here(self.config.desk.admins)
        return tuple(dict.fromkeys((*found, *admins)))

    async def _unable(self, users: Iterable[str], ticket: Ticket) -> tuple[str, ...]:
        return tuple([user for user in users if not await self._can_act(user, ticket.stage.worked_at)])

    async def _on_duty(self, ticket: Ticket) -> list[str]:
        """People on duty who are here and can act: reminded first of what the whole team waits for."""
        if ticket.stage not in _UNCLAIMED:
            return []
        try:
            found = await self.queries.on_duty(ticket)
        except Exception as error:  # noqa: BLE001  a roster that is out of reach must not stop all reminders
            log.warning("the people on duty could not be looked up: %s", described(error))
            return []
        return [user for user in await self._here(found) if await self._can_act(user, ticket.stage.worked_at)]

    async def _team(self, level: Level) -> Sequence[str]:
        """The level's user group if people are known in it, or the level's present people."""
        team = self.config.team(level)
        if not team.group:
            return await self._here(team.members)
        return [team.group] if await Successors(self.queries.directory, self.config).is_known(level) else []

    async def _here(self, users: Iterable[str]) -> list[str]:
        return [user for user in users if await self._is_here(user)]

    async def _is_here(self, user: str) -> bool:
        actor = await self._actor(user)
        return actor is None or actor.person.is_active

    async def _can_act(self, user: str, level: Level) -> bool:
        actor = await self._actor(user)
        return actor is None or (actor.person.is_staff and (actor.is_admin or level in actor.levels))

    async def _actor(self, user: str) -> Actor | None:
        """The person with their rights; None when the look-up fails: they are reminded as if they could act."""
        if user not in self.known:
            self.known[user] = await self._look_up(user)
        return self.known[user]

    async def _look_up(self, user: str) -> Actor | None:
        try:
            return await self.queries.actor(user)
        except Exception as error:  # noqa: BLE001  a directory that is out of reach must not stop all reminders
            log.warning("a person to be reminded could not be looked up: %s", described(error))
            return None
