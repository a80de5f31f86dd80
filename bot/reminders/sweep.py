"""One sweep: reminds of every ticket that is due, in the thread and in one direct message per person."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from bot.clocks import schedule, urgency
from bot.clocks.schedule import ReminderAudience
from bot.clocks.timers import TimerRun
from bot.config.settings import Config
from bot.core.errors import Conflict, Duplicate
from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Ticket
from bot.model.timestamps import latest_reminder, reminder_place
from bot.model.transitions import Step, change, event
from bot.reminders.recipients import Finder, Recipients
from bot.tickets import notifications
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import Batch, Query, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes

LINES = 20
"""Messages in threads that one sweep may post; after an outage, the rest is sent in direct messages only."""
LISTED = 10
"""Tickets that one direct message names."""
_PASSES = 800


@dataclass(frozen=True)
class _Reminder:
    """The reminder of one ticket."""

    before: Ticket
    done: Change
    people: tuple[str, ...]
    once: str


@dataclass(frozen=True)
class _Bundle:
    """The direct message of one person in this sweep."""

    key: str = ""
    named: tuple[tuple[urgency.Order, str], ...] = ()
    """The most urgent tickets with their versions."""
    total: int = 0


@dataclass
class Sweep:
    """One sweep at one moment, and its reminders so far. Idempotent."""

    changes: Changes
    queries: Queries
    store: TicketStore
    config: Config
    routes: Routes
    at: datetime
    lines: int = LINES
    """Messages in threads that it may still post."""
    notified: dict[str, _Bundle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._finder = Finder(self.queries, self.config)

    async def run(self, limit: int) -> int:
        """Runs in passes of at most `limit` tickets; returns how many tickets were reminded of."""
        total = 0
        for _ in range(_PASSES):
            due = await self.store.find(Query(due_before=self.at, limit=limit))
            total += await self._pass(due)
            if len(due) < limit:
                break
            await asyncio.sleep(0)
        if total:
            self.changes.wake()
        return total

    async def _pass(self, due: Sequence[Ticket]) -> int:
        """Saves all in one batch; one by one on a conflict with a person's change or another sweep."""
        reminders = [(ticket, await self._reminder(ticket)) for ticket in due]
        found = sorted((each for _, each in reminders if each), key=lambda each: self._order(each.before))
        await self._rescheduled([ticket for ticket, each in reminders if not each])
        if not found or await self._saved(found):
            return len(found)
        return sum([await self._saved([each]) for each in found])

    def _order(self, ticket: Ticket) -> urgency.Order:
        return urgency.order(ticket, self.config, self.at)

    async def _reminder(self, ticket: Ticket) -> _Reminder | None:
        await asyncio.sleep(0)  # lets a click in between
        due = schedule.due_now(ticket, self.config, self.at)
        if not due:
            return None
        audience = schedule.audience_of(ticket, due, self.config, self.at)
        found = await self._finder.recipients(ticket, audience)
        reminded = change(ticket, reminded=ticket.reminded + 1)
        reminder_event = event(reminded, Step.REMIND, "", self.at, **_detail(ticket, due, audience, found, self.at))
        timed = self.changes.timed(ticket, reminded, reminder_event)
        if self._is_newly_overdue(ticket, timed):
            timed = timed.model_copy(update={"drawn": timed.version})
        return _Reminder(ticket, Change(timed, reminder_event), found.notified, f"remind:{ticket.id}:{ticket.version}")

    def _is_newly_overdue(self, before: Ticket, after: Ticket) -> bool:
        """True if the card now says that something is overdue, or that something else is."""
        was, now = (urgency.reminded_overdue(each, self.config) for each in (before, after))
        return now is not None and (was is None or (was.timer, was.due) != (now.timer, now.due))

    async def _saved(self, found: Sequence[_Reminder]) -> bool:
        notified = self._bundles(found)
        lines = found[: self.lines]
        notices = [notice for each in found for notice in self._card(each)]
        notices += [self._in_thread(each) for each in lines]
        notices += [notice for each in found for notice in self._earlier(each)]
        notices += [self._direct(each, person, found[0].done.ticket) for person, each in notified.items()]
        batch = Batch(
            tickets=[each.done.ticket for each in found],
            events=[each.done.event for each in found],
            notices=notices,
            once=[each.once for each in found],
            drop=[self.notified[person].key for person in notified if person in self.notified],
        )
        try:
            await self.store.apply(batch)
        except (Conflict, Duplicate):
            return False
        self.notified |= notified
        self.lines -= len(lines)
        return True

    async def _rescheduled(self, early: Sequence[Ticket]) -> None:
        """Moves the due moment of tickets that a changed policy makes due later, or never."""
        for ticket in early:
            later = change(ticket, due=schedule.next_due(ticket, self.config))
            try:
                await self.store.apply(Batch(tickets=[later]))
            except Conflict:
                continue

    def _bundles(self, found: Sequence[_Reminder]) -> dict[str, _Bundle]:
        """The direct message to each person."""
        named: dict[str, list[tuple[urgency.Order, str]]] = {}
        for each in found:
            ticket = each.done.ticket
            new = self._order(ticket), f"{ticket.id}:{ticket.version}"
            for person in each.people:
                named.setdefault(person, []).append(new)
        return {person: self._bundle(person, new) for person, new in named.items()}

    def _bundle(self, person: str, new: Sequence[tuple[urgency.Order, str]]) -> _Bundle:
        """The direct message to this person; it replaces the one of an earlier pass."""
        so_far = self.notified.get(person, _Bundle())
        digest = hashlib.sha256("|".join([so_far.key, *(name for _, name in new)]).encode()).hexdigest()[:20]
        named = tuple(sorted((*so_far.named, *new))[:LISTED])
        return _Bundle(f"reminders:{person}:{digest}", named, so_far.total + len(new))

    def _card(self, reminder: _Reminder) -> Iterator[Notice]:
        """The card redrawn, where it now says that something is overdue."""
        ticket = reminder.done.ticket
        if ticket.drawn == ticket.version:
            yield notifications.notice(ticket, NoticeKind.CARD, self.routes.desk, self.at)

    def _in_thread(self, reminder: _Reminder) -> Notice:
        """The line in the thread."""
        ticket = reminder.done.ticket
        places: list[JsonValue] = [[ticket.id, reminder_place(ticket.version)]]
        return notifications.notice(ticket, NoticeKind.THREAD, self.routes.desk, self.at, {"places": places})

    def _earlier(self, reminder: _Reminder) -> Iterator[Notice]:
        """The reminder before this one redrawn as an earlier one; those before it were redrawn when it came."""
        ticket, before = reminder.done.ticket, latest_reminder(reminder.before.times)
        if before:
            yield notifications.notice(ticket, NoticeKind.ANSWERED, self.routes.desk, self.at, {"places": list(before)})

    def _direct(self, notified: _Bundle, person: str, ticket: Ticket) -> Notice:
        named = [name.rpartition(":") for _, name in notified.named]
        places: list[JsonValue] = [[ticket_id, reminder_place(int(version), person)] for ticket_id, _, version in named]
        body: dict[str, JsonValue] = {"total": notified.total, "places": places}
        notice = notifications.notice(ticket, NoticeKind.REMINDERS, person, self.at, body)
        return notice.model_copy(update={"key": notified.key})


