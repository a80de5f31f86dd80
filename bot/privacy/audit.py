"""Audit export: every change and every access to personal data as JSON lines, without what people typed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.core.clock import as_utc
from bot.model.access_log import Access
from bot.model.ticket import Event, Ticket
from bot.privacy.erasure import PersonalDataArchive
from bot.tickets.pagination import every
from bot.tickets.ports import Query

_PAGE = 200
_ACCESSES = 100_000
DESK = "desk"
"""Actor of changes that are made by the clock."""


async def lines(archive: PersonalDataArchive, prefix: str, since: datetime | None = None) -> AsyncIterator[str]:
    """The changes ticket by ticket, newest ticket first and oldest change first; then the accesses.

    `prefix`: of the tickets' numbers. `since`: only what happened then or later. The export itself is logged, before
    its first line.
    """
    await archive.log("audit export", "")
    async for page in _pages(archive):
        numbers = {ticket.id: ticket.number for ticket in page}
        for event in await archive.store.histories(list(numbers)):
            if since is None or event.at >= since:
                yield _change(event, f"{prefix}-{numbers[event.ticket_id]}")
    for access in reversed(await archive.store.accesses(_ACCESSES)):
        if since is None or access.at >= since:
            yield _access(access)


async def _pages(archive: PersonalDataArchive) -> AsyncIterator[Sequence[Ticket]]:
    page: list[Ticket] = []
    async for ticket in every(archive.store, Query(limit=_PAGE)):
        page.append(ticket)
        if len(page) == _PAGE:
            yield page
            page = []
    yield page


def _change(event: Event, reference: str) -> str:
    return _line(
        kind="ticket", at=event.at, by=event.by or DESK, what=event.kind, ticket=reference, version=event.version,
        with_=sorted(event.detail),
    )  # fmt: skip


def _access(access: Access) -> str:
    return _line(kind="personal data", at=access.at, by=access.by, what=access.action, about=access.about)


def _line(at: datetime, **values: object) -> str:
    return json.dumps({"at": as_utc(at).isoformat(), **{key.rstrip("_"): value for key, value in values.items()}})
