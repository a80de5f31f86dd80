"""Figures of a month, worked out in this process as the child process does."""

from __future__ import annotations

from bot.core.month import Period
from bot.reports import month_report
from bot.reports.figures import Figures
from bot.reports.service import Reports


async def figures_of(reporting: Reports, period: Period, customer: str = "") -> Figures:
    order = reporting.order(period, customer)
    return month_report.figures(order, [each async for each in reporting.stored(order)])
