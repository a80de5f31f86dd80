"""The last good text of each calendar in the database: a restart while its server is away goes on with it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable

from bot.core.errors import StoreDown
from bot.tickets.ports import Drafts

log = logging.getLogger(__name__)

_KEY = "on duty:"
_TEXT = "calendar"


class SavedCalendars:
    """Calendars by a hash of their address, which may hold a token. A database that is down is logged only."""

    def __init__(self, memory: Drafts) -> None:
        self._memory = memory

    async def of(self, url: str) -> bytes:
        """The last text that could be read; empty where none was saved."""
        try:
            stored = await self._memory.get(_key(url))
        except StoreDown:
            log.warning("The last calendar of who is on duty was not read: the database is down.")
            return b""
        return (stored or {}).get(_TEXT, "").encode()

    async def save(self, url: str, body: bytes) -> None:
        try:
            await self._memory.put(_key(url), {_TEXT: body.decode("utf-8", "replace")})
        except StoreDown:
            log.warning("The calendar of who is on duty was not saved: the database is down.")

    async def keep_only(self, urls: Iterable[str]) -> None:
        """Deletes the calendars of other addresses: they name people, and nothing reads them any more."""
        known = set(map(_key, urls))
        try:
            for key in [each for each in await self._memory.keys() if each.startswith(_KEY) and each not in known]:
                await self._memory.drop(key)
        except StoreDown:
            log.warning("Calendars that are not used any more were not deleted: the database is down.")


def _key(url: str) -> str:
    return f"{_KEY}{hashlib.sha256(url.encode()).hexdigest()[:20]}"
