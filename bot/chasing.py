"""What do we write when Retarus is silent, or asks? A draft; a person edits and sends it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot import clocks
from bot.clock import guide_time
from bot.clocks import Watch
from bot.contacts import Contact
from bot.letter import reference
from bot.settings import Config
from bot.ticket import Ticket


def draft(ticket: Ticket, declarant: Contact, config: Config, at: datetime) -> str:
    """What is open with them, in our words, from the ticket and its clocks."""
    body = [*_open(ticket, config, at), "Please tell us how it stands, and when we can expect your next update."]
    return "\n\n".join([_about(ticket, config), "\n".join(body), f"{declarant.name}, authorised support contact"])


def _about(ticket: Ticket, config: Config) -> str:
    theirs = f", your reference {', '.join(ticket.rcr)}" if ticket.rcr else ""
    level = f" ({ticket.answer('priority')})" if ticket.answer("priority") else ""
    when = f", sent on {guide_time(ticket.sent_at, ticket.zone)}" if ticket.sent_at else ""
    return f"This is about our ticket {reference(ticket, config)}{level}{theirs}{when}."


def _open(ticket: Ticket, config: Config, at: datetime) -> Iterable[str]:
    for run in clocks.runs(ticket, config):
        if run.watch is Watch.RCR:
            yield "We have no ticket number of yours yet: please tell us the RCR number."
        elif run.watch is Watch.UPDATE and ticket.times.update_due and run.is_late(at):
            yield f"You announced an update for {guide_time(ticket.times.update_due, ticket.zone)}; it is overdue."
        elif run.watch is Watch.UPDATE:
            yield f"Since {guide_time(run.start, ticket.zone)} we have not heard from you."
        elif run.watch is Watch.ETA and run.start <= at:
            yield f"You expected a solution by {guide_time(run.start, ticket.zone)}; that time has passed."
