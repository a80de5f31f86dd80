"""What keeps tickets from going stale? The sweep that reminds, and what people do about a reminder."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from bot.clocks import schedule, timers
from bot.clocks.schedule import Rung
from bot.clocks.timers import Run
from bot.config.settings import Config
from bot.core.clock import Clock, as_moment, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, NotNow, Refused
from bot.core.i18n import t
from bot.escalation import letter
from bot.escalation.correspondence import letters_sent
from bot.model.contact import Contact
from bot.model.notice import Notice, Say
from bot.model.ticket import Stage, Ticket
from bot.model.timestamps import reminder_place
from bot.model.transitions import Move, Step, change, event, move
from bot.register.contacts import Register
from bot.reminders.chaser import draft
from bot.tickets import notifications, permissions
from bot.tickets.answers import Answers
from bot.tickets.attachments import along, excess, listed, sent, waiting
from bot.tickets.changes import Change, Changes
from bot.tickets.notifications import Routes
from bot.tickets.ports import Batch, Maintenance, Query, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

LINES = 20
"""Lines in threads that one sweep may post: after an outage, people read of the rest in their direct message."""
LISTED = 10
"""Tickets that one direct message names."""
_SNOOZE = timedelta(days=60)
_SLOWEST = 14 * 24 * 60
"""Minutes."""
_PASSES = 800


@dataclass(frozen=True)
class _Due:
    """One ticket to be reminded of."""

    before: Ticket
    done: Change
    people: tuple[str, ...]
    once: str


@dataclass
class _Told:
    """The direct message of one person in this sweep."""

    key: str
    tickets: list[str]
    total: int


@dataclass
class _Sweep:
    """One sweep: what it has told so far."""

    at: datetime
    lines: int = LINES
    told: dict[str, _Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Reminders:
    """Use-cases of time. All moments are aware; `typed` moments are Unix seconds, as Slack's pickers give them."""

    changes: Changes
    queries: Queries
    answers: Answers
    register: Register
    store: TicketStore
    maintenance: Maintenance
    config: Config
    clock: Clock
    routes: Routes

    # --- the sweep

    async def sweep(self, limit: int = 50) -> int:
        """Reminds of everything due, in passes of at most `limit` tickets; returns how many. Repeating it is harmless.

        One direct message per person, whatever number of their tickets is due; a bounded number of thread lines.
        """
        swept, total = _Sweep(as_utc(self.clock())), 0
        for _ in range(_PASSES):
            due = await self.store.find(Query(due_before=swept.at, limit=limit))
            total += await self._pass(swept, due)
            if len(due) < limit:
                break
            await asyncio.sleep(0)
        if total:
            self.changes.wake()
        return total

    async def _pass(self, swept: _Sweep, due: Sequence[Ticket]) -> int:
        """All in one batch; one by one where somebody acted, or another process swept, in this very moment."""
        found = [each for ticket in due if (each := self._reminder(ticket, swept.at))]
        await self._rescheduled([ticket for ticket in due if not schedule.due_now(ticket, self.config, swept.at)])
        if not found or await self._reminded(swept, found):
            return len(found)
        return sum([await self._reminded(swept, [each]) for each in found])

    async def _reminded(self, swept: _Sweep, found: Sequence[_Due]) -> bool:
        told = {person: self._bundle(swept, person, found) for each in found for person in each.people}
        lines = found[: swept.lines]
        notices = [notice for each in lines for notice in self._lines(each, swept.at)]
        notices += [self._direct(each, person, found[0].done.ticket, swept.at) for person, each in told.items()]
        batch = Batch(
            tickets=[each.done.ticket for each in found],
            events=[each.done.event for each in found],
            notices=notices,
            once=[each.once for each in found],
            drop=[swept.told[person].key for person in told if person in swept.told],
        )
        try:
            await self.store.apply(batch)
        except (Conflict, Duplicate):
            return False
        swept.told |= told
        swept.lines -= len(lines)
        return True

    def _reminder(self, ticket: Ticket, at: datetime) -> _Due | None:
        due = schedule.due_now(ticket, self.config, at)
        if not due:
            return None
        how_far = schedule.rung(ticket, due, self.config)
        people = schedule.people(ticket, how_far, self.config)
        reminded = change(ticket, reminded=ticket.reminded + 1)
        said = event(reminded, Step.REMIND, "", at, **_detail(ticket, due, how_far, people))
        done = Change(self.changes.timed(ticket, reminded, said), said)
        return _Due(ticket, done, people, f"remind:{ticket.id}:{ticket.version}")

    async def _rescheduled(self, early: Sequence[Ticket]) -> None:
        """The policy has changed since: they are due later, or never."""
        for ticket in early:
            later = change(ticket, due=schedule.next_due(ticket, self.config))
            try:
                await self.store.apply(Batch(tickets=[later]))
            except Conflict:
                continue

    def _bundle(self, swept: _Sweep, person: str, found: Sequence[_Due]) -> _Told:
        """What this person is told, with what the sweep told them before: the message so far is replaced."""
        mine = [each.done.ticket for each in found if person in each.people]
        so_far = swept.told.get(person) or _Told("", [], 0)
        names = [*so_far.tickets, *(f"{ticket.id}:{ticket.version}" for ticket in mine)]
        digest = hashlib.sha256("|".join([so_far.key, *names]).encode()).hexdigest()[:20]
        return _Told(f"reminders:{person}:{digest}", names[:LISTED], so_far.total + len(mine))

    def _lines(self, due: _Due, at: datetime) -> Iterator[Notice]:
        """In the thread; what stands there from before falls silent."""
        ticket, before = due.done.ticket, due.before.times.standing
        yield self._line(ticket, at)
        if before:
            yield notifications.notice(ticket, Say.ANSWERED, self.routes.desk, at, {"places": list(before)})

    def _line(self, ticket: Ticket, at: datetime) -> Notice:
        return notifications.notice(
            ticket, Say.STORY, self.routes.desk, at, {"places": [[ticket.id, reminder_place(ticket.version)]]}
        )

    def _direct(self, told: _Told, person: str, ticket: Ticket, at: datetime) -> Notice:
        named = [name.rpartition(":") for name in told.tickets]
        places: list[JsonValue] = [[ticket_id, reminder_place(int(version), person)] for ticket_id, _, version in named]
        body: dict[str, JsonValue] = {"total": told.total, "places": places}
        notice = notifications.notice(ticket, Say.REMINDERS, person, at, body)
        return notice.model_copy(update={"key": told.key})

    async def prune(self, older: timedelta) -> int:
        """Forgets delivered notices and used-up once-keys that are older than this."""
        return await self.maintenance.prune(as_utc(self.clock()) - older)

    # --- what people do about it

    async def snooze(self, ticket_id: str, by: str, until: str, reason: str, form: str) -> Ticket:
        """No reminders until then, except the SLA's. Whatever anybody does before ends it."""
        permissions.require_part(await self.queries.actor(by))
        at = as_utc(self.clock())
        moment = later(until, "until", at, _SNOOZE)
        reason = await self.answers.word(reason, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            snoozed = change(ticket)
            stamp = f"{int(moment.timestamp())}"
            return Change(snoozed, event(snoozed, Step.SNOOZE, by, at, until=stamp, reason=reason))

        return await self.changes.change(ticket_id, f"{form}:snooze", decide)

    async def pace(self, ticket_id: str, by: str, minutes: str, form: str) -> Ticket:
        """A cadence for this ticket alone, in minutes of working time; empty: the policy's again. Never the SLA's."""
        permissions.require_part(await self.queries.actor(by))
        text = minutes.strip()
        number = int(text) if text.isdecimal() else 0
        if text and not 0 < number <= _SLOWEST:
            raise Invalid({"word": t("A whole number of minutes, up to {most}, or nothing.", most=_SLOWEST)})

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            paced = change(ticket)
            return Change(paced, event(paced, Step.PACE, by, at, minutes=str(number)))

        return await self.changes.change(ticket_id, f"{form}:pace", decide)

    async def expect(self, ticket_id: str, by: str, typed: Mapping[str, str], form: str) -> Ticket:
        """What Retarus promised, `update_due` and `eta`, and what they asked, `question`; at least one of them."""
        permissions.require_part(await self.queries.actor(by))
        at = as_utc(self.clock())
        said = {key: text for key, text in typed.items() if text and key in {"update_due", "eta", "question"}}
        if not said:
            raise Invalid({"update_due": t("Give a time, or what Retarus asked.")})
        for key in said.keys() & {"update_due", "eta"}:
            later(said[key], key, at, timedelta(days=365))
        if "question" in said:
            said["question"] = await self.answers.word(said["question"], "question")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self.require_with_retarus(ticket)
            expecting = change(ticket)
            return Change(expecting, event(expecting, Step.EXPECT, by, at, **said))

        return await self.changes.change(ticket_id, f"{form}:expect", decide)

    async def record_plan(self, ticket_id: str, by: str, text: str, form: str) -> Ticket:
        """The action plan: steps, who, when. It ends the clock of the SLA (guide 2.7)."""
        permissions.require_part(await self.queries.actor(by))
        text = await self.answers.word(text, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            planned = change(ticket, answers={**ticket.answers, "plan": text})
            return Change(planned, event(planned, Step.PLAN, by, at, plan=text, **{"answer.plan": text}))

        return await self.changes.change(ticket_id, f"{form}:plan", decide)

    async def hand_on(self, ticket_id: str, by: str, to: str, form: str) -> Ticket:
        """To a colleague of the same level, who is told."""
        actor, colleague = await self.queries.actor(by), await self.queries.actor(to)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            permissions.require(actor, ticket, Move.HAND_ON)
            try:
                permissions.require(colleague, ticket, Move.HAND_ON)
            except Refused as error:
                words = t("{name} cannot have it: they are not on the team it is with.", name=colleague.person.name)
                raise Invalid({"to": words}) from error
            if to == ticket.owner:
                raise Invalid({"to": t("It is theirs already.")})
            moved = move(ticket, Move.HAND_ON, to, at)
            return Change(moved, event(moved, Move.HAND_ON, by, at))

        return await self.changes.change(ticket_id, f"{form}:hand_on", decide)

    # --- chasing Retarus

    async def chaser(self, ticket_id: str, by: str) -> tuple[Ticket, str]:
        """The draft of a letter that asks Retarus how it stands; only for those who may send it."""
        ticket = await self.queries.ticket(ticket_id)
        contact = await self._declarant_of_chaser(ticket, by)
        return ticket, draft(ticket, contact, self.config, self.clock())

    async def chase(self, ticket_id: str, by: str, text: str, form: str, seen: int | None = None) -> Ticket:
        """Sends it, word for word, into the threads the letter began: by e-mail, in the channel, or both.

        The files that wait go along, as with a letter. `seen`: the version whose files were shown; a `Conflict` when
        they are others now.
        """
        await self._declarant_of_chaser(await self.queries.ticket(ticket_id), by)
        text = await self.answers.word(text, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            contact = await self._declarant_of_chaser(ticket, by)
            files = waiting(ticket)
            if too_much := excess(files, self.config):
                raise Refused(too_much)
            history = await self.store.history(ticket.id)
            unseen = seen and any("answer.files" in each.detail for each in history if each.version > seen)
            if unseen and not await self.store.used(f"{form}:chase"):  # delivered twice, it is the same word
                raise Conflict
            chased = change(ticket, attachments=sent(ticket, at))
            subject = letter.write(ticket, contact, self.config, history).subject
            sending = along(
                notifications.chasers(chased, letters_sent(history), subject, text, contact, self.routes, at), files
            )
            listing = {"files": listed(files)} if files else {}
            return Change(chased, event(chased, Step.CHASE, by, at, text=text, **listing), sending)

        return await self.changes.change(ticket_id, f"{form}:chase", decide)

    async def _declarant_of_chaser(self, ticket: Ticket, by: str) -> Contact:
        _, contact = await self.register.sender(by)
        self.require_with_retarus(ticket)
        if not self.routes.lead_to_retarus:
            raise Refused(t("No way to Retarus is set up. An admin names `channel` or `email` under [retarus]."))
        return contact

    # --- looking

    async def with_retarus(self, ticket_id: str, by: str) -> Ticket:
        """The ticket, when it is with Retarus and this person has a part in it."""
        ticket = await self.queries.open_to(ticket_id, by)
        self.require_with_retarus(ticket)
        return ticket

    def runs(self, ticket: Ticket) -> tuple[Run, ...]:
        return timers.runs(ticket, self.config)

    # --- what is asked of every input

    def _require_open(self, ticket: Ticket) -> None:
        if not ticket.stage.is_open:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is closed; nothing waits any more.", name=name))

    def require_with_retarus(self, ticket: Ticket) -> None:
        if ticket.stage is not Stage.RETARUS:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is not with Retarus now.", name=name))


def later(text: str, key: str, at: datetime, most: timedelta) -> datetime:
    moment = as_moment(text)
    if moment is None or moment <= at:
        raise Invalid({key: t("Choose a time in the future.")})
    if moment > at + most:
        raise Invalid({key: t("That is too far: at most {days} days.", days=most.days)})
    return moment


def _detail(ticket: Ticket, due: Sequence[Run], how_far: Rung, people: Sequence[str]) -> dict[str, str]:
    """What the reminder says, kept so that it says the same however late it is delivered."""
    return {
        "stage": ticket.stage.value,
        "since": str(int(ticket.since.timestamp())),
        "watches": " ".join(run.watch.value for run in due),
        "due": " ".join(str(int(run.due.timestamp())) for run in due if run.due),
        "rung": how_far.value,
        "people": " ".join(people),
    }
