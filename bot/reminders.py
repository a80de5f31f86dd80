"""When does a ticket need attention? Pure functions of the ticket and the configured cadence."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.settings import Reminders
from bot.ticket import Stage, Ticket


def next_due(ticket: Ticket, policy: Reminders, at: datetime) -> datetime | None:
    """The moment the next reminder is due, if nothing happens after `at`: the moment of the last change or reminder."""
    minutes = patience(ticket.stage, policy)
    if not minutes:
        return None
    return at + timedelta(minutes=policy.repeat if ticket.reminded else minutes)


def patience(stage: Stage, policy: Reminders) -> int:
    """Minutes a ticket may rest at this stage before its first reminder; 0: for ever."""
    return {
        Stage.NEW: policy.new,
        Stage.FIRST: policy.first,
        Stage.FIRST_ASKED: policy.waiting_for_customer,
        Stage.HANDED_OFF: policy.handed_off,
        Stage.SECOND: policy.second,
        Stage.SECOND_ASKED: policy.waiting_for_customer,
        Stage.RETARUS: policy.retarus,
        Stage.RESOLVED: policy.resolved,
    }.get(stage, 0)
