"""What can be asked about tickets and people? Nothing here changes anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.config.settings import Config
from bot.core.clock import Clock, zone
from bot.core.errors import NotNow, Refused
from bot.core.i18n import Language, language_of, t
from bot.escalation import letter
from bot.forms import validation
from bot.forms.template_fields import Need
from bot.forms.validators import Given
from bot.model.contact import Contact
from bot.model.letter_text import LetterText
from bot.model.ticket import Event, Kind, Stage, StatusReport, Ticket
from bot.model.transitions import Move, Step, can, move
from bot.ports import Directory, Drafts, Query, Store
from bot.tickets import permissions
from bot.tickets.permissions import Actor


@dataclass(frozen=True)
class Preview:
    """What would go to Retarus now, and what stands in the way."""

    ticket: Ticket
    letter: LetterText
    missing: tuple[validation.Missing, ...]
    refusal: str
    """Why this person cannot send it; empty when they can."""
    status: StatusReport | None = None
    """What is known of Retarus's status page."""
    warnings: tuple[str, ...] = ()
    """What is doubtful: it can be sent all the same, with a reason."""
    excess: str = ""
    """What is too much for one letter; empty when all files go along."""
    ways: tuple[str, ...] = ()
    """How it goes, as a sentence says it: see `story.Routes.ways`."""
    may_break_glass: bool = False
    """In spite of the refusal, with a reason: see `rights.stand_in`."""


