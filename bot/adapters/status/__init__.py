"""Readers of the status page; [retarus] status_adapter chooses one."""

from __future__ import annotations

import aiohttp

from bot.adapters.status.feed import Feed
from bot.adapters.status.statuspage import Statuspage
from bot.config.settings import Retarus
from bot.escalation.status_page import StatusPage


def open_status_page(settings: Retarus, session: aiohttp.ClientSession) -> StatusPage | None:
    """The reader for these settings; None for `link`, where a person looks."""
    if settings.status_adapter == "statuspage":
        return Statuspage(settings.status_page, session)
    return Feed(settings.status_page, session) if settings.status_adapter == "feed" else None
