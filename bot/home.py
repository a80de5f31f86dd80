"""The App Home of one person: what needs them now, then all open tickets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypedDict

from bot.clocks import urgency
from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.i18n import mark
from bot.model.notice import Letter
from bot.model.ticket import Kind, Level, Party, Stage, Ticket
from bot.outbox import DeliveryLog
from bot.register.contacts import Register
from bot.tickets import permissions
from bot.tickets.permissions import Actor
from bot.tickets.ports import Drafts, Query, TicketStore
from bot.tickets.queries import Queries

PAGE = 10
"""Tickets of one page of the list."""
URGENT = 8
"""Tickets on top."""
COMPARED = 100
"""Open tickets of a list that are compared; of more, those due soonest."""
_OWNED = 50
_UNCLAIMED = 20
_DEAD = 20
_LATEST = "9"


class Tab(StrEnum):
    """The parts of the Home."""

    TEAM = "team"
    TICKETS = "tickets"
    NOTES = "notes"
    MAIL = "mail"
    RESOURCES = "resources"
    CONTACTS = "contacts"
    CUSTOMERS = "customers"
    SETTINGS = "settings"
    LETTERS = "letters"


FOR_LEADS = frozenset({Tab.TEAM})
FOR_MEMBERS = frozenset({Tab.RESOURCES})
FOR_ADMINS = frozenset({Tab.CONTACTS, Tab.CUSTOMERS, Tab.SETTINGS, Tab.LETTERS})


@dataclass(frozen=True)
class Screen:
    """State of one person's view: a tab, its filters, and its page."""

    tab: Tab = Tab.TICKETS
    level: Level | None = None
    ball: Party | None = None
    mine: bool = False
    listed: str = ""
    """A list of the leads' part that is shown by itself: see `bot.team`."""
    first: int = 0
    """Number of items before the page."""
    urgent: int = 0
    """Number of tickets that need this person before those that are shown."""

    def narrowed(self, **changes: object) -> Screen:
        """Another list, from its beginning."""
        return replace(self, first=0, **changes)  # type: ignore[arg-type]

    def pack(self) -> str:
        """The value of a button."""
        which = "1" if self.mine else self.listed
        return "|".join((self.tab, self.level or "", self.ball or "", which, str(self.first), str(self.urgent)))

    @classmethod
    def unpack(cls, text: str) -> Screen:
        """The view of a button; one that an earlier release drew has seven parts, and its page is the same."""
        tab, level, ball, which, first, *more = text.split("|", 6)
        return cls(
            tab=Tab(tab),
            level=Level(level) if level else None,
            ball=Party(ball) if ball else None,
            mine=which == "1",
            listed=which if which != "1" else "",
            first=int(first),
            urgent=int(more[0]) if len(more) == 1 else 0,
        )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages that the list is filtered by."""
        return tuple(
            stage
            for stage in Stage
            if stage.is_open and self.level in {None, stage.level} and (self.ball is None or self.ball in stage.balls)
        )


class AttentionReason(StrEnum):
    """Reason why a ticket needs somebody."""

    TAKE = mark("take it")
    ACCEPT = mark("accept it")
    WORK = mark("your turn")
    CHASE = mark("overdue: ask again")


@dataclass(frozen=True)
class Urgent:
    ticket: Ticket
    reason: AttentionReason


@dataclass(frozen=True)
class Overview:
    """Everything on the first part of a person's Home."""

    screen: Screen
    now: datetime
    urgent: Sequence[Urgent]
    """A page of those that need this person, most urgent first …"""
    urgent_total: int
    """… of this total."""
    standing: Mapping[tuple[Stage, Party], int]
    mine: int
    """Number of open tickets this person owns."""
    page: Sequence[Ticket]
    total: int
    """Total number of tickets in the list …"""
    compared: int
    """… and of those that its pages show: the most urgent."""
    next: Screen | None
    """The next page, if there is one."""
    drafts: Mapping[Kind, Mapping[str, str]]
    links: Mapping[str, str]
    who: Callable[[str], str]
    to_acknowledge: str = ""
    """The edition of the guides this contact has not acknowledged yet."""
    misses_webinars: bool = False
    """True if this contact has not taken part in the onboarding webinars (guide 2.6)."""
    may_change: bool = False
    """True if this person may change tickets."""
    dead: int = 0
    """Letters and messages that were not delivered; shown to admins."""
    open: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "open", sum(self.standing.values()))


