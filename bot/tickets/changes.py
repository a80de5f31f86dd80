"""The unit of work: read, decide, and save in one batch; decide again on a version conflict."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clocks import schedule
from bot.config.settings import Config
from bot.core.clock import Clock, as_utc
from bot.core.errors import Conflict, Duplicate, Invalid, Refused
from bot.model import timestamps
from bot.model.conversation import NO_CONVERSATION_CHANGES, ConversationChanges
from bot.model.notice import Notice, NoticeKind
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Event, Level, Stage, Ticket, Times
from bot.model.transitions import Step
from bot.model.undoing import TIME_TO_UNDO, UNDOABLE
from bot.model.undoing import before as values_before
from bot.tickets import notifications
from bot.tickets.delivery_order import ranked
from bot.tickets.ports import Batch, TicketStore
from bot.tickets.priority_call import with_call
from bot.tickets.queries import Queries
from bot.tickets.routes import Routes
from bot.tickets.undo_lines import superseded, with_undo

ATTEMPTS = 5
"""Maximum number of attempts under optimistic locking."""


@dataclass(frozen=True)
class Change:
    """A ticket's next version, the event, and the notices that result from it."""

    ticket: Ticket
    event: Event
    letters: Sequence[Notice] = ()
    note: TechnicalNote | None = None
    """A technical note that is saved with it."""
    drop: Sequence[str] = ()
    """Keys of undelivered notices that it replaces."""
    conversation: ConversationChanges = NO_CONVERSATION_CHANGES
    """Changes to the conversation with Retarus that are saved with it."""
    is_one_check: bool = False
    """True for the answer to one check: it can be undone, other answers cannot."""
    entry: str = ""
    """Id of the message of Retarus that it records: undone with it."""


Along = Callable[[Change, datetime], Awaitable[Change]]
"""Adds to a change what is saved with it, or refuses. Called again after a conflict."""

Decide = Callable[[Ticket, datetime], Awaitable[Change | None]]
"""Decides on a change of the ticket as it now is (or None), or refuses. Called again after a conflict."""

DecideTogether = Callable[[Sequence[Ticket], datetime], Awaitable[Sequence[Change]]]
"""Decides on several tickets. Unchanged ones have no change."""


ASKED_AGAIN = ("summary_second", "why_retarus")
"""Fields asked again for each letter, once the ticket comes back from Retarus (guide L2.8)."""


def without_last_summary(before: Ticket | None, done: Change) -> Change:
    """The change, without the summary and the ask of the last letter when it takes the ticket back from Retarus."""
    if before is None or before.stage.level is not Level.THIRD or done.ticket.stage.level is Level.THIRD:
        return done
    old = {key for key in ASKED_AGAIN if before.answer(key) and done.ticket.answer(key) == before.answer(key)}
    answers = {key: text for key, text in done.ticket.answers.items() if key not in old}
    detail = {**done.event.detail, **{f"answer.{key}": "" for key in sorted(old)}}
    ticket, event = (
        done.ticket.model_copy(update={"answers": answers}),
        done.event.model_copy(update={"detail": detail}),
    )
    return replace(done, ticket=ticket, event=event)


def with_values_before(was: Ticket | None, done: Change) -> Change:
    """The change with the values before it, where it can be undone: a person's step that went nowhere else."""
    event, ticket = done.event, done.ticket
    if ticket.undo_until is not None:
        ticket = ticket.model_copy(update={"undo_until": None, "undo_entry": ""})
    is_small = event.kind in UNDOABLE or done.is_one_check
    is_with_others = bool(done.letters) or done.conversation != NO_CONVERSATION_CHANGES
    is_alone = not (done.note or done.drop or (is_with_others and not done.entry))
    is_about_others = event.detail.keys() & {notifications.TOGETHER, notifications.TO_ALL, "files"}
    if was is None or not event.by or not (is_small and is_alone) or is_about_others:
        return replace(done, ticket=ticket)
    return replace(
        done,
        ticket=ticket.model_copy(
            update={"undo_until": event.at + TIME_TO_UNDO, "undo_entry": event.detail.get(notifications.VERBATIM, "")}
        ),
        event=event.model_copy(update={"before": values_before(was, ticket, done.entry)}),
    )


