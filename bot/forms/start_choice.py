"""The start of an incident as a choice: now, 30 minutes ago, this morning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.i18n import mark

START_CHOICE = "start_choice"
"""The key of the choice. It is no answer itself: it becomes the answer `start`."""
NOW, HALF_AN_HOUR, MORNING = "now", "half_an_hour", "morning"
CHOICES: Mapping[str, str] = {
    NOW: mark("Now"),
    HALF_AN_HOUR: mark("30 minutes ago"),
    MORNING: mark("This morning (8:00)"),
}
"""Value → label."""
_MORNING = 8
"""Hour of the day in the person's time zone."""


def with_start(typed: Mapping[str, str], now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """The answers with the chosen start as a moment. A picked moment takes precedence."""
    rest = {key: text for key, text in typed.items() if key != START_CHOICE}
    chosen = _moment(typed.get(START_CHOICE, ""), now, zone)
    if chosen is None or rest.get("start"):
        return rest
    return {**rest, "start": str(int(chosen.timestamp()))}


def _moment(choice: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The chosen moment; never later than now."""
    if choice == MORNING:
        return min(now, now.astimezone(zone).replace(hour=_MORNING, minute=0, second=0, microsecond=0))
    ago = {NOW: timedelta(0), HALF_AN_HOUR: timedelta(minutes=30)}.get(choice)
    return None if ago is None else now - ago