class _ContactDuties(TypedDict, total=False):
    to_acknowledge: str
    misses_webinars: bool


def needs(
    actor: Actor, owned: Iterable[Ticket], unclaimed: Iterable[Ticket], config: Config, now: datetime
) -> list[Urgent]:
    """Tickets that need this person, the most urgent first."""
    mine = [Urgent(ticket, reason) for ticket in owned if (reason := _reason_of_owned(ticket, now))]
    offered = [Urgent(ticket, reason) for ticket in unclaimed if (reason := _reason_of_offered(ticket, actor))]
    seen = {each.ticket.id for each in mine}
    return sorted(
        (*mine, *(each for each in offered if each.ticket.id not in seen)),
        key=lambda each: urgency.order(each.ticket, config, now),
    )


def _reason_of_owned(ticket: Ticket, now: datetime) -> AttentionReason | None:
    if ticket.stage is Stage.NEW:
        return AttentionReason.TAKE
    if ticket.stage is not Stage.HANDED_OFF and ticket.ball in {Party.FIRST, Party.SECOND}:
        return AttentionReason.WORK
    return AttentionReason.CHASE if is_late(ticket, now) else None


def is_late(ticket: Ticket, now: datetime) -> bool:
    """True if it is due, or was reminded since it reached its stage."""
    return ticket.reminded > 0 or (ticket.due is not None and ticket.due <= now)


def _reason_of_offered(ticket: Ticket, actor: Actor) -> AttentionReason | None:
    """Reason to offer the ticket: the actor may take it; admins only where they are on the level."""
    if ticket.stage is Stage.HANDED_OFF and Level.SECOND in actor.levels:
        return AttentionReason.ACCEPT
    return AttentionReason.TAKE if ticket.stage is Stage.NEW and Level.FIRST in actor.levels else None


