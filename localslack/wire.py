"""How do records look to an app? Slack's objects, built from ours with the keys the real ones have."""

import mimetypes
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from localslack.records import App, Channel, File, Group, Json, Message, Person, View
from localslack.workspace import Workspace


class Wire:
    """Builds Slack's objects. `base_url` is where the local Slack itself is reached, with a final slash."""

    def __init__(self, workspace: Workspace, base_url: str = "") -> None:
        self.workspace = workspace
        self.base_url = base_url

    # -- people -------------------------------------------------------------------------------------------------

    def user(self, person: Person, *, email: bool = True, locale: bool = False) -> Json:
        """A user object as users.info gives it."""
        answer: Json = {
            "id": person.id,
            "team_id": person.team_id,
            "name": person.handle,
            "deleted": person.deleted,
            "profile": self.profile(person, email=email),
            "is_bot": person.is_bot,
            "is_app_user": False,
            "updated": person.updated,
        }
        if person.deleted:
            return answer
        return (
            answer | self._standing(person) | ({"locale": person.locale} if locale and not person.is_external else {})
        )

    def _standing(self, person: Person) -> Json:
        zone, label, offset = time_zone(person.tz, self.workspace.clock.now())
        standing: Json = {
            "color": person.colour.removeprefix("#"),
            "real_name": person.name,
            "tz": zone,
            "tz_label": label,
            "tz_offset": offset,
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "is_primary_owner": False,
            "is_restricted": person.is_guest,
            "is_ultra_restricted": person.guest == "single",
            "is_email_confirmed": True,
            "who_can_share_contact_card": "EVERYONE",
        }
        return standing | ({"is_stranger": False} if person.is_external else {})

    def profile(self, person: Person, *, email: bool = True) -> Json:
        """A profile object."""
        first, _, last = person.name.partition(" ")
        avatar = f"{self.base_url}avatars/{person.id}"
        profile: Json = {
            "title": person.title,
            "phone": person.phone,
            "skype": "",
            "real_name": person.name,
            "real_name_normalized": person.name,
            "display_name": person.display_name,
            "display_name_normalized": person.display_name,
            "fields": {},
            "status_text": person.status_text,
            "status_emoji": person.status_emoji,
            "status_emoji_display_info": [],
            "status_expiration": 0,
            "status_text_canonical": "",
            "avatar_hash": person.id[-8:].lower(),
            "first_name": first,
            "last_name": last,
            "team": person.team_id,
            **{f"image_{size}": f"{avatar}?size={size}" for size in (24, 32, 48, 72, 192, 512)},
        }
        if person.is_bot:
            return profile | {"api_app_id": person.app_id, "always_active": True, "bot_id": person.bot_id}
        return profile | ({"email": person.email} if email else {})

    def bot(self, app: App) -> Json:
        """A bot object as bots.info gives it."""
        person = self.workspace.people[app.bot_user]
        icons = {f"image_{size}": f"{self.base_url}avatars/{person.id}?size={size}" for size in (36, 48, 72)}
        return {
            "id": app.bot_id,
            "deleted": person.deleted,
            "name": app.name,
            "updated": person.updated,
            "app_id": app.id,
            "user_id": app.bot_user,
            "icons": icons,
        }

    def team(self) -> Json:
        """A team object as team.info gives it."""
        team = self.workspace.team
        icon = {"image_default": True, "image_34": f"{self.base_url}avatars/{team.id}?size=34"}
        return {
            "id": team.id,
            "name": team.name,
            "url": self.base_url,
            "domain": team.domain,
            "email_domain": "",
            "icon": icon,
            "avatar_base_url": f"{self.base_url}avatars/",
            "is_verified": False,
        }

    def group(self, group: Group, *, users: bool = True) -> Json:
        """A user group object."""
        answer: Json = {
            "id": group.id,
            "team_id": self.workspace.team.id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "description": group.description,
            "handle": group.handle,
            "is_external": False,
            "date_create": group.created,
            "date_update": group.updated,
            "date_delete": group.updated if group.deleted else 0,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": group.creator,
            "updated_by": group.creator,
            "deleted_by": group.creator if group.deleted else None,
            "prefs": {"channels": [], "groups": []},
            "user_count": len(group.users),
        }
        return answer | ({"users": list(group.users)} if users else {})

    # -- channels -----------------------------------------------------------------------------------------------

    def channel(self, channel: Channel, app: App, *, num_members: bool = False) -> Json:
        """A conversation object as this app's bot sees it."""
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
            "is_shared": shared,
            "is_ext_shared": shared,
            "is_org_shared": False,
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
        if shared:
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

    # -- messages -----------------------------------------------------------------------------------------------

    def message(self, message: Message, *, metadata: bool = True) -> Json:
        """A message object as conversations.history gives it; `metadata` whether to include it."""
        answer = self._author(message) | {"type": "message", "ts": message.ts, "text": message.text}
        optional: Json = {
            "subtype": message.subtype,
            "client_msg_id": message.client_msg_id,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "edited": message.edited,
            "metadata": message.metadata if metadata else None,
            "reactions": [{**reaction, "count": len(reaction["users"])} for reaction in message.reactions],
            "files": [self.file(self.workspace.files[file]) for file in message.files],
        }
        answer |= {key: value for key, value in optional.items() if value}
        return answer | self._thread(message) | self._pinned(message) | message.extra

    def _author(self, message: Message) -> Json:
        author: Json = {}
        if message.user and message.subtype != "bot_message":
            author["user"] = message.user
        if message.team_id:
            author["team"] = message.team_id
        if message.bot_id:
            author |= {"bot_id": message.bot_id, "app_id": message.app_id}
            app = self.workspace.apps.get(message.app_id or "")
            if app and message.subtype != "bot_message":
                author["bot_profile"] = self._bot_profile(app)
        custom = {"username": message.username, "icons": message.icons}
        return author | {key: value for key, value in custom.items() if value}

    def _bot_profile(self, app: App) -> Json:
        bot = self.bot(app)
        kept = {key: bot[key] for key in ("id", "app_id", "user_id", "name", "icons", "deleted", "updated")}
        return kept | {"team_id": self.workspace.team.id}

    def _thread(self, message: Message) -> Json:
        if message.is_reply:
            parent = self.workspace.message(message.channel, message.thread_ts or "")
            return {"thread_ts": message.thread_ts} | (
                {"parent_user_id": parent.user} if parent and parent.user else {}
            )
        replies = self.workspace.timeline(message.channel).replies(message.ts)
        if not replies:
            return {"thread_ts": message.thread_ts} if message.thread_ts else {}
        users = list(dict.fromkeys(reply.user or reply.bot_id for reply in replies))
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1].ts,
            "reply_users": users[:5],
            "is_locked": False,
            "subscribed": False,
        }

    def _pinned(self, message: Message) -> Json:
        channel = self.workspace.channels.get(message.channel)
        pins = [pin for pin in channel.pins if pin["ts"] == message.ts] if channel else []
        return {"pinned_to": [message.channel], "pinned_info": {"channel": message.channel, **pins[0]}} if pins else {}

    # -- the rest -----------------------------------------------------------------------------------------------

    def file(self, file: File) -> Json:
        """A file object."""
        if file.deleted:
            return {"id": file.id, "mode": "tombstone"}
        path = f"{self.workspace.team.id}-{file.id}"
        kind = filetype(file.name)
        snippet = file.mimetype.startswith("text/")
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title or file.name,
            "mimetype": file.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper() if kind != "text" else "Plain Text",
            "user": file.user,
            "user_team": self.workspace.team.id,
            "editable": snippet,
            "size": file.size,
            "mode": "snippet" if snippet else "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": any(self._is_public(channel) for channel in file.channels),
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{self.base_url}files-pri/{path}/{file.name}",
            "url_private_download": f"{self.base_url}files-pri/{path}/download/{file.name}",
            "permalink": f"{self.base_url}files/{file.user}/{file.id}/{file.name}",
            "permalink_public": f"{self.base_url}files-pub/{path}",
            "comments_count": 0,
            "is_starred": False,
            "has_rich_preview": False,
            "file_access": "visible",
            **({"alt_txt": file.alt_text} if file.alt_text else {}),
            **self._shares(file),
        }

    def _is_public(self, channel: str) -> bool:
        found = self.workspace.channels.get(channel)
        return found is not None and found.kind == "public"

    def _shares(self, file: File) -> Json:
        by_kind: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
        shares: dict[str, Json] = {"public": {}, "private": {}}
        for channel_id in file.channels:
            kind = self.workspace.channels[channel_id].kind
            by_kind[{"public": "channels", "im": "ims"}.get(kind, "groups")].append(channel_id)
            entries = [{"ts": ts, "reply_users": [], "reply_count": 0} for ts in file.shares.get(channel_id, [])]
            shares["public" if kind == "public" else "private"][channel_id] = entries
        return by_kind | {"shares": {key: value for key, value in shares.items() if value}}

    def view(self, view: View, state: Json | None = None) -> Json:
        """A view object; `state` are the values of its inputs."""
        app, body = self.workspace.apps[view.app_id], view.body
        empty: Json = {"type": "plain_text", "text": "View Title", "emoji": True}
        return {
            "id": view.id,
            "team_id": self.workspace.team.id,
            "type": view.type,
            "blocks": body.get("blocks", []),
            "private_metadata": body.get("private_metadata", ""),
            "callback_id": body.get("callback_id", ""),
            "state": {"values": state or {}},
            "hash": view.hash,
            "title": body.get("title", empty),
            "clear_on_close": body.get("clear_on_close", False),
            "notify_on_close": body.get("notify_on_close", False),
            "close": body.get("close"),
            "submit": body.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": view.app_id,
            "external_id": body.get("external_id", ""),
            "app_installed_team_id": self.workspace.team.id,
            "bot_id": app.bot_id,
        }


