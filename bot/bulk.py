"""Several tickets at once: each gets a change of its own, and each refusal its reason."""

from __future__ import annotations

from asyncio import Semaphore, gather
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.core.errors import Conflict, Invalid, Refused, SaveInDoubt, StoreDown
from bot.core.i18n import mark, t
from bot.known_issues.links import KnownIssues
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move
from bot.reminders.service import Reminders
from bot.tickets import permissions
from bot.tickets.assignment import Assignment
from bot.tickets.queries import Queries
from bot.tickets.service import Tickets

MAX_TICKETS: Final = 50
"""Tickets of one form: Slack waits three seconds for its answer."""


_AT_ONCE: Final = 8
"""Tickets that are changed at the same time."""


class BulkAction(StrEnum):
    """An action on several tickets, with its label."""

    TAKE = mark("Take or accept")
    ASSIGN = mark("Assign to somebody")
    SNOOZE = mark("Snooze")
    SAME_CAUSE = mark("Same cause as another ticket")


@dataclass(frozen=True)
class Outcome:
    """Result for one ticket."""

    ticket: Ticket
    refusal: str = ""
    """Reason why it was not changed; empty when it was."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Faults of the form, beside the refusal."""
    trouble: StoreDown | None = None
    """Trouble of the database that was the reason."""


@dataclass(frozen=True)
class BulkRequest:
    """The action for all of them, with its answers."""

    action: BulkAction
    until: str = ""
    """Unix seconds, of a snooze."""
    word: str = ""
    """Reason of a snooze."""
    leader: str = ""
    """The leading ticket of a common cause, called PD-1001."""
    to: str = ""
    """The person they are assigned to."""


@dataclass(frozen=True)
class Bulk:
    """Changes several tickets, each by itself: one that cannot be changed does not stop the others."""

    queries: Queries
    tickets: Tickets
    assignment: Assignment
    reminders: Reminders
    known_issues: KnownIssues

    async def apply(self, ticket_ids: Sequence[str], by: str, wish: BulkRequest, form: str) -> list[Outcome]:
        """Applies the action to each ticket; idempotent per form. `Invalid` where none is chosen."""
        permissions.require_part(await self.queries.actor(by))
        if not ticket_ids:
            raise Invalid({"tickets.0": t("Choose at least one ticket.")})
        act = self._act(by, wish, form)
        before = [await self.queries.ticket(each) for each in dict.fromkeys(ticket_ids[:MAX_TICKETS])]
        # each common cause changes the leading ticket, so concurrent ones would conflict
        concurrency = 1 if wish.action is BulkAction.SAME_CAUSE else _AT_ONCE
        done = await self._each(before, act, concurrency)
        if all(outcome.errors for outcome in done):
            raise Invalid(done[0].errors)
        if done[0].trouble and all(outcome.trouble for outcome in done):
            raise done[0].trouble
        return done

    def _act(self, by: str, wish: BulkRequest, form: str) -> Callable[[str], Awaitable[Ticket]]:
        async def take(ticket_id: str) -> Ticket:
            ticket, once = await self.queries.ticket(ticket_id), f"{form}:{ticket_id}"
            for move in (Move.TAKE, Move.ACCEPT):
                if await self.tickets.changes.store.used(f"{once}:{move}"):
                    return ticket
            move = Move.ACCEPT if ticket.stage not in {Stage.NEW, Stage.FIRST} else Move.TAKE
            return await self.tickets.act(ticket_id, move, by, once)

        async def assign(ticket_id: str) -> Ticket:
            return await self.assignment.assign(ticket_id, by, wish.to, f"{form}:{ticket_id}")

        async def snooze(ticket_id: str) -> Ticket:
            return await self.reminders.snooze(ticket_id, by, wish.until, wish.word, f"{form}:{ticket_id}")

        async def link(ticket_id: str) -> Ticket:
            return await self.known_issues.same_cause(ticket_id, by, wish.leader, f"{form}:{ticket_id}")

        acts = {
            BulkAction.TAKE: take,
            BulkAction.ASSIGN: assign,
            BulkAction.SNOOZE: snooze,
            BulkAction.SAME_CAUSE: link,
        }
        return acts[wish.action]

    async def _each(
        self, before: Sequence[Ticket], act: Callable[[str], Awaitable[Ticket]], concurrency: int
    ) -> list[Outcome]:
        """Stops at trouble of the database: each further ticket would wait for it again, longer than Slack waits."""
        turns, troubles = Semaphore(concurrency), list[StoreDown]()

        async def one(ticket: Ticket) -> Outcome:
            async with turns:
                if troubles:
                    down = StoreDown("It was not tried, as the database did not answer before.")
                    return Outcome(ticket, _in_words(down), trouble=down)
                outcome = await self._outcome(ticket, act)
                troubles.extend([outcome.trouble] if outcome.trouble else [])
                return outcome

        return await gather(*map(one, before))

    async def _outcome(self, before: Ticket, act: Callable[[str], Awaitable[Ticket]]) -> Outcome:
        try:
            return Outcome(await act(before.id))
        except StoreDown as trouble:  # others of them may be saved
            return Outcome(before, _in_words(trouble), trouble=trouble)
        except Invalid as error:
            reason, errors = " ".join(error.errors.values()), error.errors
        except Conflict:
            reason, errors = t("Somebody else changed it at the same moment. Please try again."), {}
        except Refused as error:
            reason, errors = str(error), {}
        return Outcome(await self._as_it_is(before), reason, errors)

    async def _as_it_is(self, before: Ticket) -> Ticket:
        try:
            return await self.queries.ticket(before.id)
        except StoreDown:
            return before


def _in_words(trouble: StoreDown) -> str:
    if isinstance(trouble, SaveInDoubt):
        return t("It may be saved or not: look, and do it again if it is not.")
    return t("The desk's database did not answer, so it was not changed. Please try again.")
