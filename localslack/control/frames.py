"""The frames of the live updates that a change of the workspace means for one person."""

from collections.abc import Callable, Iterator
from typing import Any

from localslack.changes import (
    AppsChanged,
    AssistantChanged,
    Change,
    ChannelChanged,
    ChannelMoved,
    FileChanged,
    GroupChanged,
    HomePublished,
    MembershipChanged,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    Pinned,
    Read,
    Reset,
    StackChanged,
)
from localslack.records import Channel, Json, Message, Person
from localslack.services import Services


class Frames:
    """Translates changes, one person at a time."""

    def __init__(self, slack: Services) -> None:
        self._slack = slack
        self._latest: tuple[Change, Json] | None = None
        self._by_change: dict[type[Change], Callable[[Any, Person], Iterator[Json]]] = {
            MessagePosted: self._posted,
            MessageChanged: self._changed,
            MessageDeleted: self._deleted,
            Read: self._read,
            ChannelChanged: self._channel,
            ChannelMoved: self._moved,
            MembershipChanged: self._membership,
            Pinned: self._channel,
            StackChanged: self._stack,
            HomePublished: self._home,
            PersonChanged: self._person,
            GroupChanged: self._groups,
            AppsChanged: self._apps,
            AssistantChanged: self._assistant,
            FileChanged: self._file,
            Reset: self._reset,
        }

    def of(self, change: Change, person: Person) -> Iterator[Json]:
        """The frames, none if the person does not see the change. A frame is one object for all who may share it."""
        translate = self._by_change.get(type(change))
        return translate(change, person) if translate else iter(())

    # -- messages -----------------------------------------------------------------------------------------------

    def _sees(self, person: Person, message: Message) -> bool:
        if message.ephemeral_for is not None:
            return message.ephemeral_for == person.id
        return self._slack.membership.can_see(person, self._slack.workspace.channels[message.channel])

    def _posted(self, change: MessagePosted, person: Person) -> Iterator[Json]:
        message = change.message
        if not self._sees(person, message):
            return
        yield self._shown("message", change)
        if message.in_channel and not message.ephemeral_for:
            yield from self._unread(person, self._slack.workspace.channels[message.channel])

    def _changed(self, change: MessageChanged, person: Person) -> Iterator[Json]:
        if self._sees(person, change.message):
            yield self._shown("message_changed", change)

    def _shown(self, kind: str, change: MessagePosted | MessageChanged) -> Json:
        if self._latest is None or self._latest[0] is not change:
            message = change.message
            shown = {"type": kind, "channel": message.channel, "message": self._slack.shapes.message(message)}
            self._latest = change, shown
        return self._latest[1]

    def _deleted(self, change: MessageDeleted, person: Person) -> Iterator[Json]:
        message = change.message
        if not self._sees(person, message):
            return
        timeline = self._slack.workspace.timeline(message.channel)
        if timeline.get(message.ts) is None:  # else it became a tombstone, which is published as a change
            thread_ts = message.thread_ts if message.is_reply else None
            yield {"type": "message_deleted", "channel": message.channel, "ts": message.ts, "thread_ts": thread_ts}
        yield from self._unread(person, self._slack.workspace.channels[message.channel])

    def _file(self, change: FileChanged, person: Person) -> Iterator[Json]:
        if change.kind != "deleted":
            return
        for channel, times in change.file.shares.items():
            for ts in times:
                message = self._slack.workspace.message(channel, ts)
                if message is not None:
                    yield from self._changed(MessageChanged(message), person)

    def _unread(self, person: Person, channel: Channel) -> Iterator[Json]:
        if person.id in channel.members:
            last_read = channel.last_read.get(person.id, "0000000000.000000")
            counts = self._slack.unread.counts(person, channel)
            yield {"type": "unread", "channel": channel.id, "last_read": last_read, **counts}

    def _read(self, change: Read, person: Person) -> Iterator[Json]:
        if change.user == person.id:
            yield from self._unread(person, change.channel)

    # -- everything else ----------------------------------------------------------------------------------------

    def _channel(self, change: ChannelChanged | Pinned, person: Person) -> Iterator[Json]:
        if self._slack.membership.can_see(person, change.channel):
            yield {"type": "channel", "channel": self._slack.shapes.channel(change.channel, person)}

    def _moved(self, change: ChannelMoved, person: Person) -> Iterator[Json]:
        if self._slack.membership.can_see(person, change.channel):
            yield {"type": "channel_gone", "channel": change.old_id}
            yield {"type": "channel", "channel": self._slack.shapes.channel(change.channel, person)}

    def _membership(self, change: MembershipChanged, person: Person) -> Iterator[Json]:
        if change.user == person.id and not self._slack.membership.can_see(person, change.channel):
            yield {"type": "channel_gone", "channel": change.channel.id}

    def _stack(self, change: StackChanged, person: Person) -> Iterator[Json]:
        if change.user == person.id:
            modals = [self._slack.wire.view(view) for view in self._slack.views.stack(person.id)]
            yield {"type": "modals", "why": change.cause, "view_id": change.view_id, "modals": modals}

    def _home(self, change: HomePublished, person: Person) -> Iterator[Json]:
        if change.view.user == person.id:
            yield {"type": "home", "app_id": change.view.app_id, "view": self._slack.wire.view(change.view)}

    def _person(self, change: PersonChanged, person: Person) -> Iterator[Json]:
        yield {"type": "person", "person": self._slack.shapes.person(change.person)}

    def _groups(self, change: GroupChanged, person: Person) -> Iterator[Json]:
        yield {"type": "groups", "groups": self._slack.shapes.groups()}

    def _apps(self, change: AppsChanged, person: Person) -> Iterator[Json]:
        yield {"type": "apps", "apps": self._slack.shapes.apps(), "commands": self._slack.shapes.commands()}

    def _assistant(self, change: AssistantChanged, person: Person) -> Iterator[Json]:
        if change.thread.user == person.id:
            yield {"type": "assistant", "assistant": change.thread.to_json()}

    def _reset(self, change: Reset, person: Person) -> Iterator[Json]:
        yield {"type": "reset"}
