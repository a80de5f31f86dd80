"""Port of the escalation: files that go along with a letter."""

from __future__ import annotations

from typing import Protocol

from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile


class Files(Protocol):
    """Bytes of files that are kept elsewhere."""

    async def fetch(self, file: Attachment, most: int) -> bytes | MissingFile:
        """At most `most` bytes, or why there are none. Raises what makes sense to try again."""
