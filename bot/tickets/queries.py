"""Queries about tickets and people; read-only."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import nsmallest

from bot.clocks import urgency
from bot.config.settings import Config
from bot.core.cleaning import shorten_middle
from bot.core.clock import Clock, zone
from bot.core.errors import Refused, described
from bot.core.i18n import Language, language_of, t
from bot.core.identifiers import fold, references
from bot.forms.validators import CheckContext
from bot.model.notice import Place
from bot.model.ticket import Event, Kind, Level, Stage, Ticket
from bot.model.transitions import Move, Step, apply_move, can
from bot.tickets import permissions
from bot.tickets.permissions import Actor
from bot.tickets.ports import ChannelMembers, Directory, Drafts, NoMembers, NoRoster, OnDuty, Query, TicketStore

log = logging.getLogger(__name__)

MAX_LED = 500
"""Open tickets with one cause that are read at a time."""


_PAGE = 100
"""Open tickets of a list that are compared: so many of those due soonest, and of the newest."""
_FAR_AHEAD = timedelta(days=3650)
_IN_TIME = 2.0
"""Seconds that a call waits for the people on duty."""


@dataclass(frozen=True)
class Queries:
    """Looks up tickets and the people behind them."""

    store: TicketStore
    drafts: Drafts
    directory: Directory
    config: Config
    clock: Clock
    members: ChannelMembers = field(default_factory=NoMembers)
    duty: OnDuty = field(default_factory=NoRoster)

    async def actor(self, user: str) -> Actor:
        """The person behind a click, with their levels."""
        person = await self.directory.person(user)
        levels, is_admin = await self.directory.levels(person), user in self.config.desk.admins
        leads = frozenset(level for level in (Level.FIRST, Level.SECOND) if user in self.config.leads(level))
        is_to_be_asked = person.is_staff and not (levels or leads or is_admin)
        return Actor(person, levels, is_admin, leads, is_to_be_asked and await self.members.includes(user))

    async def language_of(self, user: str) -> Language:
        """Language of this person: that of their Slack, or else the desk's."""
        person = await self.directory.person(user)
        return language_of(person.locale, self.config.desk.language)

    async def require_staff(self, user: str) -> None:
        """Refuses guests, people of other organisations and deactivated people before a form is shown to them."""
        permissions.require_staff(await self.actor(user))

    async def require_reader(self, user: str) -> None:
        """Refuses people who may not read tickets."""
        permissions.require_reader(await self.actor(user))

    async def ticket(self, ticket_id: str) -> Ticket:
        ticket = await self.store.get(ticket_id)
        if ticket is None:
            raise Refused(t("This ticket is not in the desk's database. Was the database replaced? Ask an admin."))
        return ticket

    async def by_reference(self, text: str, by: str) -> Ticket:
        """The ticket called PD-1042, pd 1042, #1042 or 1042."""
        await self.require_reader(by)
        bare = fold(text)
        alone = re.fullmatch(r"(?:(?:ticket|nr|no)\b[.:]? ?)?#?([0-9]{1,9})", bare)
        numbers = (int(alone[1]),) if alone else references(text, self.config.desk.prefix)
        ticket = await self.store.numbered(numbers[0]) if len(numbers) == 1 else None
        if ticket is None:
            words = t(
                "There is no ticket “{typed}”. Tickets are called {example}.",
                typed=shorten_middle(text, 40),
                example=f"{self.config.desk.prefix}-1001",
            )
            raise Refused(words)
        return ticket

    async def allowed(self, ticket_id: str, move: Move | Step, by: str) -> Ticket:
        """The ticket, when this person may make that move now: checked before its form is shown."""
        if isinstance(move, Step):
            return await self.open_to(ticket_id, by)
        ticket = await self.ticket(ticket_id)
        permissions.require(await self.actor(by), ticket, move)
        if not can(ticket, move):
            apply_move(ticket, move, by, self.clock())
        return ticket

    async def open_to(self, ticket_id: str, by: str) -> Ticket:
        """The ticket, when this person may write in it: answers, notes, letters."""
        permissions.require_part(await self.actor(by))
        return await self.ticket(ticket_id)

    async def open_to_part(self, user: str) -> None:
        """Refuses people who may not write in tickets before a form is shown to them."""
        permissions.require_part(await self.actor(user))

    async def names(self, users: Iterable[str]) -> Callable[[str], str]:
        """The names of these people, by user id."""
        known = {user: (await self.directory.person(user)).name for user in users if user}
        return lambda user: known.get(user, user)

    async def card_place(self, ticket: Ticket) -> Place | None:
        """Place of the ticket's card; None while there is none."""
        return await self.store.place(ticket.id, "card")

    async def link(self, ticket: Ticket) -> str:
        """Permalink of the ticket's card; empty while there is none."""
        place = await self.store.place(ticket.id, "card")
        return place.link if place else ""

    async def letter_link(self, ticket: Ticket) -> str:
        """Permalink of the letter in the channel shared with Retarus; empty while there is none."""
        place = await self.store.place(ticket.id, "retarus")
        return place.link if place else ""

    async def event_at(self, ticket: Ticket, version: int) -> Event:
        """Event that led to that version of the ticket."""
        return next(each for each in await self.store.history(ticket.id) if each.version == version)

    async def on_duty(self, ticket: Ticket) -> tuple[str, ...]:
        """People on duty at the level that works on the ticket."""
        return await self.duty.now(ticket.stage.worked_at) if ticket.stage.is_open else ()

    async def on_duty_for_call(self, ticket: Ticket) -> tuple[str, ...]:
        """People on duty at the level that works on the ticket and at the 2nd; none while they cannot be looked up."""
        try:
            async with asyncio.timeout(_IN_TIME):
                found = [*await self.on_duty(ticket), *await self.duty.now(Level.SECOND)]
                people = [await self.directory.person(user) for user in dict.fromkeys(found)]
        except Exception as error:  # noqa: BLE001  the call does not wait for them
            log.warning("the people on duty could not be looked up for a call: %s", described(error))
            return ()
        return tuple(person.id for person in people if person.is_active)

    async def led_by(self, ticket: Ticket) -> list[Ticket]:
        """Open tickets that have the same cause as this one, which leads."""
        return await self.store.children(ticket.id, MAX_LED) if ticket.leads else []

    async def find(self, ticket_id: str) -> Ticket | None:
        """The ticket, or None when it was never saved here."""
        return await self.store.get(ticket_id) if ticket_id else None

    async def history(self, ticket_id: str) -> list[Event]:
        """Events of the ticket, oldest first."""
        return await self.store.history(ticket_id)

    async def card_links(self, tickets: Iterable[Ticket]) -> dict[str, str]:
        """Ticket id → permalink of its card; tickets without a card are left out."""
        return await self.store.card_links([each.id for each in tickets])

    def check_context(self, answers: Mapping[str, str] | None = None, *, has_files: bool = False) -> CheckContext:
        """Context of answer checks besides the text. `has_files`: true if a file goes along."""
        return CheckContext(self.clock(), self.config, answers or {}, has_files)

    async def draft(self, user: str, kind: Kind) -> dict[str, str]:
        """Draft of this person for this kind; empty when there is none."""
        return await self.drafts.get(draft_key(user, kind)) or {}

    def seems_without_draft(self, user: str, kind: Kind) -> bool:
        """True if, without asking the database, there is none: what is decided on this is to be verified by `draft`."""
        return self.drafts.seems_absent(draft_key(user, kind))

    async def last_scope(self, user: str) -> str:
        """The scope this person last listed; their own, at first."""
        return (await self.drafts.get(preferences_key(user)) or {}).get("scope", "mine")

    async def open_tickets(self, user: str, scope: str, limit: int = 10) -> tuple[list[Ticket], int]:
        """Open tickets, most urgent first, and how many: `mine`, `level` (work of the person's levels) or `all`.

        Of very many, those due soonest and the newest are compared: a list costs the same however many are open.
        """
        await self.require_reader(user)
        query = await self._scope(user, scope, _PAGE)
        if query is None:
            return [], 0
        at, found = self.clock(), await self.store.find(query)
        if len(found) == _PAGE:
            due = await self.store.find(replace(query, due_before=at + _FAR_AHEAD))
            found = list({each.id: each for each in (*due, *found)}.values())
        count = len(found) if len(found) < _PAGE else await self.store.count(query)
        return nsmallest(limit, found, key=lambda each: urgency.order(each, self.config, at)), count

    async def most_urgent(self, query: Query, total: int, limit: int) -> list[Ticket]:
        """All of them, or of more than `limit` those due soonest and the newest."""
        if total <= limit:
            return await self.store.find(replace(query, limit=limit))
        half = limit // 2
        due = await self.store.find(replace(query, due_before=self.clock() + _FAR_AHEAD, limit=half))
        newest = await self.store.find(replace(query, limit=half))
        return list({each.id: each for each in (*due, *newest)}.values())

    async def _scope(self, user: str, scope: str, limit: int) -> Query | None:
        """Query of the scope; None for the level of a person without one."""
        if scope == "mine":
            return Query(open=True, owner=user, limit=limit)
        if scope == "level":
            levels = (await self.actor(user)).levels
            stages = tuple(stage for stage in Stage if stage.is_open and stage.worked_at in levels)
            return Query(open=True, stages=stages, limit=limit) if stages else None
        return Query(open=True, limit=limit)

    def today(self) -> date:
        """The calendar day at the desk."""
        return self.clock().astimezone(zone(self.config.desk.timezone)).date()


def draft_key(user: str, kind: Kind) -> str:
    return f"draft:{user}:{kind}"


def preferences_key(user: str) -> str:
    return f"preferences:{user}"
