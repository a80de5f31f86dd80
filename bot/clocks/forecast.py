"""What would happen when, from now, if nobody acted? For an admin who writes the policy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bot.clocks import schedule, timers
from bot.clocks.schedule import Rung
from bot.clocks.timers import Watch
from bot.config.settings import Config, Priority
from bot.config.time_policy import Agreement
from bot.core.clock import as_utc, span, zone
from bot.model.ticket import Event, Kind, Stage, Ticket, Times
from bot.model.timestamps import after_event
from bot.model.transitions import STANDING, Step

_MOST = 12
"""Reminders foretold of each clock."""


def lines(config: Config, at: datetime) -> Iterator[str]:
    """For each priority and clock: when who is reminded, in the desk's zone."""
    at = as_utc(at)
    yield f"If it began now, {_when(at, config)} ({config.desk.timezone}), and nobody acted:"
    for priority in config.priorities:
        yield ""
        yield _heading(priority, config.sla.get(priority.name))
        for watch, ticket in _scenes(priority, at):
            yield f"  {_name(watch, ticket):<58} {_told(watch, ticket, config) or 'never'}"


def _heading(priority: Priority, agreed: Agreement | None) -> str:
    hours = "around the clock" if priority.around_the_clock else "in working time"
    sla = f"remedy or action plan within {span(agreed.action_plan * 60)}" if agreed else "no SLA set"
    return f"{priority.name} · {hours} · {sla}"


def _scenes(priority: Priority, at: datetime) -> Iterator[tuple[Watch, Ticket]]:
    """A ticket for each clock, on which it runs from now."""
    four_hours = at + timedelta(hours=4)
    yield Watch.UNCLAIMED, _ticket(priority, at, Stage.NEW)
    yield Watch.PROGRESS, _ticket(priority, at, Stage.FIRST)
    yield Watch.UNCLAIMED, _ticket(priority, at, Stage.HANDED_OFF)
    yield Watch.PROGRESS, _ticket(priority, at, Stage.SECOND)
    yield Watch.PLAN, _ticket(priority, at, Stage.SECOND, priorities={priority.name: at})
    yield Watch.CUSTOMER, _ticket(priority, at, Stage.SECOND_ASKED)
    yield Watch.RCR, _ticket(priority, at, Stage.RETARUS)
    yield Watch.UPDATE, _ticket(priority, at, Stage.RETARUS)
    yield Watch.UPDATE, _ticket(priority, at, Stage.RETARUS, update_due=four_hours)
    yield Watch.ETA, _ticket(priority, at, Stage.RETARUS, eta=four_hours)
    yield Watch.QUESTION, _ticket(priority, at, Stage.RETARUS, asked=at)
    yield Watch.CONFIRM, _ticket(priority, at, Stage.RESOLVED)


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


def _name(watch: Watch, ticket: Ticket) -> str:
    if watch in {Watch.UNCLAIMED, Watch.PROGRESS}:
        return f"{STANDING[ticket.stage]}: {watch.gloss}"
    promised = ", promised in 4 h" if watch is Watch.UPDATE and ticket.times.update_due else ""
    return f"{watch.gloss}{', named for in 4 h' if watch is Watch.ETA else promised}"


def _told(watch: Watch, ticket: Ticket, config: Config) -> str:
    """The first reminder to each circle of people, and how often it is repeated."""
    told: dict[str, datetime] = {}
    for at, how_far in foretold(watch, ticket, config):
        told.setdefault(" + ".join(schedule.people(ticket, how_far, config)), at)
    if not told:
        return ""
    again = span(timers.minutes(ticket, config, "repeat") * 60)
    return " · ".join(f"{_when(at, config)} {who}" for who, at in told.items()) + f" · every {again}"


def foretold(watch: Watch, ticket: Ticket, config: Config) -> Iterator[tuple[datetime, Rung]]:
    """The next reminders of one clock, when nobody acts in between."""
    for _ in range(_MOST):
        run = next((each for each in timers.runs(ticket, config) if each.watch is watch), None)
        at = schedule.next_of(run, ticket, config) if run else None
        if run is None or at is None:
            return
        yield at, schedule.rung(ticket, [run], config, at)
        reminded = Event(
            ticket_id=ticket.id, version=1, at=at, by="", what=Step.REMIND.value, detail={"watches": watch.value}
        )
        times = after_event(ticket.times, reminded, ticket.stage, ticket.stage)
        ticket = ticket.model_copy(update={"times": times})


def _when(at: datetime, config: Config) -> str:
    return f"{at.astimezone(zone(config.desk.timezone)):%a %d.%m. %H:%M}"
