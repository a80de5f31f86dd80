"""The printing process: reads a `ReportDocument` as JSON, writes the `PrintedReport` as JSON, and ends."""

from __future__ import annotations

import sys

from bot.adapters.printing.charts import picture
from bot.adapters.printing.csv_sheet import sheet
from bot.adapters.printing.glyphs import legible
from bot.adapters.printing.html_page import page
from bot.adapters.printing.pdf import pdf
from bot.reports.document import PrintedReport, ReportDocument


def printed(paper: ReportDocument) -> PrintedReport:
    """Every file of a report."""
    drawn = legible(paper)
    pictures = tuple(picture(chart) for chart in drawn.charts)
    return PrintedReport(
        pictures=pictures, page=page(paper, pictures), pdf=pdf(drawn, pictures), sheet=sheet(paper.sheet)
    )


def main() -> None:
    paper = ReportDocument.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(printed(paper).model_dump_json().encode())


if __name__ == "__main__":
    main()