@dataclass(frozen=True)
class Home:
    """Looks everything up. The number of look-ups does not depend on how many tickets there are."""

    queries: Queries
    register: Register
    store: TicketStore
    deliveries: DeliveryLog
    drafts: Drafts
    config: Config
    clock: Clock

    async def allowed(self, user: str, tab: Tab) -> Actor:
        """Refuses people who may not see this part."""
        actor = await self.queries.actor(user)
        if tab in FOR_ADMINS:
            permissions.require_admin(actor)
        elif tab in FOR_LEADS:
            permissions.require_lead(actor)
        else:
            (permissions.require_staff if tab in FOR_MEMBERS else permissions.require_reader)(actor)
        return actor

    async def remember_screen(self, user: str, screen: Screen, at: str = "") -> None:
        """Saves the selected view, for whichever replica draws it next.

        `at`: when they did, as Slack tells it. An event that arrives late, or is handled late, replaces nothing newer.
        """
        key, new = _screen_key(user), {"screen": screen.pack(), "at": at}
        stored = await self.drafts.get(key)
        while stored is None or stored.get("at", "") <= (at or _LATEST):
            if stored == new or await self.drafts.replace(key, stored, new):
                return
            stored = await self.drafts.get(key)

    async def screen_of(self, user: str) -> Screen | None:
        """Last view of this person; None if they never opened it."""
        stored = await self.drafts.get(_screen_key(user))
        try:
            return Screen.unpack(stored["screen"]) if stored else None
        except ValueError:
            return Screen()  # written by another release

    async def overview(self, user: str, screen: Screen, at: datetime | None = None) -> Overview:
        """Everything on the first part, as it is `at` this moment or now."""
        actor = await self.allowed(user, Tab.TICKETS)
        now, store = as_utc(at or self.clock()), self.store
        standing, mine = await store.standing(), await store.count(Query(open=True, owner=user))
        owned = await self.queries.most_urgent(Query(open=True, owner=user), mine, _OWNED)
        urgent = needs(actor, owned, await self._unclaimed(actor), self.config, now)
        total = await self._total(user, screen, standing)
        found = await self._ordered(user, screen, total, now)
        begin = screen.first if screen.first < len(found) else 0
        above = screen.urgent if screen.urgent < len(urgent) else 0
        page, shown = found[begin : begin + PAGE], urgent[above : above + URGENT]
        after = begin + PAGE
        named = [*(each.ticket for each in shown), *page]
        return Overview(
            screen=replace(screen, first=begin, urgent=above),
            now=now,
            urgent=shown,
            urgent_total=len(urgent),
            standing=standing,
            mine=mine,
            page=page,
            total=total,
            compared=len(found),
            next=replace(screen, first=after) if after < len(found) else None,
            drafts={kind: draft for kind in Kind if (draft := await self.queries.draft(user, kind))},
            links=await store.card_links([each.id for each in named]),
            who=await self.queries.names({each.owner for each in named}),
            **await self._duties_of_contact(user),
            may_change=permissions.is_on_team(actor),
            dead=await self.count_dead() if actor.is_admin else 0,
        )

    async def listed(self, user: str, screen: Screen) -> list[Ticket]:
        """The tickets of the list, most urgent first, on all its pages: for the form that changes several."""
        await self.allowed(user, Tab.TICKETS)
        total = await self._total(user, screen, await self.store.standing())
        return await self._ordered(user, screen, total, as_utc(self.clock()))

    async def _ordered(self, user: str, screen: Screen, total: int, now: datetime) -> list[Ticket]:
        found = await self._listed(user, screen, total)
        return sorted(found, key=lambda one: urgency.order(one, self.config, now))

    async def dead(self) -> list[Letter]:
        """The newest that were not delivered."""
        return await self.deliveries.undelivered(_DEAD)

    async def count_dead(self) -> int:
        return await self.deliveries.count_undelivered()

    async def _unclaimed(self, actor: Actor) -> list[Ticket]:
        stages = [(Stage.NEW, Level.FIRST), (Stage.HANDED_OFF, Level.SECOND)]
        queries = [Query(stages=(stage,), limit=_UNCLAIMED) for stage, level in stages if level in actor.levels]
        return [ticket for query in queries for ticket in await self.store.find(query)]

    async def _listed(self, user: str, screen: Screen, total: int) -> list[Ticket]:
        """The tickets whose urgency is compared: all, or of very many those due soonest and the newest.

        Each query walks one index; a list of several stages is merged from theirs.
        """
        if screen.mine:
            mine = Query(open=True, owner=user, stages=screen.stages, ball=screen.ball)
            return await self.queries.most_urgent(mine, total, COMPARED)
        if screen.ball is None:
            return await self.queries.most_urgent(Query(open=True, level=screen.level), total, COMPARED)
        each = [Query(open=True, stages=(stage,), ball=screen.ball) for stage in screen.stages]
        limit = COMPARED if total <= COMPARED else COMPARED // max(1, len(each))
        return [ticket for query in each for ticket in await self.queries.most_urgent(query, total, limit)]

    async def _total(self, user: str, screen: Screen, standing: Mapping[tuple[Stage, Party], int]) -> int:
        if screen.mine:
            return await self.store.count(Query(open=True, owner=user, stages=screen.stages, ball=screen.ball))
        return sum(
            number
            for (stage, ball), number in standing.items()
            if stage in screen.stages and screen.ball in {None, ball}
        )

    async def _duties_of_contact(self, user: str) -> _ContactDuties:
        """Open duties of this person as a support contact (guide), if they are one."""
        edition, contact = self.config.guides.edition, await self.register.contact(user)
        if contact is None:
            return {}
        return {
            "to_acknowledge": edition if contact.guides_known != edition else "",
            "misses_webinars": contact.webinars_on is None,
        }


def _screen_key(user: str) -> str:
    return f"screen:{user}"
