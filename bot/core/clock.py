"""What time is it, and how is a time written?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.i18n import t

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC. Passed to whoever needs it, so that it can be moved."""


def now() -> datetime:
    """The machine's clock: the only place that reads it."""
    return datetime.now(UTC)


def as_utc(at: datetime) -> datetime:
    """In UTC, cut to the millisecond: what the stores keep."""
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; UTC where there is none (a person may have an odd profile)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def guide_time(at: datetime, zone_name: str) -> str:
    """As the guide's section 4 writes it: `27.08.2019 - 11:00 UTC+2`, `… UTC+5:30`, `… UTC-5`, `… UTC+0`."""
    local = at.astimezone(zone(zone_name))
    return f"{local:%d.%m.%Y - %H:%M} UTC{_offset(local.utcoffset() or timedelta())}"


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def span(seconds: float) -> str:
    """A length of time in words, to two units: `40 s`, `3 min`, `1 h 40 min`, `2 d 3 h`."""
    units = ((t("{count} d"), 86400), (t("{count} h"), 3600), (t("{count} min"), 60), (t("{count} s"), 1))
    left, parts = max(0, round(seconds)), list[str]()
    for words, size in units:
        count, left = divmod(left, size)
        if count and not (size == 1 and parts):
            parts.append(words.format(count=count))
    return " ".join(parts[:2]) or t("{count} s", count=0)


def as_moment(text: str) -> datetime | None:
    """The moment a canonical answer names."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
