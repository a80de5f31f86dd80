"""Retarus's monthly view: when it was requested and received (guide, section 3, 3rd level)."""

from __future__ import annotations

from bot.model.ticket import Record, Utc


class View(Record):
    """What is known of one month's view: traffic volumes and the incident ticket report. Nobody is named in it."""

    month: str
    """`2026-10`."""
    requested_at: Utc | None = None
    received_at: Utc | None = None
