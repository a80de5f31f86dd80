"""Parts of a printed report: words and figures in order, independent of tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict

from bot.model.ticket import Record, Utc


class ReportTable(Record):
    """True if the first column says what a row is about."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False
    """True if the last row adds the others up."""


class Bar(Record):
    """One measured quantity."""

    label: str
    values: tuple[float, ...]
    """One per series."""
    caption: str = ""
    """Label at its end; empty: none."""


class Chart(Record):
    """Bars, each with its label."""

    shape: Literal["across", "upright"]
    """`across`: one below the other, beside long labels. `upright`: side by side, as days are."""
    title: str
    alt: str
    """The same in words, for people who cannot see it."""
    series: tuple[str, ...]
    """Name of each value of a bar; shown beside the chart when there are several."""
    bars: tuple[Bar, ...]
    unit: str = ""


class ReportPart(Record):
    """A heading and what stands under it."""

    heading: str
    text: tuple[str, ...] = ()
    chart: Chart | None = None
    tables: tuple[ReportTable, ...] = ()
    in_slack: bool = False
    """True if its chart is shown at once."""


class ReportSheet(Record):
    """For a spreadsheet: texts, and whole numbers that can be added up."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]
    separator: str
    """Separator that spreadsheets of the reader's language expect."""


class ReportDocument(Record):
    """A whole report."""

    name: str
    """Base name of its files."""
    language: str
    title: str
    about: str
    """Recipient and purpose."""
    facts: tuple[tuple[str, str, str], ...]
    """Key figures: name, figure, and a remark."""
    short: tuple[tuple[str, str], ...] = ()
    """Summary lines where there is no room for tables: name and figures."""
    parts: tuple[ReportPart, ...]
    notes: tuple[str, ...]
    """Notes on the method of counting."""
    footer: str
    page: str
    """Page number, as in “Page 1 of 3”: `Page {page} of {pages}`."""
    made_at: Utc
    sheet: ReportSheet

    @property
    def charts(self) -> tuple[Chart, ...]:
        return tuple(part.chart for part in self.parts if part.chart)


class PrintedReport(Record):
    """The files."""

    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")

    pictures: tuple[bytes, ...]
    """PNG, one per chart, in their order."""
    page: bytes
    """HTML, self-contained."""
    pdf: bytes
    sheet: bytes
    """CSV."""


@dataclass(frozen=True)
class ReportFile:
    """One file of a report, as it is handed out."""

    name: str
    title: str
    content: bytes
    alt: str = ""
    """A chart in words."""
