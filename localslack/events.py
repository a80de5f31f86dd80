"""The Events API: changes become events, for apps that asked for them and may see them."""

from collections.abc import Callable, Iterator
from typing import Any

from localslack.changes import (
    AppUninstalled,
    AssistantContext,
    Change,
    ChannelChanged,
    ChannelMoved,
    FileChanged,
    GroupChanged,
    HomeOpened,
    MembershipChanged,
    MessageChanged,
    MessageDeleted,
    MessagePosted,
    PersonChanged,
    Pinned,
    Reacted,
    TokensRevoked,
)
from localslack.delivery import Delivery
from localslack.payloads import Payloads
from localslack.ratelimits import RateLimits
from localslack.records import App, Channel, Group, Json, Message
from localslack.wire import Wire
from localslack.workspace import Workspace

_CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_MESSAGE_EVENT = {"public": "message.channels", "private": "message.groups", "im": "message.im", "mpim": "message.mpim"}
_SCOPES = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "team_join": "users:read",
    "user_change": "users:read",
    "file_shared": "files:read",
    "file_created": "files:read",
    "file_deleted": "files:read",
    "subteam_created": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "channel_id_changed": "groups:read",
    "channel_created": "channels:read",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_rename": "channels:read",
    "channel_left": "channels:read",
}


