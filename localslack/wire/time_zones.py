"""Slack's three facts on a time zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def time_zone(name: str, now: float) -> tuple[str, str, int]:
    """Slack's three facts on a person's time zone: its name, a label and the seconds east of UTC."""
    try:
        local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return "Etc/UTC", "Coordinated Universal Time", 0
    offset: Any = local.utcoffset()
    return name, _LABELS.get(local.tzname() or "", local.tzname() or name), int(offset.total_seconds())


_LABELS = {
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "WET": "Western European Time",
    "WEST": "Western European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
    "UTC": "Coordinated Universal Time",
}
