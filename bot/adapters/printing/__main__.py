"""The child process: reads a `Paper` as JSON, writes what was `Printed` as JSON, and ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

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
    """Lowers the priority of this process, so that the desk's clicks do not wait for it.

    Not by more: on a machine that is busy with other things, too, it would not end in time.
    """
    with suppress(OSError):
        os.nice(5)
    paper = ReportDocument.model_validate_json(sys.stdin.buffer.read())
    sys.stdout.buffer.write(printed(paper).model_dump_json().encode())


if __name__ == "__main__":
    main()
