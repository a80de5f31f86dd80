"""Shift handover: the open tickets of a person, or of a level at the end of its day, and who accepts them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.clocks import urgency
from bot.config.settings import Config
from bot.core.cleaning import clean_text
from bot.core.clock import Clock, as_moment, as_utc, zone
from bot.core.errors import Conflict, Invalid, NotNow, NotYours, Refused, StoreDown
from bot.core.i18n import t
from bot.core.secret_detection import faults
from bot.model.notice import NoticeKind, direct_lane, notice_without_ticket
from bot.model.ticket import Level, Ticket
from bot.model.transitions import Move, apply_move, can, event
from bot.reminders.digest import stages_of
from bot.tickets import notifications, permissions
from bot.tickets.changes import Change, Changes, Decide
from bot.tickets.once import apply_once
from bot.tickets.permissions import Actor
from bot.tickets.ports import Batch, Drafts, Query, TicketStore
from bot.tickets.queries import Queries

LISTED: Final = 30
"""Tickets that one handover names: the most urgent ones."""
RETENTION: Final = timedelta(days=30)
"""Time after which a handover is deleted, accepted or not."""
_COMPARED: Final = 200
"""Open tickets of which the most urgent are named."""
_KEY: Final = "handover:"
_MINUTE: Final = timedelta(minutes=1)
_REST: Final = timedelta(hours=6)
"""Closed for so long within one date, a level's working day has ended: that of a night shift."""
_LATE: Final = timedelta(hours=2)
"""After the end of the day a list is no longer posted: the desk was down."""


@dataclass(frozen=True)
class Handover:
    """Open tickets that are handed over, as they now are."""

    key: str
    giver: str
    """User who hands over; empty for the list of a level at the end of its day."""
    level: Level | None
    note: str
    accepted_by: str
    tickets: Sequence[Ticket]
    others: int
    """Further open tickets of the giver or the level, which it does not name and which stay where they are."""


