"""Retarus's monthly view: when it was requested and received (guide, section 3, 3rd level)."""

from __future__ import annotations

from bot.model.ticket import Record, Utc


class View(Record):
    """Retarus's view of one month: traffic volumes and the incident ticket report. It names no persons."""

    month: str
    """`2026-10`."""
    requested_at: Utc | None = None
    received_at: Utc | None = None
