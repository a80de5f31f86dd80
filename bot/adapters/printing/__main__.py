"""The child process: reads a document, or an order and stored tickets, writes what it printed as JSON, and ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from bot.adapters.printing.charts import picture
from bot.adapters.printing.csv_sheet import sheet
from bot.adapters.printing.glyphs import legible
from bot.adapters.printing.html_page import page
from bot.adapters.printing.pdf import pdf
from bot.model.ticket import Record
from bot.reports.document import PrintedReport, ReportDocument


def printed(paper: ReportDocument) -> PrintedReport:
    """Every file of a report."""
    drawn = legible(paper)
    pictures = tuple(picture(chart) for chart in drawn.charts)
    return PrintedReport(
        pictures=pictures, page=page(paper, pictures), pdf=pdf(drawn, pictures), sheet=sheet(paper.sheet)
    )


def printed_month(lines: Iterator[bytes]) -> Record:
    """A month's report: the first line is the order, the others are the tickets."""
    from bot.reports import month_report  # noqa: PLC0415  takes 0.3 s, and other documents do not need it

    order = month_report.MonthOrder.model_validate_json(next(lines))
    paper = month_report.document(order, lines)
    without_rows = paper.sheet.model_copy(update={"rows": ()})
    return month_report.PrintedMonth(document=paper.model_copy(update={"sheet": without_rows}), files=printed(paper))


def main() -> None:
    given = sys.stdin.buffer
    is_month = sys.argv[1:] == ["month"]
    done = printed_month(iter(given)) if is_month else printed(ReportDocument.model_validate_json(given.read()))
    sys.stdout.buffer.write(done.model_dump_json().encode())


if __name__ == "__main__":
    main()