@dataclass(frozen=True)
class Handovers:
    """Use-cases of a handover. It is kept among the drafts for some weeks; the first person who accepts has it."""

    changes: Changes
    queries: Queries
    store: TicketStore
    drafts: Drafts
    config: Config
    clock: Clock

    async def mine(self, by: str) -> tuple[list[Ticket], int]:
        """Open tickets of this person that would be handed over, most urgent first, and the number of others."""
        permissions.require_part(await self.queries.actor(by))
        return await self._named(Query(open=True, owner=by))

    async def _named(self, query: Query) -> tuple[list[Ticket], int]:
        found, at = await self.store.find(replace(query, limit=_COMPARED)), self.clock()
        total = len(found) if len(found) < _COMPARED else await self.store.count(query)
        named = sorted(found, key=lambda each: urgency.order(each, self.config, at))[:LISTED]
        return named, total - len(named)

    async def offer(self, by: str, note: str, form: str) -> None:
        """Posts the person's open tickets in the desk channel for a colleague to accept; idempotent per form."""
        tickets, others = await self.mine(by)
        if not tickets:
            raise NotNow(t("You have no open tickets to hand over."))
        if wrong := faults({"note": note}):
            raise Invalid(wrong)
        stored = {"giver": by, "level": "", "note": clean_text(note)}
        await self._post(f"{_KEY}{_digest(form)}", stored, tickets, others)

    async def look(self, key: str) -> Handover | None:
        """The handover with its tickets; None when it is not kept any more."""
        stored = await self.drafts.get(key)
        if stored is None:
            return None
        found = [await self.queries.find(each) for each in stored["tickets"].split()]
        level = Level(stored["level"]) if stored["level"] else None
        tickets = [each for each in found if each]
        others = int(stored.get("others", "0"))
        return Handover(key, stored["giver"], level, stored["note"], stored.get("accepted_by", ""), tickets, others)

    async def accept(self, key: str, by: str) -> Handover:
        """The first who accepts gets the tickets that still belong to the giver. A level's list names who has it."""
        actor = await self.queries.actor(by)
        permissions.require_part(actor)
        await self._require_a_level(key, actor)
        handover = await self._claimed(key, by)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            if ticket.owner != handover.giver or not can(ticket, Move.TAKE_OVER):
                return None
            permissions.require(actor, ticket, Move.TAKE_OVER)
            moved = apply_move(ticket, Move.TAKE_OVER, by, at)
            return Change(moved, event(moved, Move.TAKE_OVER, by, at, **{notifications.HANDOVER: key}))

        try:
            await self._hand_over(handover, by, decide)
        except StoreDown as error:
            words = t("The database failed before all tickets were handed over: accept it again for the rest.")
            raise NotNow(words) from error
        return await self.look(key) or handover

    async def _require_a_level(self, key: str, actor: Actor) -> None:
        """Refuses a person who is at the level of none of the tickets, and would keep the others from accepting."""
        handover = await self.look(key)
        given = handover.tickets if handover and handover.giver else ()
        open_ones = [each for each in given if handover and each.owner == handover.giver and can(each, Move.TAKE_OVER)]
        if open_ones and not any(permissions.may_own(actor, each) for each in open_ones):
            permissions.require(actor, open_ones[0], Move.TAKE_OVER)

    async def _hand_over(self, handover: Handover, by: str, decide: Decide) -> None:
        """Each ticket is a change of its own; idempotent."""
        for ticket in handover.tickets if handover.giver else ():
            try:
                await self.changes.change(ticket.id, f"{by}:{handover.key}:{ticket.id}", decide)
            except Refused:
                continue  # of a level this person does not work at: it stays with its owner
        await self._notify_giver(handover)

    async def _claimed(self, key: str, by: str) -> Handover:
        """The handover, accepted by this person: nobody else was quicker."""
        handover, stored = await self.look(key), await self.drafts.get(key)
        if handover is None or stored is None:
            raise NotNow(t("This handover is no longer stored."))
        if handover.giver == by:
            raise NotYours(t("This is your own handover: somebody else has to accept it."))
        if handover.accepted_by not in {"", by}:
            name = (await self.queries.names([handover.accepted_by]))(handover.accepted_by)
            raise NotNow(t("{name} accepted this handover already.", name=name))
        if not handover.accepted_by and not await self.drafts.replace(key, stored, {**stored, "accepted_by": by}):
            raise Conflict
        return handover

    async def _notify_giver(self, handover: Handover) -> None:
        if handover.giver:
            await self._send(f"{handover.key}:accepted", handover.key, handover.giver, direct_lane(handover.giver))

    # --- at the end of a day

    async def at_close(self) -> int:
        """Lists each level's open tickets when its calendar has closed; once per day, returns how many lists."""
        at = as_utc(self.clock())
        return sum([await self._close(level, at) for level in self.config.handover.at_close])

    async def _close(self, level: Level, at: datetime) -> bool:
        day = closed_day(level, self.config, at)
        key = f"{_KEY}{level}:{day}"
        if not day or await self.store.used(f"{key}:posted"):
            return False
        tickets, others = await self._named(Query(open=True, stages=stages_of(level)))
        if not tickets:
            return False
        await self._post(key, {"giver": "", "level": level.value, "note": ""}, tickets, others)
        return True

    async def prune(self) -> int:
        """Deletes handovers that are older than some weeks; returns how many."""
        at, count = as_utc(self.clock()), 0
        for key in [each for each in await self.drafts.keys() if each.startswith(_KEY)]:
            stored = await self.drafts.get(key) or {}
            begun = as_moment(stored.get("at", ""))
            if begun is None:  # of an earlier release: its time begins now
                await self.drafts.replace(key, stored, {**stored, "at": _stamp(at)})
            elif begun <= at - RETENTION:
                await self.drafts.drop(key)
                count += 1
        return count

    async def _post(self, key: str, about: dict[str, str], tickets: Sequence[Ticket], others: int) -> None:
        if await self.drafts.get(key) is None:
            ids = " ".join(each.id for each in tickets)
            stored = {**about, "tickets": ids, "others": str(others), "at": _stamp(self.clock())}
            await self.drafts.put(key, stored)
        await self._send(f"{key}:posted", key, self.changes.routes.desk, key)

    async def _send(self, once: str, key: str, to: str, lane: str) -> None:
        at = as_utc(self.clock())
        notice = notice_without_ticket(NoticeKind.HANDOVER, once, to, at, {"handover": key}, lane=lane)
        if await apply_once(self.store, Batch(notices=[notice], once=[once])):
            self.changes.wake()


def closed_day(level: Level, config: Config, at: datetime) -> str:
    """The working day that ended for this level within the last two hours, a night's too; empty otherwise.

    A break within a day does not end it.
    """
    calendar = config.calendar(config.team(level).calendar)
    found = None if calendar.never_closes else calendar.last_closing(at, _LATE)
    if found is None:
        return ""
    closed, opens = found
    tz = zone(calendar.zone)
    day, next_day = ((moment - _MINUTE).astimezone(tz).date() for moment in (closed, opens + _MINUTE))
    return day.isoformat() if next_day > day or opens - closed >= _REST else ""


def _stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def _digest(form: str) -> str:
    return hashlib.sha256(form.encode()).hexdigest()[:20]