@dataclass(frozen=True)
class Reading:
    """Everything that can be looked up."""

    store: Store
    drafts: Drafts
    directory: Directory
    config: Config
    clock: Clock

    async def actor(self, user: str) -> Actor:
        """The person behind a click, with their levels."""
        person = await self.directory.person(user)
        return Actor(person, await self.directory.levels(person), user in self.config.desk.admins)

    async def language_of(self, user: str) -> Language:
        """What to speak to this person: the language of their Slack, or else the desk's."""
        person = await self.directory.person(user)
        return language_of(person.locale, self.config.desk.language)

    async def require_staff(self, user: str) -> None:
        """Refuses guests, people of other organisations and deactivated people before a form is shown to them."""
        permissions.require_staff(await self.actor(user))

    async def ticket(self, ticket_id: str) -> Ticket:
        ticket = await self.store.get(ticket_id)
        if ticket is None:
            raise Refused(t("This ticket is not in the desk's database. Was the database replaced? Ask an admin."))
        return ticket

    async def by_reference(self, text: str, by: str) -> Ticket:
        """The ticket called PD-1042, pd 1042 or 1042."""
        permissions.require_staff(await self.actor(by))
        found = re.fullmatch(rf"(?:{self.config.desk.prefix}[-\s]?)?(\d{{1,9}})", text.strip(), re.IGNORECASE)
        ticket = await self.store.numbered(int(found[1])) if found else None
        if ticket is None:
            words = t(
                "There is no ticket “{typed}”. Tickets are called {example}.",
                typed=text.strip()[:40],
                example=f"{self.config.desk.prefix}-1001",
            )
            raise Refused(words)
        return ticket

    async def allowed(self, ticket_id: str, what: Move | Step, by: str) -> Ticket:
        """The ticket, when this person may make that move now: asked before a form for it is shown."""
        if isinstance(what, Step):
            return await self.open_to(ticket_id, by)
        ticket = await self.ticket(ticket_id)
        permissions.require(await self.actor(by), ticket, what)
        if not can(ticket, what):
            move(ticket, what, by, self.clock())
        return ticket

    async def open_to(self, ticket_id: str, by: str) -> Ticket:
        """The ticket, when this person has a part in it: answers, notes, letters."""
        permissions.require_part(await self.actor(by))
        return await self.ticket(ticket_id)

    async def open_to_part(self, user: str) -> None:
        """Refuses who has no part in tickets before a form is shown to them."""
        permissions.require_part(await self.actor(user))

    async def names(self, users: Iterable[str]) -> Callable[[str], str]:
        """The names of these people, by user id."""
        known = {user: (await self.directory.person(user)).name for user in users if user}
        return lambda user: known.get(user, user)

    async def link(self, ticket: Ticket) -> str:
        """Where its card is; empty while there is none."""
        place = await self.store.place(ticket.id, "card")
        return place.link if place else ""

    async def event_at(self, ticket: Ticket, version: int) -> Event:
        """What led to that version of the ticket."""
        return next(each for each in await self.store.history(ticket.id) if each.version == version)

    async def last_letter(self, ticket: Ticket) -> str:
        """The text that last went to Retarus."""
        texts = [
            each.detail.get("text", "") for each in await self.store.history(ticket.id) if each.what == Move.ESCALATE
        ]
        if not texts:
            raise NotNow(t("Nothing was sent to Retarus yet."))
        return texts[-1]

    def given_now(self) -> Given:
        """What checks of a single word may look at."""
        return Given(self.clock(), self.config, {})

    async def given(self, answers: Mapping[str, str]) -> Given:
        return Given(self.clock(), self.config, answers)

    async def contact(self, user: str) -> Contact | None:
        """This person's entry in the register."""
        return next((each for each in await self.store.contacts() if each.slack_user == user), None)

    async def draft(self, user: str, kind: Kind) -> dict[str, str]:
        """What this person put aside of a form for this kind; empty when nothing."""
        return await self.drafts.get(draft_key(user, kind)) or {}

    async def last_scope(self, user: str) -> str:
        """Which tickets this person last listed; theirs, at first."""
        return (await self.drafts.get(preferences_key(user)) or {}).get("scope", "mine")

    async def open_tickets(self, user: str, scope: str, limit: int = 10) -> tuple[list[Ticket], int]:
        """Open tickets, newest first, and how many: `mine`, `level` (what the person's levels work on) or `all`."""
        permissions.require_staff(await self.actor(user))
        query = await self._scope(user, scope, limit)
        return (await self.store.find(query), await self.store.count(query)) if query else ([], 0)

    async def _scope(self, user: str, scope: str, limit: int) -> Query | None:
        """Nothing for the level of somebody who works at none."""
        if scope == "mine":
            return Query(open=True, owner=user, limit=limit)
        if scope == "level":
            levels = (await self.actor(user)).levels
            stages = tuple(stage for stage in Stage if stage.is_open and stage.worked_at in levels)
            return Query(open=True, stages=stages, limit=limit) if stages else None
        return Query(open=True, limit=limit)

    async def preview(self, ticket_id: str, by: str) -> Preview:
        """The exact letter, what is missing for it, and whether this person may send it."""
        actor = await self.actor(by)
        ticket = await self.ticket(ticket_id)
        contact, refusal = await self._declarant(actor)
        stand_in = await self.stand_in(actor, ticket) if refusal else None
        speaker = contact or stand_in or _nobody(actor)
        text = letter.write(ticket, speaker, self.config, in_absence=bool(stand_in))
        missing = validation.missing(ticket, Need.ESCALATE, self.config)
        return Preview(ticket, text, missing, refusal, may_break_glass=bool(stand_in))

    async def stand_in(self, actor: Actor, ticket: Ticket) -> Contact | None:
        """In whose name it could go now, if the glass were broken."""
        return permissions.stand_in(await self.store.contacts(), actor, ticket.answer("priority"), self.config)

    async def _declarant(self, actor: Actor) -> tuple[Contact | None, str]:
        try:
            return permissions.declarant(await self.store.contacts(), actor, self.today()), ""
        except Refused as refusal:
            return None, str(refusal)

    def today(self) -> date:
        """The calendar day at the desk."""
        return self.clock().astimezone(zone(self.config.desk.timezone)).date()


def _nobody(actor: Actor) -> Contact:
    """Stands in the preview of somebody who cannot send."""
    return Contact(slack_user=actor.id, name=f"({actor.person.name})", email="", phone="-")


def draft_key(user: str, kind: Kind) -> str:
    return f"draft:{user}:{kind}"


def preferences_key(user: str) -> str:
    return f"preferences:{user}"
