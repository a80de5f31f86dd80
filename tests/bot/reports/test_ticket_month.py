"""The clock of the SLA, Retarus's promises, and tickets at the edges of a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from bot.core import month as periods
from bot.model.ticket import Event
from bot.reports import ticket_month
from tests import months
from tests.bot.reports.counted_by_minutes import NOVEMBER, OCTOBER, TABLES
from tests.factories import a_config


def a_life(*steps: Step) -> list[Event]:
    """Hours after nine on Thursday, the 1st of October, and the event at that time."""
    begins = datetime(2026, 10, 1, 7, tzinfo=UTC)
    return [
        Event(ticket_id="t1", version=number, at=begins + timedelta(hours=hours), by="U0BEN", kind=kind, detail=detail)
        for number, (hours, kind, detail) in enumerate(steps, 1)
    ]


Step = tuple[float, str, dict[str, str]]
RAISED: Step = (0, "raise", {"answer.priority": "P2", "answer.customer": "Müller GmbH"})
SENT: tuple[Step, ...] = (RAISED, (1, "take", {}), (2, "hand_off", {}), (3, "accept", {}), (4, "escalate", {}))


def a_line(*steps: Step, month: date = OCTOBER) -> ticket_month.TicketMonth:
    ticket = next(months.lives(Random(1), 1, datetime(2026, 10, 1, 7, tzinfo=UTC), 1))[0]
    history = a_life(*steps)
    ticket = ticket.model_copy(update={"raised_at": history[0].at})
    found = ticket_month.line(ticket, history, periods.period(month, "Europe/Berlin", NOVEMBER), a_config(**TABLES))
    assert found
    return found


@pytest.mark.parametrize(
    ("steps", "plan"),
    [
        ([RAISED, (1, "plan", {})], "met"),
        ([RAISED, (24, "plan", {})], "met"),  # eight hours on Thursday, and until nine on Friday: not ten yet
        ([RAISED, (26, "plan", {})], "missed"),
        ([RAISED], "missed"),
        ([RAISED, (1, "take", {}), (2, "ask_customer", {}), (300, "customer_answered", {}), (302, "plan", {})], "met"),
        ([RAISED, (1, "withdraw", {})], ""),
        ([RAISED, (30, "withdraw", {})], "missed"),
        ([(0, "raise", {})], ""),  # no priority, no clock
    ],
)
def test_clock_of_the_sla_is_met_or_missed_in_the_month_it_is_decided(steps: list[Step], plan: str) -> None:
    assert a_line(*steps).plan == plan


def test_clock_that_was_missed_in_october_is_not_missed_again_in_november() -> None:
    assert a_line(RAISED, month=date(2026, 11, 1)).plan == ""


def at(hours: float) -> str:
    return f"{int((datetime(2026, 10, 1, 7, tzinfo=UTC) + timedelta(hours=hours)).timestamp())}"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(5, "expect", {"update_due": at(8)}), (7, "retarus_update", {})], [True]),
        ([(5, "expect", {"update_due": at(8)}), (9, "retarus_update", {})], [False]),
        ([(5, "expect", {"update_due": at(8)})], [False]),
        ([(5, "expect", {"eta": at(8)}), (7, "retarus_update", {}), (9, "retarus_answered", {})], [False]),
        ([(5, "expect", {"eta": at(8)}), (6, "expect", {"eta": at(20)}), (9, "retarus_answered", {})], [True]),
        ([(5, "expect", {"eta": at(8)}), (9, "expect", {"eta": at(20)}), (19, "retarus_answered", {})], [False, True]),
        ([(5, "expect", {"eta": at(9999)})], []),  # not decided yet
    ],
)
def test_promise_of_retarus_is_kept_broken_or_moved(steps: list[Step], expected: list[bool]) -> None:
    assert [each.is_fulfilled for each in a_line(*SENT, *steps).promises] == expected


def test_ticket_that_was_closed_all_month_is_not_in_its_report() -> None:
    history = a_life(RAISED, (1, "withdraw", {}), (60 * 24, "reopen", {}))
    ticket = next(months.lives(Random(1), 1, history[0].at, 1))[0].model_copy(update={"raised_at": history[0].at})
    november = periods.period(date(2026, 11, 1), "Europe/Berlin", NOVEMBER)
    assert ticket_month.line(ticket, history, november, a_config()) is None


def test_portal_ticket_counts_from_its_opening_with_its_number() -> None:
    (sending,) = a_line(*SENT[:4], (4, "escalate", {"way": "eas", "opened": at(3.5), "rcr": "RCR-1"})).sendings
    assert sending.at == datetime(2026, 10, 1, 10, 30, tzinfo=UTC)
    assert sending.spent["rcr"].elapsed == timedelta()
