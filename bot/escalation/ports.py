"""Port of the escalation: the files of a letter."""

from __future__ import annotations

from typing import Protocol

from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile


class Files(Protocol):
    """Bytes of files that are stored elsewhere."""

    async def fetch(self, file: Attachment, limit: int) -> bytes | MissingFile:
        """At most `limit` bytes, or the reason why there are none. Raises transient errors."""
