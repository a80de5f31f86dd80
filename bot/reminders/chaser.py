"""Drafts a chaser: a message that asks Retarus for an update. A person edits and sends it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.clocks import timers
from bot.clocks.timers import Timer
from bot.config.settings import Config
from bot.core.clock import guide_time
from bot.core.i18n import speaking, t
from bot.escalation.correspondence import is_opened_in_portal
from bot.forms.guide_tasks import THEIRS
from bot.model.contact import Contact
from bot.model.ticket import Event, Ticket
from bot.tickets.reference import reference


def draft(ticket: Ticket, declarant: Contact, config: Config, at: datetime, history: Sequence[Event] = ()) -> str:
    """The draft, from what is open with Retarus: the ticket, its history and its timers."""
    with speaking(config.retarus.language):
        ask = t("Please tell us how it stands, and when we can expect your next update.")
        body = "\n".join([*_open(ticket, config, at), ask, *_owed(ticket)])
        return "\n\n".join(
            [_about(ticket, history, config), body, f"{declarant.name}, {t('authorised support contact')}"]
        )


def _owed(ticket: Ticket) -> Iterable[str]:
    """Answers that Retarus owes by the guide and has not given yet (L3.3, L3.4)."""
    if ticket.times.eta is None:
        yield t("Please also tell us by when you expect it to be solved.")
    if ticket.answer("caused_by") == THEIRS and not ticket.answer("their_note"):
        yield t("Will there be a technical note of yours for it: its cause, and how it is remedied?")


def _about(ticket: Ticket, history: Sequence[Event], config: Config) -> str:
    ours = reference(ticket, config) + (f" ({ticket.answer('priority')})" if ticket.answer("priority") else "")
    bits = [t("This is about our ticket {reference}", reference=ours)]
    bits += [t("your reference {numbers}", numbers=", ".join(ticket.rcr))] if ticket.rcr else []
    if ticket.sent_at:
        at, in_portal = guide_time(ticket.sent_at, ticket.zone), is_opened_in_portal(history)
        bits.append(t("opened in the EAS portal on {time}", time=at) if in_portal else t("sent on {time}", time=at))
    return ", ".join(bits) + "."


def _open(ticket: Ticket, config: Config, at: datetime) -> Iterable[str]:
    for run in timers.runs(ticket, config):
        if run.timer is Timer.RCR:
            yield t("We have no ticket number of yours yet: please tell us the RCR number.")
        elif run.timer is Timer.UPDATE and ticket.times.update_due and run.is_late(at):
            due = guide_time(ticket.times.update_due, ticket.zone)
            yield t("You announced an update for {time}; it is overdue.", time=due)
        elif run.timer is Timer.UPDATE:
            yield t("We have not heard from you since {time}.", time=guide_time(run.start, ticket.zone))
        elif run.timer is Timer.ETA and run.start <= at:
            expected = guide_time(run.start, ticket.zone)
            yield t("You expected a solution by {time}; that time has passed.", time=expected)
