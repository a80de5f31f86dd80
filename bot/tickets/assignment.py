"""Assignment of a ticket to a person of the level it is at: by its level, or by a lead."""

from __future__ import annotations

from asyncio import gather
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Invalid
from bot.core.i18n import t
from bot.model.ticket import Level, Ticket
from bot.model.transitions import UNTAKEN, Move, apply_move, event, require_possible
from bot.model.undoing import counted
from bot.tickets import permissions
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import TicketStore
from bot.tickets.queries import Queries

_NEW_OWNER = frozenset(each.value for each in (Move.TAKE, Move.TAKE_OVER, Move.HAND_ON, Move.ACCEPT, Move.COMPRESS))
"""Moves that give a ticket to another owner at the level it is at."""
MAX_CANDIDATES = 100
"""Options of one select menu in Slack."""


@dataclass(frozen=True)
class Assignee:
    """A person whom a ticket can be assigned to."""

    user: str
    name: str
    open: int
    """Open tickets they own."""


@dataclass(frozen=True)
class Assignment:
    """Assigns tickets. The person is notified directly, and reminders go to them from then on."""

    changes: Changes
    queries: Queries
    store: TicketStore

    async def ask(self, ticket_id: str, by: str) -> tuple[Ticket, list[Assignee]]:
        """The ticket, when this person may assign it, and the people of its level."""
        ticket = await self.queries.allowed(ticket_id, Move.HAND_ON, by)
        return ticket, await self.candidates([ticket.stage.worked_at])

    async def candidates(self, levels: Iterable[Level]) -> list[Assignee]:
        """People of these levels, by name; empty where every full member works at one, or for one menu too many."""
        teams = [await self.queries.directory.team(level) for level in levels]
        users = list(dict.fromkeys(user for team in teams for user in team))
        if not all(teams) or len(users) > MAX_CANDIDATES:
            return []
        loads = await self.loads()
        actors = await gather(*(self.queries.actor(user) for user in users))
        found = [Assignee(each.id, each.person.name, loads[each.id]) for each in actors if each.person.is_staff]
        return sorted(found, key=lambda each: each.name.casefold())

    async def loads(self) -> Counter[str]:
        """Number of open tickets that each person has taken, whatever their level."""
        found = Counter[str]()
        for (owner, stage), number in (await self.store.loads()).items():
            found[owner] += number if stage not in UNTAKEN else 0
        return found

    async def assign(self, ticket_id: str, by: str, to: str, form: str, seen: int = 0) -> Ticket:
        """Makes a person of the ticket's level its owner; idempotent per form.

        `seen`: the version the person looked at. `Invalid` where somebody else gave it to another owner since.
        """
        actor = await self.queries.actor(by)
        if not to:
            raise Invalid({"to": t("Pick one.")})
        colleague = await self.queries.actor(to)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.HAND_ON)
            require_possible(ticket, Move.HAND_ON)
            if not colleague.person.is_staff:
                words = t(
                    "{name} cannot own it: only active, full members can own tickets.", name=colleague.person.name
                )
                raise Invalid({"to": words})
            if not permissions.may_own(colleague, ticket):
                words = t("{name} cannot own it: they are not on the team it is with.", name=colleague.person.name)
                raise Invalid({"to": words})
            await self._refuse_if_late(ticket, by, seen)
            moved = apply_move(ticket, Move.HAND_ON, to, at)
            if to == ticket.owner and ticket.stage not in UNTAKEN:
                raise Invalid({"to": t("They own it already.")})
            return Change(moved, event(moved, Move.HAND_ON, by, at))

        return await self.changes.change(ticket_id, f"{form}:hand_on", decide)

    async def _refuse_if_late(self, ticket: Ticket, by: str, seen: int) -> None:
        """Rejects an assignment that lost the race, with the new owner's name."""
        if not 0 < seen < ticket.version:
            return
        since = [each for each in counted(await self.store.history(ticket.id)) if each.version > seen]
        if any(each.kind in _NEW_OWNER and each.by != by for each in since):
            owner = (await self.queries.directory.person(ticket.owner)).name
            words = t(
                "{name} became its owner meanwhile. Close this form and open it again to assign it to somebody else.",
                name=owner,
            )
            raise Invalid({"to": words})
