"""Forecast of reminders if nobody acts, for an admin who writes the policy (`python app.py policy`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.clocks import schedule, timers
from bot.clocks.schedule import ReminderAudience
from bot.clocks.timers import Timer
from bot.config.settings import Config, Priority
from bot.config.time_policy import Agreement
from bot.core.clock import as_utc, span, zone
from bot.model.ticket import Event, Kind, Stage, Ticket, Times
from bot.model.timestamps import after_event
from bot.model.transitions import STANDING, Step

_LIMIT = 12
"""Reminders forecast for each timer."""


def lines(config: Config, at: datetime) -> Iterator[str]:
    """The forecast for each priority and timer: who is reminded when, in the desk's time zone."""
    at = as_utc(at)
    yield f"If it began now, {_when(at, config)} ({config.desk.timezone}), and nobody acted:"
    for priority in config.priorities:
        yield ""
        yield _heading(priority, config.sla.get(priority.name))
        for timer, ticket in _samples(priority, at):
            yield f"  {_name(timer, ticket):<58} {_recipients(timer, ticket, config) or 'never'}"


def _heading(priority: Priority, agreed: Agreement | None) -> str:
    hours = "around the clock" if priority.around_the_clock else "in working time"
    sla = f"remedy or action plan within {span(agreed.action_plan * 60)}" if agreed else "no SLA set"
    return f"{priority.name} · {hours} · {sla}"


def _samples(priority: Priority, at: datetime) -> Iterator[tuple[Timer, Ticket]]:
    """A sample ticket for each timer, which starts now."""
    four_hours = at + timedelta(hours=4)
    yield Timer.UNCLAIMED, _ticket(priority, at, Stage.NEW)
    yield Timer.PROGRESS, _ticket(priority, at, Stage.FIRST)
    yield Timer.UNCLAIMED, _ticket(priority, at, Stage.HANDED_OFF)
    yield Timer.PROGRESS, _ticket(priority, at, Stage.SECOND)
    yield Timer.PLAN, _ticket(priority, at, Stage.SECOND, priorities={priority.name: at})
    yield Timer.CUSTOMER, _ticket(priority, at, Stage.SECOND_ASKED)
    yield Timer.RCR, _ticket(priority, at, Stage.RETARUS)
    yield Timer.UPDATE, _ticket(priority, at, Stage.RETARUS)
    yield Timer.UPDATE, _ticket(priority, at, Stage.RETARUS, update_due=four_hours)
    yield Timer.ETA, _ticket(priority, at, Stage.RETARUS, eta=four_hours)
    yield Timer.QUESTION, _ticket(priority, at, Stage.RETARUS, asked=at)
    yield Timer.CONFIRM, _ticket(priority, at, Stage.RESOLVED)


def _ticket(priority: Priority, at: datetime, stage: Stage, **times: Any) -> Ticket:
    return Ticket(
        id="forecast",
        kind=Kind.INCIDENT,
        stage=stage,
        raised_by="owner",
        owner="owner",
        first_owner="owner",
        raised_at=at,
        since=at,
        sent_at=at,
        zone="UTC",
        answers={"priority": priority.name},
        times=Times(word=at, **times),
    )


def _name(timer: Timer, ticket: Ticket) -> str:
    if timer in {Timer.UNCLAIMED, Timer.PROGRESS}:
        return f"{STANDING[ticket.stage]}: {timer.gloss}"
    promised = ", promised in 4 h" if timer is Timer.UPDATE and ticket.times.update_due else ""
    return f"{timer.gloss}{', named for in 4 h' if timer is Timer.ETA else promised}"


def _recipients(timer: Timer, ticket: Ticket, config: Config) -> str:
    """The first reminder to each group of people, and how often it is repeated."""
    people_at: dict[str, datetime] = {}
    for at, audience in forecast(timer, ticket, config):
        people_at.setdefault(" + ".join(schedule.people(ticket, audience, config)), at)
    if not people_at:
        return ""
    again = span(timers.minutes(ticket, config, "repeat") * 60)
    return " · ".join(f"{_when(at, config)} {who}" for who, at in people_at.items()) + f" · every {again}"


def forecast(timer: Timer, ticket: Ticket, config: Config) -> Iterator[tuple[datetime, ReminderAudience]]:
    """The next reminders of one timer, if nobody acts in between."""
    for _ in range(_LIMIT):
        run = next((each for each in timers.runs(ticket, config) if each.timer is timer), None)
        at = schedule.next_of(run, ticket, config) if run else None
        if run is None or at is None:
            return
        yield at, schedule.audience_of(ticket, [run], config, at)
        reminded = Event(
            ticket_id=ticket.id, version=1, at=at, by="", kind=Step.REMIND.value, detail={"watches": timer.value}
        )
        times = after_event(ticket.times, reminded, ticket.stage, ticket.stage)
        ticket = ticket.model_copy(update={"times": times})


def _when(at: datetime, config: Config) -> str:
    return f"{at.astimezone(zone(config.desk.timezone)):%a %d.%m. %H:%M}"
