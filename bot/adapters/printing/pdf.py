"""A report as a PDF: A4, with embedded fonts, so that it prints the same everywhere."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence

from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, XPos, YPos

from bot.adapters.printing.glyphs import FONTS
from bot.core.cleaning import excerpt, shorten_middle
from bot.reports.document import ReportDocument, ReportPart, ReportTable

_INK, _QUIET, _LINE, _SOFT = (29, 28, 29), (92, 91, 93), (217, 217, 212), (245, 245, 241)
_MARGIN = 16.0
_ROW, _TOGETHER = 6.0, 14
"""Height of a row in millimetres, and number of rows up to which a table stays on one page."""
_WIDE = 0.82
"""Share of the page's width that a picture takes."""
_LARGEST, _SMALLEST = 8.0, 6.5
"""Points, in tables."""
_GAP = 3.5
"""Millimetres between columns."""
_CELL = 400
"""Characters of one cell."""


class _Document(FPDF):
    """A document with a footer on each page."""

    def __init__(self, paper: ReportDocument) -> None:
        super().__init__(format="A4")
        self._paper = paper
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 4)
        self.set_title(f"{paper.title} · {paper.about}")
        self.set_lang(paper.language)
        self.set_creator("Partner Desk")
        self.set_creation_date(paper.made_at)
        self.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
        self.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")

    def write_line(self, text: str, size: float, style: str = "", colour: tuple[int, int, int] = _INK) -> None:
        self.set_font("DejaVu", style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.5, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def footer(self) -> None:
        self.set_y(-_MARGIN)
        self.set_font("DejaVu", "", 7.5)
        self.set_text_color(*_QUIET)
        number = self._paper.page.format(page=self.page_no(), pages=self.str_alias_nb_pages)
        self.cell(0, 5, excerpt(self._paper.footer, 90), align="L", new_x=XPos.LMARGIN)
        self.cell(0, 5, number, align="R")


def pdf(paper: ReportDocument, pictures: Sequence[bytes]) -> bytes:
    """The whole document."""
    document = _Document(paper)
    document.add_page()
    document.write_line(paper.title, 19, "B")
    document.write_line(paper.about, 11, colour=_QUIET)
    document.ln(4)
    _facts(document, paper.facts)
    left = iter(pictures)
    for part in paper.parts:
        _part(document, part, left)
    document.ln(6)
    for note in paper.notes:
        document.write_line(note, 8, colour=_QUIET)
    return bytes(document.output())


def _facts(document: _Document, facts: Sequence[tuple[str, str, str]]) -> None:
    """Four tiles in a row."""
    across, gap, height = 4, 3.0, 19.0
    width = (document.epw - gap * (across - 1)) / across
    top = document.get_y()
    for number, (name, figure, word) in enumerate(facts):
        x, y = _MARGIN + number % across * (width + gap), top + number // across * (height + gap)
        document.set_fill_color(*_SOFT)
        document.rect(x, y, width, height, style="F", round_corners=True, corner_radius=2)
        for text, size, style, colour, down in (
            (name, 8, "", _QUIET, 2.0),
            (figure, 14, "B", _INK, 6.0),
            (word, 7, "", _QUIET, 13.0),
        ):
            document.set_xy(x + 2, y + down)
            document.set_font("DejaVu", style, _fitting(document, text, style, size, width - 4))
            document.set_text_color(*colour)
            document.cell(width - 4, size * 0.45, text)
    document.set_xy(_MARGIN, top + -(-len(facts) // across) * (height + gap))


def _fitting(document: _Document, text: str, style: str, size: float, width: float) -> float:
    """A font size at which the text fits on its line."""
    document.set_font("DejaVu", style, size)
    return min(size, size * width / (document.get_string_width(text) + 2.5))


def _part(document: _Document, part: ReportPart, pictures: Iterator[bytes]) -> None:
    document.ln(5)
    picture = next(pictures) if part.chart else b""
    if document.will_page_break(_beginning(document, part, picture)):
        document.add_page()
    document.write_line(part.heading, 13, "B")
    document.ln(1)
    for line in part.text:
        document.write_line(line, 9)
        document.ln(0.8)
    if part.chart:
        document.image(io.BytesIO(picture), w=document.epw * _WIDE, alt_text=part.chart.alt, title=part.chart.title)
        document.ln(3)
    for table in part.tables:
        _table(document, table)


def _beginning(document: _Document, part: ReportPart, picture: bytes) -> float:
    """Height in millimetres of what stays together: heading, words, and the picture or the table's beginning."""
    document.set_font("DejaVu", "", 9)
    lines = sum(int(document.get_string_width(line) / document.epw) + 1 for line in part.text)
    height = 8.0 + 5.3 * lines
    if picture:
        wide, high = struct.unpack(">II", picture[16:24])  # as every PNG says
        return height + document.epw * _WIDE * float(high) / float(wide) + 3
    rows = [len(table.rows) for table in part.tables[:1]]
    return height + sum(_ROW * (count + 1 if count <= _TOGETHER else 4) for count in rows)


def _table(document: _Document, table: ReportTable) -> None:
    height = _ROW * (len(table.rows) + 1)
    if len(table.rows) <= _TOGETHER and document.will_page_break(height):
        document.add_page()
    size, widths = _fitted(document, table)
    document.set_font("DejaVu", "", size)
    document.set_text_color(*_INK)
    document.set_draw_color(*_LINE)
    with document.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", color=_QUIET),
        col_widths=widths,
        line_height=4.4,
        padding=0.7,
        text_align="LEFT",
    ) as printed:
        printed.row(table.columns)
        for number, row in enumerate(table.rows):
            is_total = table.total and number == len(table.rows) - 1
            style = FontFace(emphasis="BOLD") if is_total else None
            printed.row([shorten_middle(cell, _CELL) for cell in row], style=style)
    document.ln(3)


def _fitted(document: _Document, table: ReportTable) -> tuple[float, tuple[float, ...]]:
    """A font size at which the table's cells fit on their lines, if any does, and the widths of its columns."""
    size = _LARGEST
    while True:
        document.set_font("DejaVu", "B", size)  # headings are bold: nothing in its column is wider
        rows = (table.columns, *(tuple(shorten_middle(cell, _CELL) for cell in row) for row in table.rows))
        widest = [max(document.get_string_width(row[number]) for row in rows) for number in range(len(table.columns))]
        if sum(widest) + _GAP * len(widest) <= document.epw or size <= _SMALLEST:
            break
        size -= 0.25
    widest_column = document.epw / 2
    return size, tuple(min(width, widest_column) + _GAP for width in widest)
