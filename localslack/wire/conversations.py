"""Channels and direct messages as an app sees them."""

from localslack.records import App, Channel, Json
from localslack.wire.part import Part


class Conversations(Part):
    """Builds conversation objects, as in conversations.info."""

    def channel(self, channel: Channel, app: App, *, num_members: bool = False, connected: bool = True) -> Json:
        """A conversation object as this app's bot sees it; lists leave out which workspaces are `connected`."""
        if channel.kind == "im":
            return self._im(channel, app)
        private = channel.kind in ("private", "mpim")
        shared = bool(channel.shared_team_ids)
        answer: Json = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": channel.kind == "public",
            "is_group": channel.kind == "private",
            "is_im": False,
            "is_mpim": channel.kind == "mpim",
            "is_private": private,
            "created": channel.created,
            "is_archived": channel.is_archived,
            "is_general": channel.is_general,
            "unlinked": 0,
            "is_shared": shared or channel.is_org_shared,
            "is_ext_shared": shared,
            "is_org_shared": channel.is_org_shared,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "parent_conversation": None,
            "context_team_id": self.workspace.team.id,
            "creator": channel.creator,
            "updated": channel.updated * 1000,
            "shared_team_ids": [self.workspace.team.id, *channel.shared_team_ids],
            "pending_connected_team_ids": [],
            "is_member": app.bot_user in channel.members,
            "topic": dict(channel.topic),
            "purpose": dict(channel.purpose),
            "previous_names": list(channel.previous_names),
        }
        if channel.frozen_reason:
            answer |= {"is_frozen": True, "frozen_reason": channel.frozen_reason}
        if shared and connected:
            answer["connected_team_ids"] = list(channel.shared_team_ids)
            answer["conversation_host_id"] = self.workspace.team.id
        return answer | ({"num_members": len(channel.members)} if num_members else {})

    def _im(self, channel: Channel, app: App) -> Json:
        others = [user for user in channel.members if user != app.bot_user]
        other = others[0] if others else app.bot_user
        person = self.workspace.people.get(other)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": self.workspace.team.id,
            "user": other,
            "updated": channel.updated * 1000,
            "is_user_deleted": bool(person and person.deleted),
            "priority": 0,
        }
