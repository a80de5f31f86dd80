"""Channels and their members: creating, joining, leaving, and who can see what."""

from localslack.changes import ChannelChanged, MembershipChanged
from localslack.ids import random_id
from localslack.posting import Posting
from localslack.records import Channel, Json, Person
from localslack.workspace import Workspace


class Membership:
    """The operations on channels; callers check permissions before."""

    def __init__(self, workspace: Workspace, posting: Posting) -> None:
        self.workspace = workspace
        self.posting = posting

    def can_see(self, person: Person, channel: Channel) -> bool:
        """Members see their channels; full members of the workspace see every public one, too."""
        if person.id in channel.members:
            return True
        elsewhere = bool(person.teams) and self.workspace.team.id not in person.teams
        return channel.kind == "public" and not (person.is_guest or person.is_external or elsewhere)

    def create(self, name: str, creator: str, *, private: bool = False) -> Channel:
        """Create a channel with its creator in it."""
        blank = {"value": "", "creator": creator, "last_set": 0}
        channel = Channel(
            id=random_id("C"),
            name=name,
            kind="private" if private else "public",
            creator=creator,
            created=self.workspace.now,
            members=[creator],
            topic=dict(blank),
            purpose=dict(blank),
            updated=self.workspace.now,
        )
        self.workspace.add(channel)
        self.workspace.publish(ChannelChanged(channel, "created", creator))
        self._announce(channel, creator, "channel_join", f"<@{creator}> has joined the channel")
        return channel

    def open_dm(self, users: set[str]) -> tuple[Channel, bool]:
        """Open the direct message conversation of these users; also tells whether it existed already."""
        found = self.workspace.dm(users)
        if found is not None:
            return found, True
        people = sorted(self.workspace.people[user].handle for user in users)
        many = len(users) > 2
        channel = Channel(
            id=random_id("G" if many else "D"),
            name=f"mpdm-{'--'.join(people)}-1" if many else "",
            kind="mpim" if many else "im",
            creator=next(iter(users)),
            created=self.workspace.now,
            members=sorted(users),
        )
        self.workspace.add(channel)
        self.workspace.publish(ChannelChanged(channel))
        return channel, False

    def join(self, channel: Channel, user: str, inviter: str | None = None) -> None:
        """Add a member, with a message in the channel."""
        channel.members.append(user)
        latest = self.workspace.timeline(channel.id).latest()
        channel.last_read[user] = latest.ts if latest else "0000000000.000000"
        self.workspace.save(channel)
        extra: Json = {"inviter": inviter} if inviter else {}
        subtype = "group_join" if channel.kind == "private" else "channel_join"
        noun = "group" if channel.kind == "private" else "channel"
        self._announce(channel, user, subtype, f"<@{user}> has joined the {noun}", extra)
        self.workspace.publish(MembershipChanged(channel, user, joined=True, inviter=inviter))
        self.workspace.publish(ChannelChanged(channel))

    def leave(self, channel: Channel, user: str) -> None:
        """Remove a member, with a message in the channel."""
        channel.members.remove(user)
        self.workspace.save(channel)
        subtype = "group_leave" if channel.kind == "private" else "channel_leave"
        noun = "group" if channel.kind == "private" else "channel"
        self._announce(channel, user, subtype, f"<@{user}> has left the {noun}")
        self.workspace.publish(MembershipChanged(channel, user, joined=False))
        self.workspace.publish(ChannelChanged(channel))

    def archive(self, channel: Channel, user: str, *, archived: bool = True) -> None:
        """Archive or unarchive a channel."""
        word = "archive" if archived else "unarchive"
        channel.is_archived = archived
        self._announce(channel, user, f"channel_{word}", f"<@{user}> {word}d the channel")
        self._changed(channel, f"{word}d", user)

    def describe(self, channel: Channel, user: str, field: str, text: str) -> None:
        """Set `topic` or `purpose`."""
        setattr(channel, field, {"value": text, "creator": user, "last_set": self.workspace.now})
        text_of_message = f"<@{user}> set the channel {'description' if field == 'purpose' else field}: {text}"
        self._announce(channel, user, f"channel_{field}", text_of_message, {field: text})
        self._changed(channel, "", user)

    def rename(self, channel: Channel, user: str, name: str) -> None:
        """Give a channel another name."""
        old, channel.name = channel.name, name
        channel.previous_names = [old, *channel.previous_names]
        text_of_message = f'<@{user}> has renamed the channel from "{old}" to "{name}"'
        self._announce(channel, user, "channel_name", text_of_message, {"old_name": old, "name": name})
        self._changed(channel, "renamed", user)

    def _changed(self, channel: Channel, kind: str, user: str) -> None:
        channel.updated = self.workspace.now
        self.workspace.save(channel)
        self.workspace.publish(ChannelChanged(channel, kind, user))

    def _announce(self, channel: Channel, user: str, subtype: str, text: str, extra: Json | None = None) -> None:
        self.posting.post(channel, user=user, subtype=subtype, text=text, extra=extra or {})
