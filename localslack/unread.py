"""What has a person not yet seen? Unread messages and mentions since the reading mark."""

from localslack.records import Channel, Json, Message, Person
from localslack.text import mentioned
from localslack.workspace import Workspace

_EVERYBODY = {"here", "channel", "everyone"}
_SILENT = {"channel_join", "channel_leave", "group_join", "group_leave", "tombstone"}


class Unread:
    """Counts by channel and person."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def counts(self, person: Person, channel: Channel) -> Json:
        """`unread` and `mentions`, both 0 for who is not a member."""
        if person.id not in channel.members:
            return {"unread": 0, "mentions": 0}
        since = channel.last_read.get(person.id, "0000000000.000000")
        fresh = [m for m in self._workspace.timeline(channel.id).after(since) if self._counts(person, m)]
        mentions = len(fresh) if channel.is_dm else sum(self._names(person, message) for message in fresh)
        return {"unread": len(fresh), "mentions": mentions}

    @staticmethod
    def _counts(person: Person, message: Message) -> bool:
        return message.user != person.id and message.in_channel and message.subtype not in _SILENT

    def _names(self, person: Person, message: Message) -> bool:
        mine = {group.id for group in self._workspace.groups.values() if person.id in group.users}
        return bool(mentioned(message) & (mine | _EVERYBODY | {person.id}))
