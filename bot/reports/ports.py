"""Ports of the reports: what they read, and who prints them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Literal, Protocol

from bot.model.monthly_view import View
from bot.model.notice import Letter
from bot.model.ticket import Event, Ticket
from bot.reports.document import PrintedReport, ReportDocument
from bot.reports.month_report import MonthOrder, PrintedMonth
from bot.tickets.ports import ChangeStore


class ReportSource(ChangeStore, Protocol):
    """Source of a month's report."""

    async def open_between(self, start: datetime, end: datetime, customer: str = "") -> list[str]:
        """Ids of the tickets that may have been open at some time from `start` up to `end`, in order.

        `customer`: only those of the end-customer with this folded name. Reads the months it is asked for and what is
        open now, however many tickets were closed before or since. One that was closed all that time, and opened
        again, can be among them.
        """

    async def get(self, ticket_id: str) -> Ticket | None: ...

    async def history(self, ticket_id: str) -> list[Event]:
        """Oldest first."""

    async def stored_histories(self, ticket_ids: Sequence[str]) -> str:
        """These tickets with their histories as they are stored, not decoded, in one trip: JSON on one line.

        `{"tickets":[…],"events":[…]}`: the tickets in no order, each one's events oldest first.
        """

    async def view(self, month: str) -> View | None:
        """Retarus's view of that month, `2026-10`."""

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        """Rows of the outbox for people, newest first."""


class PrintReport(Protocol):
    """Prints one report."""

    async def __call__(self, document: ReportDocument, /) -> PrintedReport:
        """Every file of it, or `Unprinted`. The loop goes on meanwhile."""


class ReportPrinter(Protocol):
    """Prints reports."""

    async def print_month(self, order: MonthOrder, stored: AsyncIterator[str], /) -> PrintedMonth:
        """Works out a month's report from these tickets, and prints it; or `Unprinted`. The loop goes on meanwhile."""

    def opened(self) -> AbstractAsyncContextManager[PrintReport]:
        """Made ready for one report before its document is written, as that takes a while; or `Unprinted`."""
