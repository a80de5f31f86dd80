"""The next person to tell of a ticket when somebody it concerns has left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.config.settings import Config
from bot.core.errors import described
from bot.model.ticket import NOBODY, Level, Stage, Ticket
from bot.tickets import priority_call
from bot.tickets.ports import Directory

log = logging.getLogger(__name__)

_IN_TIME = 2.0
"""Seconds that a message waits for the people of a level."""


@dataclass(frozen=True)
class Successors:
    """Finds the recipient in place of a person who has left: their level's second person, its leads, or the admins."""

    directory: Directory
    config: Config

    async def of(self, left: Sequence[str], ticket: Ticket) -> tuple[str, ...]:
        """The first of these groups in which somebody is here; empty for one who has no part in the ticket now.

        `left`: the person, and those who were to be notified in their place and have left too.
        """
        for group in self._groups(left[0], ticket):
            here = await self._here(each for each in dict.fromkeys(group) if each not in left)
            if here:
                return tuple(here)
        return ()

    async def of_call(self, left: Sequence[str], ticket: Ticket) -> tuple[str, ...]:
        """Those notified of a call instead of one who has left: the admins, once, if nobody who was called is here."""
        notified = await self.of(left, ticket)
        if notified:
            return notified
        called = priority_call.called(ticket, self.config)
        if left[0] != min(called, default="") or await self._here(called):
            return ()
        return tuple(await self._here(each for each in self.config.desk.admins if each not in called))

    async def is_known(self, level: Level) -> bool:
        """False if nobody is at this level: its group is empty, or everybody who is named for it has left.

        True where Slack does not say it in time.
        """
        try:
            async with asyncio.timeout(_IN_TIME):
                found = await self.directory.team(level)
                return bool(found if self.config.team(level).group else await self._here(found))
        except Exception as error:  # noqa: BLE001  the message about a ticket does not wait for it
            log.warning("the people of a level could not be looked up: %s", described(error))
            return True

    async def instead_of_team(self, level: Level) -> tuple[str, ...]:
        """Those called where nobody of a level is known: its second person and leads who are here, or the admins."""
        second, leads, admins = self._of_level(level)
        return tuple(await self._here(dict.fromkeys((*second, *leads))) or await self._here(admins))

    async def of_unread_group(self, level: Level) -> tuple[str, ...]:
        """The last known members of the level's user group while it cannot be read: its mention may reach nobody."""
        is_group = bool(self.config.team(level).group)
        return await self.directory.team(level) if is_group and not self.directory.is_current(level) else ()

    async def asked_to_reopen(self, ticket: Ticket) -> tuple[str, ...]:
        """The owner of a closed ticket, or who is responsible now if the owner has left or works at no level."""
        if await self._is_here(ticket.owner) and await self._works_here(ticket.owner):
            return (ticket.owner,)
        return await self.of([ticket.owner], ticket)

    def _groups(self, person: str, ticket: Ticket) -> Iterable[Sequence[str]]:
        if person == ticket.owner and ticket.stage is Stage.CLOSED and ticket.sent_at:  # the 1st level confirmed it
            return ((ticket.second_owner,), *self._of_level(Level.SECOND))
        if person == ticket.owner:
            return self._of_level(ticket.stage.worked_at)
        if person == ticket.second_owner or person in {each.by for each in ticket.affected}:
            return ((ticket.owner,), *self._of_level(ticket.level))
        if person == ticket.first_owner:
            return self._of_level(Level.FIRST)
        return ()

    def _of_level(self, level: Level) -> tuple[Sequence[str], ...]:
        return (self.config.team(level).second_person,), self.config.leads(level), self.config.desk.admins

    async def _works_here(self, user: str) -> bool:
        """True for a person of a level, and for an admin."""
        try:
            return user in self.config.desk.admins or bool(
                await self.directory.levels(await self.directory.person(user))
            )
        except Exception as error:  # noqa: BLE001  (the same)
            log.warning("the levels of a person to be asked could not be looked up: %s", described(error))
            return True

    async def _here(self, users: Iterable[str]) -> list[str]:
        return [each for each in users if await self._is_here(each)]

    async def _is_here(self, user: str) -> bool:
        if user in {"", NOBODY}:
            return False
        try:
            return (await self.directory.person(user)).is_active
        except Exception as error:  # noqa: BLE001  a directory that is out of reach must not lose the message
            log.warning("a person to be notified could not be looked up: %s", described(error))
            return True
