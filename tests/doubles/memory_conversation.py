"""The conversation's part of the in-memory store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.core.errors import Conflict, Duplicate
from bot.model.conversation import ConversationChanges, Entry, EntryState, MessageId
from bot.model.notice import Notice
from bot.model.ticket import Ticket


@dataclass
class ConversationData:
    """The kept conversation."""

    entries: dict[str, Entry] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, MessageId] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def copied(self) -> ConversationData:
        return ConversationData(dict(self.entries), dict(self.originals), dict(self.ids), dict(self.values))

    def apply(self, changes: ConversationChanges) -> None:
        for entry in changes.new:
            if entry.id in self.entries:
                raise Duplicate(entry.id)
            self.entries[entry.id] = entry
        for entry in changes.changed:
            if entry.id not in self.entries or self.entries[entry.id].version != entry.version - 1:
                raise Conflict(entry.id)
            self.entries[entry.id] = entry
        self.originals |= changes.originals
        self.ids = {each.message_id: each for each in changes.message_ids} | self.ids
        for key in (*changes.forget, *changes.forget_originals):
            self.originals.pop(key, None)
        for key in changes.forget:
            gone = self.entries.pop(key, None)
            self.ids.pop(gone.message_id if gone else "", None)


class MemoryConversation:
    """`bot.conversation.ports.ConversationStore`."""

    def _conversation(self) -> ConversationData:
        raise NotImplementedError

    def _numbered(self) -> Collection[Ticket]:
        raise NotImplementedError

    def _sent_mails(self) -> list[Notice]:
        raise NotImplementedError

    async def entry(self, key: str) -> Entry | None:
        return self._conversation().entries.get(key)

    async def entries_of(self, ticket_id: str) -> list[Entry]:
        found = [each for each in self._conversation().entries.values() if each.ticket_id == ticket_id != ""]
        return sorted(found, key=lambda each: (each.at, each.id))

    async def unassigned(self, *, limit: int, skip: int = 0) -> list[Entry]:
        return self._open()[skip : skip + limit]

    async def count_unassigned(self) -> int:
        return len(self._open())

    def _open(self) -> list[Entry]:
        found = [each for each in self._conversation().entries.values() if each.state is EntryState.UNASSIGNED]
        return sorted(found, key=lambda each: (each.at, each.id), reverse=True)

    async def entries_after(self, key: str, limit: int) -> list[Entry]:
        return [each for name, each in sorted(self._conversation().entries.items()) if name > key][:limit]

    async def original(self, key: str) -> bytes | None:
        return self._conversation().originals.get(key)

    async def taken_in(self, message_ids: Sequence[str]) -> Collection[str]:
        return {each.message_id for each in self._conversation().entries.values() if each.message_id} & set(message_ids)

    async def message_ids(self, message_ids: Sequence[str]) -> Mapping[str, MessageId]:
        return {each: self._conversation().ids[each] for each in message_ids if each in self._conversation().ids}

    async def message_ids_of(self, ticket_id: str) -> list[MessageId]:
        found = [each for each in self._conversation().ids.values() if each.ticket_id == ticket_id]
        return sorted(found, key=lambda each: (each.at, each.message_id))

    async def message_id_of(self, notice: str) -> MessageId | None:
        return next((each for each in self._conversation().ids.values() if each.key == notice != ""), None)

    async def with_rcr(self, number: str) -> list[Ticket]:
        return sorted((each for each in self._numbered() if number in each.rcr), key=lambda each: each.id)[:10]

    async def letters_sent(self) -> list[Notice]:
        return self._sent_mails()

    def _moved(self, old: str, new: str) -> None:
        raise NotImplementedError

    async def follow_channel(self, old: str, new: str) -> None:
        self._moved(old, new)

    async def value(self, name: str) -> str:
        return self._conversation().values.get(name, "")

    async def keep(self, name: str, value: str) -> None:
        self._conversation().values[name] = value

    async def keep_first(self, name: str, value: str) -> str:
        return self._conversation().values.setdefault(name, value)
