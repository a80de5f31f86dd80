"""Each level reads in the channel in the morning, and the lead directly, what is stale and what is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.core.clock import zone
from tests.handlers.world import DESK, World


async def test_next_morning_brings_a_digest_to_the_channel_and_to_the_lead(w: World) -> None:
    await w.handed_off()
    await w.anna.advance(until_the_next_morning(w))
    day = datetime.fromtimestamp(w.now(), zone(w.running.desk.config.desk.timezone))
    message = await w.anna.message(DESK, f"Overview of {day:%d.%m.%Y}, 2nd level")
    assert "PD-1001" in str(message["blocks"])
    assert "Past the SLA" in message["text"]
    lead = await w.carla.message("@partner-desk", f"Overview of {day:%d.%m.%Y}, 1st level and 2nd level")
    assert "PD-1001" in str(lead["blocks"])


def until_the_next_morning(w: World) -> float:
    """Seconds, whatever time it is now: the day after tomorrow at eight, so that every SLA has passed."""
    tz = zone(w.running.desk.config.desk.timezone)
    now = datetime.fromtimestamp(w.now(), tz)
    return (datetime.combine(now.date() + timedelta(days=2), time(8), tz) - now).total_seconds()
