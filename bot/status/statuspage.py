"""How is a Statuspage read? By its public API, version 2: /api/v2/summary.json."""

from __future__ import annotations

from collections.abc import Iterable

import aiohttp
from pydantic import BaseModel, ValidationError

from bot.language import mark
from bot.status.fetching import PATIENCE, fetch
from bot.status_page import Reading, Unreadable
from bot.text import one_line

_PATH = "/api/v2/summary.json"
_MOST = 5


class _Overall(BaseModel):
    indicator: str
    description: str = ""


class _Incident(BaseModel):
    name: str
    status: str = ""


class _Summary(BaseModel):
    """What is needed of the answer; it lists unresolved incidents and coming maintenance only."""

    status: _Overall
    incidents: list[_Incident] = []
    scheduled_maintenances: list[_Incident] = []


class Statuspage:
    """`bot.status_page.StatusPage`."""

    def __init__(self, address: str, session: aiohttp.ClientSession, patience: float = PATIENCE) -> None:
        self._url = address.rstrip("/").removesuffix(_PATH) + _PATH
        self._session = session
        self._patience = patience

    async def look(self) -> Reading | Unreadable:
        body = await fetch(self._session, self._url, self._patience)
        if isinstance(body, Unreadable):
            return body
        try:
            summary = _Summary.model_validate_json(body)
        except ValidationError:
            return Unreadable(mark("Its answer is not a Statuspage's."))
        return Reading(tuple(_trouble(summary))[:_MOST])


def _trouble(summary: _Summary) -> Iterable[str]:
    for incident in summary.incidents:
        yield one_line(f"{incident.name} ({incident.status})", 200)
    for work in summary.scheduled_maintenances:
        if work.status in {"in_progress", "verifying"}:
            yield one_line(f"Maintenance: {work.name} ({work.status.replace('_', ' ')})", 200)
    if summary.status.indicator != "none" and not summary.incidents:
        yield one_line(summary.status.description or summary.status.indicator, 200)
