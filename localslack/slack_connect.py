"""Slack Connect: sharing a channel with another workspace, ending it, and the ids that change on the way."""

from dataclasses import dataclass

from localslack.changes import ChannelChanged, ChannelMoved
from localslack.errors import Refused
from localslack.ids import random_id, stable_id
from localslack.records import Channel
from localslack.workspace import Workspace
from localslack.workspace_admin import WorkspaceAdmin

SEVERED = "connection_severed"


@dataclass
class SlackConnect:
    """The operations on shared channels. Channels are named by id or name, workspaces by name or id."""

    workspace: Workspace
    admin: WorkspaceAdmin

    def share(self, channel: str, other: str) -> tuple[Channel, str]:
        """Share a channel with another workspace; the channel, and the other's id.

        A private channel with an id of the old kind (`G…`) gets a new one the moment sharing begins.
        """
        shared = self.admin.channel(channel)
        if shared.is_dm or not other:
            raise Refused("channel_not_found", "Name a channel, and with “with” the other workspace.", 404)
        if shared.id.startswith("G"):
            self.change_id(shared.id)
        team = self._team(other)
        shared.shared_team_ids = list(dict.fromkeys([*shared.shared_team_ids, team]))
        shared.frozen_reason = ""
        self.workspace.save(shared)
        self.workspace.publish(ChannelChanged(shared, "shared", team=team))
        return shared, team

    def unshare(self, channel: str, other: str = "", *, hosted: bool = True) -> Channel:
        """End the connection with a workspace (the last one unless it is named); its people leave.

        A channel that was the other side's (`hosted=False`) becomes a frozen copy with a new id, without an event.
        """
        shared = self.admin.channel(channel)
        if not shared.shared_team_ids:
            raise Refused("channel_not_shared", f"#{shared.name} is not shared.")
        team = self._team(other) if other else shared.shared_team_ids[-1]
        if team not in shared.shared_team_ids:
            raise Refused("channel_not_shared", f"#{shared.name} is not shared with “{other}”.")
        shared.shared_team_ids = [remaining for remaining in shared.shared_team_ids if remaining != team]
        shared.members = [user for user in shared.members if self.workspace.people[user].team_id != team]
        self.workspace.save(shared)
        self.workspace.publish(ChannelChanged(shared, "unshared", team=team))
        if not hosted:
            shared.frozen_reason = SEVERED
            self.workspace.publish(ChannelMoved(shared, self._move(shared), is_announced=False))
        return shared

    def change_id(self, channel: str) -> Channel:
        """Give a channel another id, as sharing a private one does (`channel_id_changed`)."""
        moved = self.admin.channel(channel)
        old = self._move(moved)
        self.workspace.publish(ChannelMoved(moved, old))
        return moved

    def _team(self, other: str) -> str:
        return other if other in self.workspace.other_workspaces() else stable_id("T", other)

    def _move(self, channel: Channel) -> str:
        """Put a channel and everything in it under a new id; the old one."""
        old, new = channel.id, random_id("C")
        messages = list(self.workspace.timeline(old).newest_first())
        for message in messages:
            self.workspace.drop(message)
        self.workspace.drop(channel)
        channel.id = new
        self.workspace.add(channel)
        for message in messages:
            message.channel = new
            self.workspace.add(message)
        self._move_ephemeral(old, new)
        self._move_files(old, new)
        for scheduled in self.workspace.scheduled.values():
            if scheduled.channel == old:
                scheduled.channel = new
                self.workspace.save(scheduled)
        return old

    def _move_ephemeral(self, old: str, new: str) -> None:
        for message in self.workspace.timeline(old).ephemeral.values():
            message.channel = new
            self.workspace.timeline(new).ephemeral[message.ts] = message
        self.workspace.timeline(old).ephemeral.clear()

    def _move_files(self, old: str, new: str) -> None:
        for file in self.workspace.files.values():
            if old in file.channels or old in file.shown:
                file.channels = [new if known == old else known for known in file.channels]
                if old in file.shares:
                    file.shares[new] = file.shares.pop(old)
                file.shown = [new if known == old else known for known in file.shown]
                self.workspace.save(file)
