"""The moment that the form of a snooze proposes: within working hours, never at night."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.config.settings import Config
from bot.core.clock import as_utc, zone
from bot.model.ticket import Ticket

_LATER = timedelta(hours=5)
_BEGINS, _ENDS = time(9), time(18)


def proposed(ticket: Ticket, zone_name: str, config: Config, at: datetime) -> datetime:
    """In five hours, or at 9:00 of the next working day of the ticket's level, in the person's zone."""
    calendar, tz = config.calendar(config.team(ticket.level).calendar), zone(zone_name or config.desk.timezone)
    local = (at + _LATER).astimezone(tz).replace(minute=0, second=0, microsecond=0)
    if not _BEGINS <= local.time() < _ENDS or not calendar.is_open(as_utc(local)):
        day = local.date() if local.time() < _BEGINS else local.date() + timedelta(days=1)
        while calendar.is_closed_on(day):
            day += timedelta(days=1)
        local = datetime.combine(day, _BEGINS, tz)
    return calendar.opens(as_utc(local))
