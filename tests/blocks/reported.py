"""All messages and views of reports: the message, a reminder of Retarus's own view, and the forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random

from blocks import reports
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.core import month
from bot.model.monthly_view import View
from bot.reports import ticket_month, wording
from bot.reports.document import ReportDocument
from bot.reports.figures import figures
from tests import months
from tests.factories import NOW

BEGAN = datetime(2026, 8, 20, tzinfo=UTC)
OCTOBER = month.period(date(2026, 10, 1), "Europe/Berlin", datetime(2026, 11, 2, 8, tzinfo=UTC))


def a_paper(config: Config, *, count: int = 60, customer: str = "") -> ReportDocument:
    """Figures of a month of tickets."""
    lives = months.lives(Random(1), count, BEGAN, 70)
    lines = [ticket_month.line(ticket, history, OCTOBER, config) for ticket, history in lives]
    theirs = [each for each in lines if each and customer in {"", each.customer}]
    return wording.paper(figures(theirs, OCTOBER, config, customer), config, NOW)


def words(paper: ReportDocument) -> Iterator[str]:
    """The whole document of the report."""
    yield from (
        paper.title,
        paper.about,
        paper.footer,
        paper.page.format(page=1, pages=2),
        *paper.notes,
        *paper.sheet.columns,
    )
    yield from (text for fact in paper.facts for text in fact)
    yield from (cell for row in paper.sheet.rows for cell in row if isinstance(cell, str))
    for part in paper.parts:
        yield from (part.heading, *part.text)
        yield from (text for table in part.tables for row in (table.columns, *table.rows) for text in row)
        if part.chart:
            bars = [text for bar in part.chart.bars for text in (bar.label, bar.caption)]
            yield from (part.chart.title, part.chart.alt, *part.chart.series, *bars)


VIEWS = (
    View(month="2026-10"),
    View(month="2026-10", requested_at=NOW),
    View(month="2026-10", requested_at=NOW, received_at=NOW),
)


def messages(paper: ReportDocument) -> Iterator[tuple[str, Message]]:
    """Messages by name."""
    shown = tuple(range(len(paper.charts)))
    for number, view in enumerate((None, *VIEWS)):
        posted = reports.Posted(paper, "2026-10", shown, view)
        yield f"report {number}", reports.message(posted, [f"F{each}" for each in shown])
        yield f"report without pictures {number}", reports.message(posted, ())
    for number, view in enumerate(VIEWS):
        for undelivered in (True, False):
            yield f"reminder {number} {undelivered}", reports.reminder(OCTOBER, view, undelivered=undelivered)
    yield "promised", reports.promised(OCTOBER)
    yield "noted", reports.noted(OCTOBER)
    yield "request", reports.request_post("7", "<!channel> 7 " * 300)


def views() -> Iterator[tuple[str, Json]]:
    """Views by name."""
    for number, view in enumerate(VIEWS):
        yield f"asking {number}", reports.modal([OCTOBER] * 13, view, undelivered=False)
    yield "request", reports.request(OCTOBER, "7", ["to the Retarus channel"])