@dataclass(frozen=True)
class Changes:
    """The unit of work: saves a change with its notifications in one batch, and retries on a version conflict.

    `wake` is called after each: notifications are delivered at once.
    """

    store: TicketStore
    queries: Queries
    config: Config
    clock: Clock
    routes: Routes
    wake: Callable[[], None] = lambda: None

    async def change(
        self, ticket_id: str, once: str, decide: Decide, *, retry: bool = True, along: Along | None = None
    ) -> Ticket:
        for attempt in range(ATTEMPTS):
            ticket = await self.queries.ticket(ticket_id)
            try:
                at = as_utc(self.clock())
                done = await decide(ticket, at)
                done = await along(done, at) if done and along else done
                return await self.save(ticket, done, once) if done else ticket
            except Duplicate:
                return await self.queries.ticket(ticket_id)
            except (Refused, Invalid):
                if await self.store.used(once):  # a redelivery gets the same answer as the first delivery
                    return await self.queries.ticket(ticket_id)
                raise
            except Conflict:
                if await self.store.used(once):
                    return await self.queries.ticket(ticket_id)
                if not retry or attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def change_together(self, ticket_ids: Sequence[str], once: str, decide: DecideTogether) -> list[Ticket]:
        """Changes several tickets in one batch: all of them or none. Decides again on a version conflict."""
        for attempt in range(ATTEMPTS):
            tickets = [await self.queries.ticket(each) for each in ticket_ids]
            try:
                done = await decide(tickets, as_utc(self.clock()))
                saved = {each.id: each for each in await self._save_all(tickets, done, once)}
                return [saved.get(each.id, each) for each in tickets]
            except Duplicate:
                return [await self.queries.ticket(each) for each in ticket_ids]
            except (Refused, Invalid):
                if await self.store.used(once):  # a redelivery gets the same answer as the first delivery
                    return tickets
                raise
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def save(self, before: Ticket | None, done: Change, once: str, more: Batch | None = None) -> Ticket:
        """Saves one change with its notifications. `more`: further parts of the batch."""
        return (await self._save_all([before] if before else [], [done], once, more))[0]

    async def save_new(self, done: Sequence[Change], once: str, more: Batch | None = None) -> Ticket:
        """Saves a new ticket with the moves made by the same submission, in one batch; gives its last version."""
        return (await self._save_all([], done, once, more))[-1]

    async def _save_all(
        self, before: Sequence[Ticket], done: Sequence[Change], once: str, more: Batch | None = None
    ) -> tuple[Ticket, ...]:
        """In the order of their ids, so that two that change the same tickets cannot wait for each other."""
        more = more or Batch()
        if not done:
            return ()
        were = {each.id: each for each in before}
        new = _newest_versions(each.ticket for each in done if each.ticket.id not in were)
        tickets, notices, events, dropped = list[Ticket](), list[Notice](), list[Event](), list[str]()
        done = [without_last_summary(were.get(each.ticket.id), each) for each in done]
        for one in sorted(done, key=lambda one: (one.ticket.id, one.ticket.version)):
            was = were.get(one.ticket.id)
            each = with_values_before(was, one)
            ticket = self.timed(was, each.ticket, each.event, is_drawn=True)
            of_change = with_undo(notifications.notices(was, ticket, each.event, self.routes), ticket, self.routes)
            redrawn, unneeded = superseded(was, each.event, self.routes)
            if new.get(ticket.id, ticket.version) == ticket.version:  # with the last step of what makes it
                before_call = None if ticket.id in new else was
                of_change = with_call(of_change, before_call, ticket, each.event, self.routes, self.config)
            because = [*of_change, *each.letters]
            because += [*redrawn, *await self._relayed(ticket, each.event)]
            if was and ticket.id in new:  # the card of the first version is drawn with this one
                because = [each for each in because if each.kind is not NoticeKind.CARD]
            notices += ranked(because, ticket, self.config)
            dropped += [*each.drop, *unneeded]
            tickets.append(ticket)
            events.append(each.event)
            were[ticket.id] = ticket
        learnt = [each.note for each in done if each.note]
        batch = Batch(
            tickets=tickets,
            events=events,
            notices=[*notices, *more.notices],
            technical_notes=learnt,
            once=[once],
            drop=dropped,
            conversation=next(
                (each.conversation for each in done if each.conversation != NO_CONVERSATION_CHANGES), more.conversation
            ),
            customers=more.customers,
        )
        saved = await self.store.apply(batch)
        self.wake()
        return saved

    async def _relayed(self, ticket: Ticket, event: Event) -> list[Notice]:
        """Notifications for every linked ticket with the same cause, in each one's thread and to its owner."""
        if not ticket.leads or not notifications.is_relayed(event):
            return []
        return notifications.relayed_to_all(await self.queries.led_by(ticket), ticket, event, self.routes)

    def timed(self, before: Ticket | None, ticket: Ticket, done: Event, *, is_drawn: bool = False) -> Ticket:
        """The ticket with its timers' values after this event, and the time when it next needs attention.

        `is_drawn`: its card is drawn with this version.
        """
        was, stage = (before.times, before.stage) if before else (Times(), Stage.NEW)
        if done.kind != Step.UNDO.value:  # that brings its times with it: those before the step that is undone
            ticket = ticket.model_copy(update={"times": timestamps.after_event(was, done, stage, ticket.stage)})
        drawn = ticket.version if is_drawn else ticket.drawn
        return ticket.model_copy(update={"due": schedule.next_due(ticket, self.config), "drawn": drawn})


def _newest_versions(tickets: Iterable[Ticket]) -> dict[str, int]:
    """Ticket id → the highest of its versions."""
    found = dict[str, int]()
    for each in tickets:
        found[each.id] = max(each.version, found.get(each.id, 0))
    return found
