"""Reminders: the periodic sweep, and actions on a reminder (snooze, cadence, plan, chaser)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clocks import timers
from bot.clocks.timers import TimerRun
from bot.config.settings import Config
from bot.core.cleaning import excerpt
from bot.core.clock import Clock, as_moment, as_utc, zone
from bot.core.errors import Invalid, NotNow, Refused
from bot.core.fillers import Asked
from bot.core.i18n import t
from bot.escalation.follow_up import FollowUp, follow_up
from bot.model.contact import Contact
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Step, change, event
from bot.register.contacts import Register
from bot.reminders.chaser import draft
from bot.reminders.snooze import presets
from bot.reminders.sweep import Sweep
from bot.reminders.until import is_meant_as_time, read_until
from bot.tickets import permissions
from bot.tickets.answers import Answers
from bot.tickets.changes import Along, Change, Changes
from bot.tickets.ports import Maintenance, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference
from bot.tickets.routes import Routes

_SNOOZE = timedelta(days=60)
_SLOWEST = 14 * 24 * 60
"""Minutes."""


@dataclass(frozen=True)
class Reminders:
    """Use-cases of reminders. Moments are aware; those in `typed` are Unix seconds, as Slack's pickers give them."""

    changes: Changes
    queries: Queries
    answers: Answers
    register: Register
    store: TicketStore
    maintenance: Maintenance
    config: Config
    clock: Clock
    routes: Routes

    async def sweep(self, limit: int = 50) -> int:
        """Reminds of everything that is due; returns how many tickets. Idempotent."""
        sweep = Sweep(self.changes, self.queries, self.store, self.config, self.routes, as_utc(self.clock()))
        return await sweep.run(limit)

    async def prune(self, older: timedelta) -> int:
        """Deletes delivered notices and once-keys older than this (retention)."""
        return await self.maintenance.prune(as_utc(self.clock()) - older)

    # --- actions on a reminder

    async def wait(self, ticket_id: str, by: str, words: str, form: str) -> Ticket:
        """Snoozes until the moment that the words begin with, or the first that is offered; the rest is the reason."""
        person, at = (await self.queries.actor(by)).person, as_utc(self.clock())
        until, reason = read_until(words, zone(person.zone or self.config.desk.timezone), at)
        if until is None and is_meant_as_time(words, at):
            raise Refused(
                t(
                    "“{words}” is not a time to come. Write it like: 2 h, 14:00, tomorrow, Monday 10:00.",
                    words=excerpt(words, 40),
                )
            )
        until = until or presets((await self.queries.ticket(ticket_id)).level, person.zone, self.config, at)[0].at
        return await self.snooze(ticket_id, by, f"{int(until.timestamp())}", reason, form)

    async def snooze(self, ticket_id: str, by: str, until: str, reason: str, form: str) -> Ticket:
        """Postpones all reminders but the SLA's until then; a reason is optional. Any action ends the snooze."""
        permissions.require_part(await self.queries.actor(by))
        at = as_utc(self.clock())
        moment = later(until, "until", at, _SNOOZE)
        detail = {"until": f"{int(moment.timestamp())}"}
        if reason.strip():
            detail["reason"] = await self.answers.word(ticket_id, reason, "word", Asked.REASON)

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            snoozed = change(ticket)
            return Change(snoozed, event(snoozed, Step.SNOOZE, by, at, **detail))

        return await self.changes.change(ticket_id, f"{form}:snooze", decide)

    async def pace(self, ticket_id: str, by: str, minutes: str, form: str) -> Ticket:
        """Sets a cadence for this ticket, in minutes of working time; empty: the policy's. The SLA is not changed."""
        permissions.require_part(await self.queries.actor(by))
        text = minutes.strip()
        number = int(text) if text.isdecimal() else 0
        if text and not 0 < number <= _SLOWEST:
            raise Invalid({"word": t("Enter a whole number of minutes, up to {most}, or nothing.", most=_SLOWEST)})

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            paced = change(ticket)
            return Change(paced, event(paced, Step.PACE, by, at, minutes=str(number)))

        return await self.changes.change(ticket_id, f"{form}:pace", decide)

    async def expect(
        self, ticket_id: str, by: str, typed: Mapping[str, str], form: str, along: Along | None = None
    ) -> Ticket:
        """Records what Retarus announced (`update_due`, `eta`) or asked (`question`); at least one of them."""
        permissions.require_part(await self.queries.actor(by))
        at = as_utc(self.clock())
        expected = {key: text for key, text in typed.items() if text and key in {"update_due", "eta", "question"}}
        if not expected:
            raise Invalid({"update_due": t("Give a time, or what Retarus asked.")})
        for key in expected.keys() & {"update_due", "eta"}:
            later(expected[key], key, at, timedelta(days=365))
        if "question" in expected:
            expected["question"] = await self.answers.word(ticket_id, expected["question"], "question")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self.require_with_retarus(ticket)
            expecting = change(ticket)
            return Change(expecting, event(expecting, Step.EXPECT, by, at, **expected))

        return await self.changes.change(ticket_id, f"{form}:expect", decide, along=along)

    async def record_plan(self, ticket_id: str, by: str, text: str, form: str) -> Ticket:
        """Records the action plan: steps, people, times. It ends the SLA's timer (guide, section 3, 2nd level)."""
        permissions.require_part(await self.queries.actor(by))
        text = await self.answers.word(ticket_id, text, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            self._require_open(ticket)
            planned = change(ticket, answers={**ticket.answers, "plan": text})
            return Change(planned, event(planned, Step.PLAN, by, at, plan=text, **{"answer.plan": text}))

        return await self.changes.change(ticket_id, f"{form}:plan", decide)

    # --- chasing Retarus

    async def chaser(self, ticket_id: str, by: str) -> tuple[Ticket, str]:
        """The draft of a chaser; only for those who may send it."""
        ticket = await self.queries.ticket(ticket_id)
        contact = await self._declarant_of_chaser(ticket, by)
        history = await self.store.history(ticket.id)
        return ticket, draft(ticket, contact, self.config, self.clock(), history)

    async def chase(self, ticket_id: str, by: str, text: str, form: str, seen: int | None = None) -> Ticket:
        """Sends it, word for word, into the threads the letter began: by e-mail, in the channel, or both.

        The files that wait go along, as with a letter. `seen`: the version whose files were shown; a `Conflict` when
        they are others now.
        """
        await self._declarant_of_chaser(await self.queries.ticket(ticket_id), by)
        text = await self.answers.word(ticket_id, text, "word")

        async def decide(ticket: Ticket, at: datetime) -> Change:
            contact = await self._declarant_of_chaser(ticket, by)
            history = await self.store.history(ticket.id)
            message = FollowUp(Step.CHASE, by, text, seen)
            return follow_up(ticket, history, contact, message, self.config, self.routes, at)

        return await self.changes.change(ticket_id, f"{form}:chase", decide)

    async def _declarant_of_chaser(self, ticket: Ticket, by: str) -> Contact:
        _, contact = await self.register.sender(by)
        self.require_with_retarus(ticket)
        self.routes.require_a_way()
        return contact

    # --- reading

    async def with_retarus(self, ticket_id: str, by: str) -> Ticket:
        """The ticket, when it is with Retarus and this person may write in it."""
        ticket = await self.queries.open_to(ticket_id, by)
        self.require_with_retarus(ticket)
        return ticket

    def runs(self, ticket: Ticket) -> tuple[TimerRun, ...]:
        return timers.runs(ticket, self.config)

    # --- checks of inputs

    def _require_open(self, ticket: Ticket) -> None:
        if not ticket.stage.is_open:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is closed and has no more reminders.", name=name))

    def require_with_retarus(self, ticket: Ticket) -> None:
        if ticket.stage is not Stage.RETARUS:
            name = reference(ticket, self.config)
            raise NotNow(t("{name} is not with Retarus now.", name=name))


def later(text: str, key: str, at: datetime, limit: timedelta) -> datetime:
    moment = as_moment(text)
    if moment is None or moment <= at:
        raise Invalid({key: t("Choose a time in the future.")})
    if moment > at + limit:
        raise Invalid({key: t("That is too far ahead: at most {days} days.", days=limit.days)})
    return moment
