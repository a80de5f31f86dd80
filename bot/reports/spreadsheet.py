"""The spreadsheet of a report: one row per ticket, times in whole minutes, so that they add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.config.settings import Config
from bot.core.clock import zone
from bot.core.i18n import mark, t
from bot.model.ticket import Party
from bot.reports.document import ReportSheet
from bot.reports.figures import Figures
from bot.reports.formatting import reference, service, standing
from bot.reports.ticket_month import NO_TIME, REACTIONS, Duration, TicketMonth
from bot.tickets.reference import kind_name

Cell = str | int | None

_COLUMNS = (
    mark("Ticket"),
    mark("Kind"),
    mark("Services"),
    mark("Priority"),
    mark("End-customer"),
    mark("Raised"),
    mark("Raised in this month"),
    mark("Closed"),
    mark("Stage"),
    mark("Taken on after, working minutes"),
    mark("Remedy"),
    mark("Remedy after, working minutes"),
    mark("1st level, working minutes"),
    mark("2nd level, working minutes"),
    mark("Retarus, working minutes"),
    mark("End-customer, minutes"),
    mark("SLA"),
    mark("SLA due"),
)
_OURS = (
    mark("Handed off"),
    mark("Sent back"),
    mark("Questions from Retarus"),
    mark("Sent to Retarus"),
    mark("RCR number after, working minutes"),
    mark("First reply after, working minutes"),
    mark("Answer after, working minutes"),
    mark("Promises kept"),
    mark("Promises broken"),
)
_SLA = {"met": mark("met"), "missed": mark("missed"), "running": mark("running"), "": ""}


def sheet(figures: Figures, config: Config, separator: str) -> ReportSheet:
    """The sheet for one end-customer: without what is between the partner and Retarus."""
    columns = _COLUMNS if figures.customer else (*_COLUMNS, *_OURS)
    rows = tuple(tuple(_row(each, figures, config)) for each in figures.lines)
    return ReportSheet(columns=tuple(t(each) for each in columns), rows=rows, separator=separator)


def _row(line: TicketMonth, figures: Figures, config: Config) -> Iterator[Cell]:
    place = figures.period.zone
    services = ", ".join(map(service, line.services))
    yield from (reference(line, config), kind_name(line.kind), services, line.priority, ", ".join(line.customers))
    yield from (_moment(line.raised_at, place), int(line.is_new), _moment(line.closed_at, place), standing(line))
    yield from (_minutes(line.response), _moment(line.remedy_at, place), _minutes(line.remedy))
    yield from (_minutes(line.parties.get(party, NO_TIME)) for party in Party)
    yield from (t(_SLA[line.plan]), _moment(line.plan_due, place) if line.plan else "")
    if not figures.customer:
        yield from (line.handoffs, line.bounces, line.questions)
        last = line.sendings[-1] if line.sendings else None
        yield _moment(last.at, place) if last else ""
        yield from (_minutes(last.spent.get(reaction)) if last else None for reaction in REACTIONS)
        fulfilled = sum(each.is_fulfilled for each in line.promises)
        yield from (fulfilled, len(line.promises) - fulfilled)


def _moment(at: datetime | None, place: str) -> str:
    """A moment in a form that spreadsheets of every country read."""
    return f"{at.astimezone(zone(place)):%Y-%m-%d %H:%M}" if at else ""


def _minutes(spent: Duration | None) -> int | None:
    return None if spent is None else round(spent.worked / timedelta(minutes=1))