class Events:
    """Listens to the workspace and sends events."""

    def __init__(
        self, workspace: Workspace, wire: Wire, payloads: Payloads, delivery: Delivery, limits: RateLimits
    ) -> None:
        self.workspace = workspace
        self.wire = wire
        self._payloads = payloads
        self._delivery = delivery
        self._limits = limits
        self._by_change: dict[type[Change], Callable[[Any], None]] = {
            MessagePosted: self._posted,
            MessageChanged: self._changed,
            MessageDeleted: self._deleted,
            Reacted: self._reacted,
            Pinned: self._pinned,
            MembershipChanged: self._membership,
            ChannelChanged: self._channel,
            ChannelMoved: self._moved,
            PersonChanged: self._person,
            GroupChanged: self._group,
            FileChanged: self._file,
            HomeOpened: self._home,
            AssistantContext: self._assistant,
            TokensRevoked: self._revoked,
            AppUninstalled: self._uninstalled,
        }
        workspace.hub.subscribe(self._on_change)

    def _on_change(self, change: Change) -> None:
        handler = self._by_change.get(type(change))
        if handler is not None:
            handler(change)

    # -- recipients ---------------------------------------------------------------------------------------------

    def _subscribed(self, name: str) -> Iterator[App]:
        for app in self.workspace.apps.values():
            wanted = app.events is None or name in app.events
            scope = _SCOPES.get(name)
            if wanted and (scope is None or app.may(scope)):
                yield app

    def _send_to_subscribers(self, name: str, event: Json, channel: Channel | None = None) -> None:
        """Send to every app that subscribed; events of a channel go to its members only."""
        for app in self._subscribed(name):
            if channel is None or app.bot_user in channel.members:
                self._send(app, event, channel)

    def _send(self, app: App, event: Json, channel: Channel | None) -> None:
        if (passed := self._limits.event(app.id)) is not None:
            if passed:
                self._delivery.event(app, self._payloads.rate_limited(app))
            return
        shared = channel is not None and bool(channel.shared_team_ids)
        from_team = self._team(event) if shared else ""
        self._delivery.event(app, self._payloads.event(app, event, shared_channel=shared, from_team=from_team))

    def _team(self, event: Json) -> str:
        """The workspace of the person who caused an event in a shared channel."""
        inside = event.get("message") or event.get("previous_message") or {}
        user = event.get("user") or event.get("user_id") or inside.get("user")
        person = self.workspace.people.get(str(user))
        return person.team_id if person and person.is_external else str(event.get("team") or "")

    def _event_ts(self) -> str:
        return f"{self.workspace.clock.now():.6f}"

    # -- messages -----------------------------------------------------------------------------------------------

    def _posted(self, change: MessagePosted) -> None:
        message = change.message
        if message.ephemeral_for is not None:
            return
        channel = self.workspace.channels[message.channel]
        event = self.wire.message(message, event=True) | {
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": _CHANNEL_TYPE[channel.kind],
        }
        self._send_to_subscribers(_MESSAGE_EVENT[channel.kind], event, channel)
        self._mention(message, channel, event)

    def _mention(self, message: Message, channel: Channel, event: Json) -> None:
        if channel.is_dm or message.subtype not in (None, "thread_broadcast", "file_share", "bot_message"):
            return
        mention = {key: value for key, value in event.items() if key not in ("channel_type", "subtype")}
        for app in self._subscribed("app_mention"):
            if app.bot_user in message.names and app.bot_user in channel.members and app.id != message.app_id:
                self._send(app, mention | {"type": "app_mention"}, channel)

    def _changed(self, change: MessageChanged) -> None:
        if change.previous is None or change.message.ephemeral_for is not None:
            return
        channel = self.workspace.channels[change.message.channel]
        event = self._hidden("message_changed", channel) | {
            "message": self.wire.message(change.message, event=True),
            "previous_message": change.previous,
        }
        self._send_to_subscribers(_MESSAGE_EVENT[channel.kind], event, channel)

    def _deleted(self, change: MessageDeleted) -> None:
        if change.message.ephemeral_for is not None:
            return
        channel = self.workspace.channels[change.message.channel]
        event = self._hidden("message_deleted", channel) | {
            "deleted_ts": change.message.ts,
            "previous_message": change.previous,
        }
        self._send_to_subscribers(_MESSAGE_EVENT[channel.kind], event, channel)

    def _hidden(self, subtype: str, channel: Channel) -> Json:
        now = self._event_ts()
        return {
            "type": "message",
            "subtype": subtype,
            "channel": channel.id,
            "hidden": True,
            "ts": now,
            "event_ts": now,
            "channel_type": _CHANNEL_TYPE[channel.kind],
        }

    def _reacted(self, change: Reacted) -> None:
        message = change.message
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {
            "type": "reaction_added" if change.added else "reaction_removed",
            "user": change.user,
            "reaction": change.name,
            "item": item,
            "item_user": message.user,
            "event_ts": self._event_ts(),
        }
        self._send_to_subscribers(event["type"], event, self.workspace.channels[message.channel])  # type: ignore[arg-type]

    def _pinned(self, change: Pinned) -> None:
        name = "pin_added" if change.added else "pin_removed"
        item = {"type": "message", "channel": change.channel.id, "message": self.wire.message(change.message)}
        event = {
            "type": name,
            "user": change.user,
            "channel_id": change.channel.id,
            "item": item,
            "event_ts": self._event_ts(),
        }
        self._send_to_subscribers(name, event, change.channel)

    # -- channels and people ------------------------------------------------------------------------------------

    def _membership(self, change: MembershipChanged) -> None:
        channel = change.channel
        event: Json = {
            "type": "member_joined_channel" if change.joined else "member_left_channel",
            "user": change.user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": self.workspace.team.id,
            "event_ts": self._event_ts(),
        }
        if change.inviter:
            event["inviter"] = change.inviter
        self._send_to_subscribers(event["type"], event, channel)
        self._left(change)

    def _left(self, change: MembershipChanged) -> None:
        app = self.workspace.app_of_bot(change.user)
        if change.joined or app is None:
            return
        name = "group_left" if change.channel.kind == "private" else "channel_left"
        if app in self._subscribed(name):
            event = {"type": name, "channel": change.channel.id, "actor_id": change.user, "event_ts": self._event_ts()}
            self._send(app, event, change.channel)

    def _channel(self, change: ChannelChanged) -> None:
        names = {
            "created": "channel_created",
            "archived": "channel_archive",
            "unarchived": "channel_unarchive",
            "renamed": "channel_rename",
            "shared": "channel_shared",
            "unshared": "channel_unshared",
        }
        channel = change.channel
        if change.kind not in names or channel.is_dm:
            return
        name = names[change.kind]
        private = channel.kind == "private"
        if private:
            name = name.replace("channel_", "group_") if not change.team else name
        event: Json = {"type": name, "event_ts": self._event_ts(), **self._channel_facts(change)}
        self._send_to_subscribers(name, event, channel if private else None)

    def _channel_facts(self, change: ChannelChanged) -> Json:
        channel = change.channel
        if change.kind in ("archived", "unarchived"):
            return {"channel": channel.id, "user": change.actor, "is_moved": 0}
        if change.kind == "shared":
            return {"channel": channel.id, "connected_team_id": change.team}
        if change.kind == "unshared":
            still = bool(channel.shared_team_ids)
            return {"channel": channel.id, "previously_connected_team_id": change.team, "is_ext_shared": still}
        facts: Json = {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "created": channel.created,
        }
        if change.kind == "created":
            facts |= {"is_channel": True, "creator": channel.creator, "context_team_id": self.workspace.team.id}
        return {"channel": facts}

    def _moved(self, change: ChannelMoved) -> None:
        if not change.is_announced:
            return
        ids = {"old_channel_id": change.old_id, "new_channel_id": change.channel.id}
        event = {"type": "channel_id_changed", **ids, "event_ts": self._event_ts()}
        self._send_to_subscribers("channel_id_changed", event, change.channel)

    def _person(self, change: PersonChanged) -> None:
        name = "team_join" if change.is_new else "user_change"
        now = self._event_ts()
        for app in self._subscribed(name):
            user = self.wire.user(change.person, email=app.may("users:read.email"), locale=True)
            self._send(app, {"type": name, "user": user, "cache_ts": self.workspace.now, "event_ts": now}, None)

    def _group(self, change: GroupChanged) -> None:
        name = "subteam_created" if change.is_new else "subteam_updated"
        self._send_to_subscribers(
            name, {"type": name, "subteam": self.wire.group(change.group), "event_ts": self._event_ts()}
        )
        if change.before is not None:
            self._members(change.group, change.before)

    def _members(self, group: Group, before: tuple[str, ...]) -> None:
        added = [user for user in group.users if user not in before]
        removed = [user for user in before if user not in group.users]
        event = {
            "type": "subteam_members_changed",
            "subteam_id": group.id,
            "team_id": self.workspace.team.id,
            "date_update": group.updated,
            "added_users": added,
            "added_users_count": len(added),
            "removed_users": removed,
            "removed_users_count": len(removed),
            "event_ts": self._event_ts(),
        }
        self._send_to_subscribers("subteam_members_changed", event)

    def _file(self, change: FileChanged) -> None:
        name = f"file_{change.kind}"
        event: Json = {"type": name, "file_id": change.file.id, "event_ts": self._event_ts()}
        if change.kind != "deleted":
            event |= {"file": {"id": change.file.id}, "user_id": change.file.user}
        if change.channel:
            event["channel_id"] = change.channel
        self._send_to_subscribers(name, event, self.workspace.channels.get(change.channel))

    def _home(self, change: HomeOpened) -> None:
        app = self.workspace.apps[change.app_id]
        if app not in self._subscribed("app_home_opened"):
            return
        event: Json = {
            "type": "app_home_opened",
            "user": change.user,
            "channel": change.channel,
            "tab": change.tab,
            "event_ts": self._event_ts(),
        }
        views = self.workspace.views.values()
        home = next((v for v in views if v.user == change.user and v.app_id == app.id and v.type == "home"), None)
        if home is not None and change.tab == "home":
            event["view"] = self.wire.view(home)
        self._send(app, event, None)

    def _assistant(self, change: AssistantContext) -> None:
        name = "assistant_thread_started" if change.started else "assistant_thread_context_changed"
        app, team = self.workspace.apps[change.app_id], self.workspace.team
        if app not in self._subscribed(name):
            return
        context: Json = {"channel_id": change.context, "team_id": team.id, "enterprise_id": team.enterprise_id or None}
        thread = {
            "user_id": change.thread.user,
            "context": context if change.context else {},
            "channel_id": change.thread.channel,
            "thread_ts": change.thread.thread_ts,
        }
        self._send(app, {"type": name, "assistant_thread": thread, "event_ts": self._event_ts()}, None)

    # -- apps ---------------------------------------------------------------------------------------------------

    def _revoked(self, change: TokensRevoked) -> None:
        tokens = {"oauth": [], "bot": [change.app.bot_user]}
        self._about(change.app, {"type": "tokens_revoked", "tokens": tokens, "event_ts": self._event_ts()})

    def _uninstalled(self, change: AppUninstalled) -> None:
        self._about(change.app, {"type": "app_uninstalled", "event_ts": self._event_ts()})

    def _about(self, app: App, event: Json) -> None:
        """Send an event to the app that it is about, if it subscribed."""
        if app in self._subscribed(event["type"]):
            self._send(app, event, None)
