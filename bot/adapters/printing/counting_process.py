"""The child process for a month: reads an order and stored tickets, one on each line, and writes the `PrintedMonth`."""

from __future__ import annotations

import subprocess
import sys
from typing import BinaryIO

from bot.reports import month_report
from bot.reports.document import ReportDocument
from bot.reports.month_report import MonthOrder

_PRINTER = (sys.executable, "-m", "bot.adapters.printing")


def main() -> None:
    """The printing process loads its libraries while the tickets are counted. It ends when this process ends."""
    with subprocess.Popen(_PRINTER, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as printer:  # noqa: S603  own program
        paper = document(sys.stdin.buffer)
        files, _ = printer.communicate(paper.model_dump_json().encode())
    if printer.returncode:
        sys.exit(printer.returncode)
    without_rows = paper.model_copy(update={"sheet": paper.sheet.model_copy(update={"rows": ()})})
    sys.stdout.buffer.write(b'{"document":%b,"files":%b}' % (without_rows.model_dump_json().encode(), files))


def document(given: BinaryIO) -> ReportDocument:
    """The first line is the order, the others are the tickets."""
    order = MonthOrder.model_validate_json(given.readline())
    return month_report.document(order, given)


if __name__ == "__main__":
    main()
