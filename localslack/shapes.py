"""People, channels, apps and messages in the shapes of the control interface, as one person sees them."""

from localslack.people.builtin import BUILT_IN
from localslack.presence import Presence
from localslack.records import App, Channel, Group, Json, Message, Person
from localslack.sockets import Sockets
from localslack.unread import Unread
from localslack.wire import Wire, time_zone
from localslack.workspace import Workspace


class Shapes:
    """The shapes of docs/local-slack.md."""

    def __init__(self, workspace: Workspace, wire: Wire, unread: Unread, presence: Presence, sockets: Sockets) -> None:
        self._workspace = workspace
        self._wire = wire
        self._unread = unread
        self._presence = presence
        self._sockets = sockets

    def person(self, person: Person) -> Json:
        """A Person."""
        zone, label, offset = time_zone(person.tz, self._workspace.clock.now())
        same = (
            "id", "team_id", "handle", "name", "display_name", "email", "title", "phone", "colour", "is_admin",
            "is_owner", "is_guest", "is_external", "deleted", "is_bot", "app_id", "status_text", "status_emoji",
            "locale",
        )  # fmt: skip
        return {name: getattr(person, name) for name in same} | {
            "tz": zone,
            "tz_label": label,
            "tz_offset": offset,
            "initials": initials(person.name),
            "presence": self._presence.of(person),
        }

    def channel(self, channel: Channel, person: Person) -> Json:
        """A Channel as this person sees it."""
        latest = self._workspace.timeline(channel.id).latest()
        others = [user for user in channel.members if user != person.id] or channel.members
        return {
            "id": channel.id,
            "name": channel.name,
            "kind": channel.kind,
            "is_member": person.id in channel.members,
            "is_archived": channel.is_archived,
            "is_frozen": bool(channel.frozen_reason),
            "is_ext_shared": bool(channel.shared_team_ids),
            "is_general": channel.is_general,
            "topic": channel.topic["value"],
            "purpose": channel.purpose["value"],
            "creator": channel.creator,
            "created": channel.created,
            "members": list(channel.members),
            "user": others[0] if channel.kind == "im" else None,
            "last_read": channel.last_read.get(person.id, "0000000000.000000"),
            "latest": latest.ts if latest else None,
            "bookmarks": list(channel.bookmarks),
            "pins": [pin["ts"] for pin in channel.pins],
            **self._unread.counts(person, channel),
        }

    def message(self, message: Message) -> Json:
        """A Message."""
        shown = self._wire.message(message) | {"channel": message.channel}
        return shown | ({"is_ephemeral": True} if message.ephemeral_for else {})

    def group(self, group: Group) -> Json:
        """A user group."""
        return {"id": group.id, "handle": group.handle, "name": group.name, "members": list(group.users)}

    def groups(self) -> list[Json]:
        """All that are in use."""
        return [self.group(group) for group in self._workspace.groups.values() if not group.deleted]

    def app(self, app: App) -> Json:
        """An App."""
        commands = [
            {key: entry.get(key, "") for key in ("command", "description", "usage_hint")} for entry in app.commands
        ]
        shortcuts = [
            {key: entry.get(key, "") for key in ("type", "callback_id", "name", "description")}
            for entry in app.shortcuts
        ]
        return {
            "id": app.id,
            "name": app.name,
            "bot_user": app.bot_user,
            "bot_id": app.bot_id,
            "colour": app.colour,
            "initials": initials(app.name),
            "has_home": app.has_home,
            "has_messages": app.has_messages,
            "takes_messages": app.takes_messages,
            "has_assistant": app.has_assistant and app.has_manifest,
            "connected": self._sockets.is_connected(app.id) if app.socket_mode else bool(app.events_url),
            "commands": commands,
            "shortcuts": shortcuts,
        }

    def apps(self) -> list[Json]:
        """All apps."""
        return [self.app(app) for app in self._workspace.own_apps()]

    def commands(self) -> list[Json]:
        """Every slash command, Slack's own last."""
        own = [
            {"command": name, "description": about, "usage_hint": hint, "app_id": None}
            for name, about, hint in BUILT_IN
        ]
        return [{**entry, "app_id": app["id"]} for app in self.apps() for entry in app["commands"]] + own


def initials(name: str) -> str:
    """Up to two letters for an avatar."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"
