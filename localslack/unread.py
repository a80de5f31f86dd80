"""Unread messages and mentions since a person's reading mark.

Counted once per person and channel, then kept up to date by what is posted, so that a full channel stays cheap.
"""

from dataclasses import dataclass

from localslack.changes import Change, GroupChanged, MessageChanged, MessageDeleted, MessagePosted, Reset
from localslack.records import Channel, Json, Message, Person
from localslack.workspace import Workspace

_EVERYBODY = {"here", "channel", "everyone"}
_SILENT = {"channel_join", "channel_leave", "group_join", "group_leave", "tombstone"}


@dataclass(slots=True)
class _Count:
    """The counts since a reading mark."""

    since: str
    unread: int = 0
    mentions: int = 0


class Unread:
    """Counts by channel and person."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, dict[str, _Count]] = {}
        workspace.hub.subscribe(self._on_change)

    def counts(self, person: Person, channel: Channel) -> Json:
        """`unread` and `mentions`; both are 0 for people who are not members."""
        if person.id not in channel.members:
            return {"unread": 0, "mentions": 0}
        since = channel.last_read.get(person.id, "0000000000.000000")
        known = self._known.setdefault(channel.id, {})
        if person.id not in known or known[person.id].since != since:
            known[person.id] = self._counted(person, channel, since)
        return {"unread": known[person.id].unread, "mentions": known[person.id].mentions}

    def _counted(self, person: Person, channel: Channel, since: str) -> _Count:
        count = _Count(since)
        for message in self._workspace.timeline(channel.id).after(since):
            self._add(count, person.id, channel, message)
        return count

    def _add(self, count: _Count, user: str, channel: Channel, message: Message) -> None:
        if message.user == user or not message.in_channel or message.subtype in _SILENT:
            return
        count.unread += 1
        count.mentions += channel.is_dm or self._is_named(user, message)

    def _is_named(self, user: str, message: Message) -> bool:
        if user in message.names or not _EVERYBODY.isdisjoint(message.names):
            return True
        groups = (self._workspace.groups.get(name) for name in message.names)
        return any(group is not None and user in group.users for group in groups)

    def _on_change(self, change: Change) -> None:
        if isinstance(change, MessagePosted) and change.message.ephemeral_for is None:
            self._posted(change.message)
        elif isinstance(change, MessageDeleted) or (isinstance(change, MessageChanged) and change.previous):
            self._known.pop(change.message.channel, None)
        elif isinstance(change, GroupChanged | Reset):
            self._known.clear()

    def _posted(self, message: Message) -> None:
        channel = self._workspace.channels[message.channel]
        for user, count in self._known.get(channel.id, {}).items():
            if message.ts > count.since:
                self._add(count, user, channel, message)
            else:
                count.since = ""  # posted before the mark, by a clock moved back: count again
