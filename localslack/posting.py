"""Posting, editing, deleting, reacting, pinning: each changes the record of a message and publishes it."""

from typing import Any

from localslack.changes import FileChanged, MessageChanged, MessageDeleted, MessagePosted, Pinned, Reacted, Read
from localslack.elements import NESTED, SEVERAL
from localslack.ids import random_secret
from localslack.records import Channel, Json, Message
from localslack.text import mentioned
from localslack.wire import Wire
from localslack.workspace import Workspace


class Posting:
    """The operations on messages; callers check permissions before."""

    def __init__(self, workspace: Workspace, wire: Wire) -> None:
        self.workspace = workspace
        self.wire = wire

    def post(self, channel: Channel, **facts: Any) -> Message:
        """Post a message that everybody in the channel sees; a reply named as the thread stands for its root."""
        message = Message(channel=channel.id, ts=self.workspace.new_ts(channel.id), **facts)
        message.thread_ts = self._root_ts(message)
        message.blocks = with_ids(message.blocks)
        message.names = sorted(mentioned(message))
        self.workspace.add(message)
        self._note_files(message)
        if message.user and not message.is_reply:
            channel.last_read[message.user] = message.ts
            self.workspace.save(channel)
        self.workspace.publish(MessagePosted(message))
        parent = self._parent(message)
        if parent is not None:
            self.workspace.publish(MessageChanged(parent))
        return message

    def _root_ts(self, message: Message) -> str | None:
        if message.thread_ts is None:
            return None
        named = self.workspace.message(message.channel, message.thread_ts)
        return named.thread_ts if named and named.is_reply else message.thread_ts

    def _parent(self, message: Message) -> Message | None:
        return self.workspace.message(message.channel, message.thread_ts or "") if message.is_reply else None

    def _note_files(self, message: Message) -> None:
        for file_id in message.files:
            file = self.workspace.files[file_id]
            file.channels = list(dict.fromkeys([*file.channels, message.channel]))
            file.shares.setdefault(message.channel, []).append(message.ts)
            self.workspace.save(file)
            self.workspace.publish(FileChanged(file, "shared", message.channel))

    def post_ephemeral(self, channel: Channel, person: str, **facts: Any) -> Message:
        """Post a message that one person sees, until it is dismissed or the local Slack restarts."""
        message = Message(channel=channel.id, ts=self.workspace.new_ts(channel.id), ephemeral_for=person, **facts)
        message.thread_ts = self._root_ts(message)
        message.blocks = with_ids(message.blocks)
        self.workspace.timeline(channel.id).ephemeral[message.ts] = message
        self.workspace.publish(MessagePosted(message))
        return message

    def edit(self, message: Message, *, by: str | None = None, **facts: Any) -> None:
        """Change the content of a message; `by` marks it as edited."""
        previous = self.wire.message(message)
        for name, value in facts.items():
            setattr(message, name, with_ids(value) if name == "blocks" else value)
        message.names = sorted(mentioned(message))
        if by:
            message.edited = {"user": by, "ts": f"{self.workspace.now}.000000"}
        if message.ephemeral_for is None:
            self.workspace.save(message)
        self.workspace.publish(MessageChanged(message, previous))

    def delete(self, message: Message) -> None:
        """Remove a message; one with replies leaves a tombstone so that its thread stays reachable."""
        timeline = self.workspace.timeline(message.channel)
        previous = self.wire.message(message)
        if message.ephemeral_for is not None:
            timeline.ephemeral.pop(message.ts, None)
        elif timeline.replies(message.ts):
            self._leave_tombstone(message)
        else:
            self.workspace.drop(message)
        self._unpin_deleted(message)
        self.workspace.publish(MessageDeleted(message, previous))
        parent = self._parent(message)
        if parent is not None:
            self.workspace.publish(MessageChanged(parent))

    def _leave_tombstone(self, message: Message) -> None:
        empty = Message(
            channel=message.channel,
            ts=message.ts,
            text="This message was deleted.",
            user="USLACKBOT",
            subtype="tombstone",
            thread_ts=message.ts,
            extra={"hidden": True},
        )
        self.workspace.drop(message)
        self.workspace.add(empty)
        self.workspace.publish(MessageChanged(empty))

    def _unpin_deleted(self, message: Message) -> None:
        channel = self.workspace.channels[message.channel]
        channel.pins = [pin for pin in channel.pins if pin["ts"] != message.ts]
        self.workspace.save(channel)

    # -- reactions, pins, reading -------------------------------------------------------------------------------

    def react(self, message: Message, user: str, name: str) -> bool:
        """Add a reaction; False if it is there already."""
        entry = next((r for r in message.reactions if r["name"] == name), None)
        if entry and user in entry["users"]:
            return False
        if entry is None:
            message.reactions.append({"name": name, "users": [user]})
        else:
            entry["users"].append(user)
        self._reacted(message, user, name, added=True)
        return True

    def unreact(self, message: Message, user: str, name: str) -> bool:
        """Take a reaction back; False if there is none."""
        entry = next((r for r in message.reactions if r["name"] == name and user in r["users"]), None)
        if entry is None:
            return False
        entry["users"].remove(user)
        message.reactions = [reaction for reaction in message.reactions if reaction["users"]]
        self._reacted(message, user, name, added=False)
        return True

    def _reacted(self, message: Message, user: str, name: str, *, added: bool) -> None:
        self.workspace.save(message)
        self.workspace.publish(MessageChanged(message))
        self.workspace.publish(Reacted(message, user, name, added))

    def pin(self, channel: Channel, message: Message, user: str) -> bool:
        """Pin a message; False if it is pinned already."""
        if any(pin["ts"] == message.ts for pin in channel.pins):
            return False
        channel.pins.append({"ts": message.ts, "pinned_by": user, "pinned_ts": self.workspace.now})
        self._pinned(channel, message, user, added=True)
        return True

    def unpin(self, channel: Channel, message: Message, user: str) -> bool:
        """Unpin a message; False if it is not pinned."""
        remaining = [pin for pin in channel.pins if pin["ts"] != message.ts]
        if len(remaining) == len(channel.pins):
            return False
        channel.pins = remaining
        self._pinned(channel, message, user, added=False)
        return True

    def _pinned(self, channel: Channel, message: Message, user: str, *, added: bool) -> None:
        self.workspace.save(channel)
        self.workspace.publish(Pinned(channel, message, user, added))
        self.workspace.publish(MessageChanged(message))

    def mark_read(self, channel: Channel, user: str, ts: str) -> None:
        """Move the person's reading mark."""
        channel.last_read[user] = ts
        self.workspace.save(channel)
        self.workspace.publish(Read(user, channel))


def with_ids(blocks: list[Json]) -> list[Json]:
    """Blocks as Slack stores them: those without a block_id get one, interactive elements an action_id."""
    return [_with_ids(block) for block in blocks]


def _with_ids(block: Json) -> Json:
    named = {**block, "block_id": block.get("block_id") or random_secret(5)}
    for key in ("element", "accessory"):
        if isinstance(block.get(key), dict) and block[key].get("type") != "image":
            named[key] = {"action_id": random_secret(5), **block[key]}
    kind = str(block.get("type"))
    if kind in SEVERAL and SEVERAL[kind] in block:
        named[SEVERAL[kind]] = [{"action_id": random_secret(5), **element} for element in block[SEVERAL[kind]]]
    if kind in NESTED:
        named[NESTED[kind]] = with_ids(block[NESTED[kind]])
    return named
