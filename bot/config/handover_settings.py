"""Settings of the shift handover."""

from __future__ import annotations

from bot.config.time_policy import Section
from bot.model.ticket import Level


class HandoverSettings(Section):
    """The `[handover]` table of `desk.toml`."""

    at_close: tuple[Level, ...] = ()
    """Levels whose open tickets are listed in the desk channel when their calendar closes; empty: none."""