def _detail(
    ticket: Ticket, due: Sequence[TimerRun], audience: ReminderAudience, found: Recipients, at: datetime
) -> dict[str, str]:
    """Details of the reminder, stored so that its text is the same however late it is delivered."""
    return {
        "stage": ticket.stage.value,
        "since": str(int(ticket.since.timestamp())),
        "watches": " ".join(run.timer.value for run in due),
        "due": " ".join(str(int(run.due.timestamp())) for run in due if run.due),
        "rung": audience.value,
        "people": " ".join(found.notified),
        "mentioned": " ".join(found.mentioned),
        "unable": " ".join(found.unable),
        "owner": "" if found.owner_left else ticket.owner,
        "unanswered": str(schedule.unanswered(ticket, due)),
        **_lengths(ticket, due[0], at),
    }


def _lengths(ticket: Ticket, run: TimerRun, at: datetime) -> dict[str, str]:
    """Seconds since the stage began, and since a person last acted or Retarus wrote, in the time the timer counts."""
    found = {"rest": ticket.since}
    active = max((moment for moment in (ticket.times.touched, ticket.times.word) if moment), default=ticket.since)
    if active > ticket.since:
        found["idle"] = active
    lengths = {name: f"{run.calendar.between(start, at).total_seconds():.0f}" for name, start in found.items()}
    return lengths if run.calendar.never_closes else {**lengths, "counted": "work"}
