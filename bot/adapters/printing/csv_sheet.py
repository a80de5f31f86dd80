"""Writes CSV that every spreadsheet program opens, without cells that could run as formulas."""

from __future__ import annotations

import csv
import io
import re

from bot.core.cleaning import clean_line
from bot.reports.document import ReportSheet

BOM = b"\xef\xbb\xbf"
"""Byte order mark; without it Excel reads the file as Windows-1252."""
_FORMULA = re.compile(r"""(^|[,;\t|])([\s"']*)(?=[=+\-@＝＋－＠])""")
"""Beginning of a formula, also behind another country's separator, where it would begin a cell of its own."""


def sheet(table: ReportSheet) -> bytes:
    """Renders a sheet as CSV (RFC 4180), UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=table.separator, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in table.columns])
    for row in table.rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return BOM + written.getvalue().encode()


def harmless(text: str) -> str:
    """A cell on one line, with an apostrophe before whatever could begin a formula."""
    return _FORMULA.sub(r"\1\2'", clean_line(text))
