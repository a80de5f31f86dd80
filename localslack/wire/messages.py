"""Messages as an app sees them."""

from localslack.records import App, Json, Message
from localslack.wire.files import Files
from localslack.wire.people import People


class Messages(People, Files):
    """Builds message objects, as in conversations.history."""

    def message(self, message: Message, *, metadata: bool = True, event: bool = False) -> Json:
        """A message object as conversations.history gives it, or as an event carries it; `metadata` maybe left out."""
        show_file = self.file_in_event if event else self.file
        answer = self._author(message) | {"type": "message", "ts": message.ts, "text": message.text}
        optional: Json = {
            "subtype": message.subtype,
            "client_msg_id": message.client_msg_id,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "edited": message.edited,
            "metadata": message.metadata if metadata else None,
            "reactions": [{**reaction, "count": len(reaction["users"])} for reaction in message.reactions],
            "files": [show_file(self.workspace.files[file]) for file in message.files],
        }
        answer |= {key: value for key, value in optional.items() if value}
        if event and message.subtype == "file_share":
            answer.pop("team", None)
        return answer | self._thread(message) | self._pinned(message) | message.extra

    def _connect(self, message: Message) -> Json:
        """The fields of a shared channel's message about its author's workspace."""
        author = self.workspace.people.get(message.user or "")
        channel = self.workspace.channels.get(message.channel)
        if author is None or channel is None or not channel.shared_team_ids:
            return {}
        return {
            "user_team": author.team_id,
            "source_team": author.team_id,
            "user_profile": self.user_profile(author),
        }

    def _author(self, message: Message) -> Json:
        app = self.workspace.apps.get(message.app_id or "")
        is_foreign_bot = app is not None and bool(app.external_team)
        author = {} if message.bot_id else self._connect(message)
        if message.user and message.subtype != "bot_message" and not is_foreign_bot:
            author["user"] = message.user
        if message.team_id:
            author["team"] = message.team_id
        if message.bot_id:
            author |= {"bot_id": message.bot_id, "app_id": message.app_id}
            if app and message.subtype != "bot_message":
                author["bot_profile"] = self._bot_profile(app)
        custom = {"username": message.username, "icons": message.icons}
        return author | {key: value for key, value in custom.items() if value}

    def _bot_profile(self, app: App) -> Json:
        bot = self.bot(app)
        remaining = {key: bot[key] for key in ("id", "app_id", "user_id", "name", "icons", "deleted", "updated")}
        return remaining | {"team_id": app.external_team or self.workspace.team.id}

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
