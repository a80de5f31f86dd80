"""Undo of a ticket's newest step, for ten minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from bot.config.settings import Config
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Step, event, restored
from bot.model.undoing import AUTHOR, OF, TIME_TO_UNDO, UNDONE, undoing_of
from bot.tickets import permissions
from bot.tickets.answers import details_of
from bot.tickets.changes import Change, Changes
from bot.tickets.ports import Directory, TicketStore
from bot.tickets.queries import Queries
from bot.tickets.reference import reference


@dataclass(frozen=True)
class Undo:
    """Takes a step back: stage, owner, answers and clocks are as before it; the history keeps both."""

    changes: Changes
    queries: Queries
    store: TicketStore
    directory: Directory
    config: Config
    unrecord: Callable[[Change, Event], Awaitable[Change]]
    """Adds to an undoing that the message of Retarus which the step recorded is no longer recorded."""

    async def undo(self, ticket_id: str, version: int, by: str, click: str) -> Ticket:
        """Undoes the step to this version, by whoever made it or a lead. Idempotent.

        `NotNow` after ten minutes, when something newer happened, and for a step that cannot be undone.
        """
        actor = await self.queries.actor(by)
        permissions.require_reader(actor)

        async def decide(ticket: Ticket, at: datetime) -> Change | None:
            history = await self.store.history(ticket.id)
            step = next((each for each in history if each.version == version), None)
            if step is None:
                raise NotNow(t("This step cannot be undone."))
            permissions.require_undo(actor, step, self.config)
            if undoing_of(version, history):
                return None
            if ticket.version != version:
                await self._refuse_as_newer(ticket, history, by)
            if step.before is None:
                raise NotNow(t("This step cannot be undone."))
            if at >= step.at + TIME_TO_UNDO:
                minutes = TIME_TO_UNDO.seconds // 60
                raise NotNow(
                    t("A step can be undone for {minutes} minutes. Use the buttons of the card now.", minutes=minutes)
                )
            back = restored(ticket, step.before)
            detail = {OF: f"{version}", UNDONE: step.kind, AUTHOR: step.by, **details_of(step.before.answers)}
            return await self.unrecord(Change(back, event(back, Step.UNDO, by, at, **detail)), step)

        return await self.changes.change(ticket_id, f"{click}:undo", decide)

    async def _refuse_as_newer(self, ticket: Ticket, history: Sequence[Event], reader: str) -> NoReturn:
        """Names whoever did something since; a reminder, for example, has no author."""
        name, by = reference(ticket, self.config), history[-1].by
        if not by:
            raise NotNow(t("Something newer has happened on {ticket}. Use the buttons of the card now.", ticket=name))
        if by == reader:
            raise NotNow(t("You have done something newer on {ticket}. Use the buttons of the card now.", ticket=name))
        person = (await self.directory.person(by)).name
        words = t(
            "{name} has done something newer on {ticket}. Use the buttons of the card now.", name=person, ticket=name
        )
        raise NotNow(words)
