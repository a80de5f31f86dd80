"""Formats moments, durations and tickets for a report."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.config.settings import Config
from bot.core.cleaning import clean_line
from bot.core.clock import zone
from bot.core.i18n import mark, t
from bot.forms.template_fields import OTHER
from bot.model.ticket import Stage
from bot.reports.figures import DurationSpread
from bot.reports.ticket_month import TicketMonth

_STANDS = {
    Stage.NEW: mark("new"),
    Stage.FIRST: mark("with the 1st level"),
    Stage.FIRST_ASKED: mark("end-customer asked"),
    Stage.HANDED_OFF: mark("handed off"),
    Stage.SECOND: mark("with the 2nd level"),
    Stage.SECOND_ASKED: mark("end-customer asked"),
    Stage.RETARUS: mark("with Retarus"),
    Stage.RESOLVED: mark("to be confirmed"),
    Stage.CLOSED: mark("closed"),
}


def hours(length: timedelta) -> str:
    """`14 min`, `6 h 05 min`, `251 h`: never in days, as a working day is no day."""
    minutes = round(length / timedelta(minutes=1))
    if not minutes:
        return t("0 min") if not length else t("< 1 min")
    full, rest = divmod(minutes, 60)
    if full >= 100:  # noqa: PLR2004 (nobody asks for its minutes)
        return t("{hours} h", hours=round(length / timedelta(hours=1)))
    if not full:
        return t("{minutes} min", minutes=rest)
    return t("{hours} h {minutes} min", hours=full, minutes=f"{rest:02}") if rest else t("{hours} h", hours=full)


def lengths(name: str, spread: DurationSpread) -> tuple[str, ...]:
    """A row of a table: how many, their median and longest in working time, and the median by the clock."""
    if not spread.count:
        return (name, "0", "–", "–", "–")
    return (
        name,
        str(spread.count),
        hours(spread.median.worked),
        hours(spread.longest.worked),
        hours(spread.median.elapsed),
    )


def percent(part: timedelta, whole: timedelta) -> str:
    return f"{round(100 * (part / whole))} %" if whole else "–"


def moment(at: datetime | None, zone_name: str) -> str:
    """`03.10.2026 14:22`, in the desk's zone; empty when it did not happen."""
    return f"{at.astimezone(zone(zone_name)):%d.%m.%Y %H:%M}" if at else ""


def service(name: str) -> str:
    """A service as the settings name it, or whatever else people named."""
    return t(OTHER) if name == OTHER else clean_line(name)


def reference(line: TicketMonth, config: Config) -> str:
    return f"{config.desk.prefix}-{line.number}"


def standing(line: TicketMonth) -> str:
    """Stage at the end of the month."""
    return t(_STANDS[line.stage])
