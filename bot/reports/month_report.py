"""A month's report, worked out from tickets as they are stored: by a process of its own, away from people's clicks.

The desk hands over an order, then the tickets, a few in each line and never decoded. Pure functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydantic import ConfigDict, Field

from bot.config.settings import Config
from bot.core import month as periods
from bot.core.i18n import Language, speaking
from bot.core.month import Period
from bot.model.ticket import Event, Record, Ticket, Utc
from bot.reports import figures as reports
from bot.reports import ticket_month, wording
from bot.reports.document import PrintedReport, ReportDocument
from bot.reports.figures import Figures
from bot.reports.ticket_month import TicketMonth

_NOT_NEEDED: dict[str, Any] = {"contacts": True, "levels": {"first": {"on_duty"}, "second": {"on_duty"}}}
"""Settings that stay with the desk: people's telephone numbers, and addresses of calendars, which are secret."""


class MonthOrder(Record):
    """The subject of a report, and all that it needs besides the tickets."""

    month: date
    """Its first day."""
    customer: str
    """The end-customer it is for; empty: all of them."""
    language: Language
    at: Utc
    """Now: while the month lasts, it is shown as of this moment."""
    config: Config

    @property
    def period(self) -> Period:
        return periods.period(self.month, self.config.desk.timezone, self.at)

    def as_line(self) -> str:
        """JSON on one line, without secrets."""
        return self.model_dump_json(exclude={"config": _NOT_NEEDED})


class PrintedMonth(Record):
    """A finished report of a month."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    document: ReportDocument
    """Without the rows of the sheet, which are in its file."""
    files: PrintedReport


class _PastEvent(Event):
    """An event without the values before it, which are for undoing: half of what is stored is not looked at."""

    model_config = ConfigDict(validate_by_name=False)

    before: None = Field(None, validation_alias="not read")


class _StoredTickets(Record):
    """Some tickets with their histories: one line of what a store gives as `stored_histories`."""

    tickets: tuple[Ticket, ...]
    events: tuple[_PastEvent, ...]
    """Each ticket's together, oldest first."""


def document(order: MonthOrder, stored: Iterable[str | bytes]) -> ReportDocument:
    """The report in the reader's language."""
    with speaking(order.language):
        return wording.paper(figures(order, stored), order.config, order.at)


def figures(order: MonthOrder, stored: Iterable[str | bytes]) -> Figures:
    """Figures of these tickets, as they are stored."""
    period = order.period
    lines = (line for each in stored for line in _lines(_StoredTickets.model_validate_json(each), order, period))
    return reports.figures(lines, period, order.config, order.customer)


def _lines(some: _StoredTickets, order: MonthOrder, period: Period) -> Iterator[TicketMonth]:
    histories: dict[str, list[Event]] = {ticket.id: [] for ticket in some.tickets}
    for event in some.events:
        histories[event.ticket_id].append(event)
    for ticket in some.tickets:
        line = ticket_month.line(ticket, histories[ticket.id], period, order.config, order.customer)
        if line:
            yield line
