"""The clock, and the formats of moments and durations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.i18n import t

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC. It is passed as an argument, so that tests and the demo can move it."""


def now() -> datetime:
    """The machine's clock. Nothing else reads it."""
    return datetime.now(UTC)


def as_utc(at: datetime) -> datetime:
    """A moment in UTC, truncated to milliseconds, as the stores keep it."""
    at = at.astimezone(UTC)
    rest = at.microsecond % 1000
    return at.replace(microsecond=at.microsecond - rest) if rest else at


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name; UTC for an unknown name, as a Slack profile may have one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def guide_time(at: datetime, zone_name: str) -> str:
    """A moment as in the guide's section 4: `27.08.2019 - 11:00 UTC+2`, `… UTC+5:30`, `… UTC-5`, `… UTC+0`."""
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


def work_span(seconds: float) -> str:
    """A length of working time in words: `26 h 5 min`. It has no days: a working day is no 24 hours."""
    minutes = max(0, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    parts = [t("{count} h", count=hours)] if hours else []
    parts += [t("{count} min", count=rest)] if rest or not hours else []
    return t("{time} of working time", time=" ".join(parts))


def as_moment(text: str) -> datetime | None:
    """The moment of a canonical answer, in Unix seconds; None when it is not one."""
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
