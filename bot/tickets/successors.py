"""The next person to tell of a ticket when somebody it concerns has left."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.config.settings import Config
from bot.core.errors import described
from bot.model.ticket import NOBODY, Level, Stage, Ticket
from bot.tickets.ports import Directory

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Successors:
    """Finds the recipient in place of a person who has left: their level's second person, its leads, or the admins."""

    directory: Directory
    config: Config

    async def of(self, left: Sequence[str], ticket: Ticket) -> tuple[str, ...]:
        """The first of these groups in which somebody is here; empty for one who has no part in the ticket now.

        `left`: the person, and those who were to be told in their place and have left too.
        """
        for group in self._groups(left[0], ticket):
            here = [each for each in dict.fromkeys(group) if each not in left and await self._is_here(each)]
            if here:
                return tuple(here)
        return ()

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

    async def _is_here(self, user: str) -> bool:
        if user in {"", NOBODY}:
            return False
        try:
            return (await self.directory.person(user)).is_active
        except Exception as error:  # noqa: BLE001  a directory that is out of reach must not lose the message
            log.warning("a person to be told could not be looked up: %s", described(error))
            return True
