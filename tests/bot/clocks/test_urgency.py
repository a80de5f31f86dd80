"""The order of lists: past the SLA first, then by priority, by what is overdue, and by age."""

from __future__ import annotations

from datetime import timedelta

from bot.clocks.timers import Timer
from bot.clocks.urgency import order, reminded_overdue
from bot.model.ticket import Nudge, Stage, Ticket, Times
from tests.factories import NOW, a_config, an_incident

CONFIG = a_config(sla={"P2": {"action_plan": 60}})


def a_ticket(key: str, priority: str, *, hours: int, stage: Stage = Stage.FIRST, agreed: bool = False) -> Ticket:
    """Raised and last touched so many hours ago; `agreed`: its SLA runs since then."""
    at = NOW - timedelta(hours=hours)
    times = Times(touched=at, priorities={priority: at} if agreed else {})
    ticket = an_incident(stage, since=at, raised_at=at, also={"priority": priority}, times=times)
    return ticket.model_copy(update={"id": key})


def test_lists_begin_with_a_breached_sla_then_by_priority_overdue_and_age() -> None:
    tickets = [
        a_ticket("none, new", "", hours=0),
        a_ticket("P1, in time", "P1", hours=0),
        a_ticket("P1, overdue", "P1", hours=9),
        a_ticket("none, old", "", hours=1),
        a_ticket("P2, breached", "P2", hours=2, agreed=True),
    ]
    listed = sorted(tickets, key=lambda each: order(each, CONFIG, NOW))
    expected = ["P2, breached", "P1, overdue", "P1, in time", "none, old", "none, new"]
    assert [each.id for each in listed] == expected


def test_breach_is_shown_once_a_reminder_has_told_it() -> None:
    ticket = a_ticket("a", "P2", hours=2, agreed=True)
    assert reminded_overdue(ticket, CONFIG) is None
    nudged = ticket.times.model_copy(update={"nudges": {"plan": Nudge(at=NOW, unanswered=1)}})
    late = reminded_overdue(ticket.model_copy(update={"times": nudged}), CONFIG)
    assert late
    assert late.timer is Timer.PLAN