_FILETYPES = {"txt": "text", "jpeg": "jpg", "log": "text", "md": "markdown", "py": "python", "": "binary"}


def filetype(name: str) -> str:
    """Slack's short name of a file's type."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _FILETYPES.get(ending, ending)


def mimetype(name: str, declared: str | None = None) -> str:
    """The media type of an upload."""
    if declared and declared != "application/octet-stream":
        return declared.partition(";")[0]
    return mimetypes.guess_type(name)[0] or ("text/plain" if filetype(name) == "text" else "application/octet-stream")


def time_zone(name: str, now: float) -> tuple[str, str, int]:
    """Slack's three facts on a person's time zone: its name, a label and the seconds east of UTC."""
    try:
        local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError):
        return "Etc/UTC", "Coordinated Universal Time", 0
    offset: Any = local.utcoffset()
    return name, _LABELS.get(local.tzname() or "", local.tzname() or name), int(offset.total_seconds())


_LABELS = {
    "CET": "Central European Time",
    "CEST": "Central European Summer Time",
    "GMT": "Greenwich Mean Time",
    "BST": "British Summer Time",
    "WET": "Western European Time",
    "WEST": "Western European Summer Time",
    "EST": "Eastern Standard Time",
    "EDT": "Eastern Daylight Time",
    "CST": "Central Standard Time",
    "CDT": "Central Daylight Time",
    "MST": "Mountain Standard Time",
    "MDT": "Mountain Daylight Time",
    "PST": "Pacific Standard Time",
    "PDT": "Pacific Daylight Time",
    "UTC": "Coordinated Universal Time",
}
