"""Ports of the conversation: its records, and the reader of a mail's files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.model.conversation import Entry, MessageId
from bot.model.notice import Notice
from bot.model.ticket import Ticket


class ConversationStore(Protocol):
    """Entries, raw mails, Message-IDs and single values. They are changed by a `Batch` with `ConversationChanges`."""

    async def entry(self, key: str) -> Entry | None: ...

    async def entries_of(self, ticket_id: str) -> list[Entry]:
        """Oldest first."""

    async def unassigned(self, *, limit: int, skip: int = 0) -> list[Entry]:
        """Newest first."""

    async def count_unassigned(self) -> int: ...

    async def entries_after(self, key: str, limit: int) -> list[Entry]:
        """All entries by their id, page by page; begins with an empty key."""

    async def original(self, key: str) -> bytes | None:
        """The raw mail of an entry, or None when none is kept."""

    async def taken_in(self, message_ids: Sequence[str]) -> Collection[str]:
        """The subset of these Message-IDs whose mail was taken in before."""

    async def message_ids(self, message_ids: Sequence[str]) -> Mapping[str, MessageId]:
        """Known mails by these Message-IDs; unknown ones are left out."""

    async def message_ids_of(self, ticket_id: str) -> list[MessageId]:
        """Message-IDs of a ticket's mails in both directions, oldest first."""

    async def message_id_of(self, notice: str) -> MessageId | None:
        """The Message-ID by which this notice was sent."""

    async def with_rcr(self, number: str) -> list[Ticket]:
        """Tickets that have this number of Retarus's; at most ten."""

    async def letters_sent(self) -> list[Notice]:
        """E-mails to Retarus that the outbox still knows as sent."""

    async def follow_channel(self, old: str, new: str) -> None:
        """Moves everything from a channel's old id to its new one: places, and waiting notices."""

    async def value(self, name: str) -> str:
        """A single value; empty when it was never saved."""

    async def keep(self, name: str, value: str) -> None: ...

    async def keep_first(self, name: str, value: str) -> str:
        """Saves a value unless there is one already; returns the saved one."""


class MailFiles(Protocol):
    """Reads a file out of a raw mail."""

    async def file(self, raw: bytes, number: int) -> bytes | None:
        """Bytes of the file with that number; none when it cannot be read."""
