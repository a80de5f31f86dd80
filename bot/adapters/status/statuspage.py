"""Reads a Statuspage by its public API, version 2: /api/v2/summary.json."""

from __future__ import annotations

from collections.abc import Iterable

import aiohttp
from pydantic import BaseModel, ValidationError

from bot.adapters.status.fetching import TIMEOUT, fetch
from bot.core.cleaning import excerpt
from bot.core.i18n import mark
from bot.escalation.status_page import ServiceNotice, StatusPageReading, UnreadablePage

_PATH = "/api/v2/summary.json"
_LIMIT = 5


class _Overall(BaseModel):
    indicator: str
    description: str = ""


class _Component(BaseModel):
    name: str


class _Update(BaseModel):
    body: str = ""


class _Incident(BaseModel):
    name: str
    id: str = ""
    status: str = ""
    components: list[_Component] = []
    incident_updates: list[_Update] = []


class _Summary(BaseModel):
    """The needed part of the answer; it lists unresolved incidents and coming maintenance only."""

    status: _Overall
    incidents: list[_Incident] = []
    scheduled_maintenances: list[_Incident] = []


class Statuspage:
    """`bot.escalation.status_page.StatusPage`."""

    def __init__(self, address: str, session: aiohttp.ClientSession, timeout: float = TIMEOUT) -> None:
        self._url = address.rstrip("/").removesuffix(_PATH) + _PATH
        self._session = session
        self._timeout = timeout

    async def look(self) -> StatusPageReading | UnreadablePage:
        body = await fetch(self._session, self._url, self._timeout)
        if isinstance(body, UnreadablePage):
            return body
        try:
            summary = _Summary.model_validate_json(body)
        except ValidationError:
            return UnreadablePage(mark("Its answer is not in the format of Statuspage."))
        return StatusPageReading(tuple(_trouble(summary))[:_LIMIT], tuple(_notices(summary)))


def _trouble(summary: _Summary) -> Iterable[str]:
    yield from (notice.says for notice in _notices(summary))
    if summary.status.indicator != "none" and not summary.incidents:
        yield excerpt(summary.status.description or summary.status.indicator, 200)


def _notices(summary: _Summary) -> Iterable[ServiceNotice]:
    for incident in summary.incidents:
        yield _notice(incident, f"{incident.name} ({incident.status})")
    for work in summary.scheduled_maintenances:
        if work.status in {"in_progress", "verifying"}:
            yield _notice(work, f"Maintenance: {work.name} ({work.status.replace('_', ' ')})")


def _notice(incident: _Incident, says: str) -> ServiceNotice:
    about = [incident.name, *(each.name for each in incident.components)]
    about += [each.body for each in incident.incident_updates]
    return ServiceNotice(incident.id or incident.name, excerpt(says, 200), excerpt(" · ".join(about), 5000))
