"""How do messages look to an app?"""

from localslack.records import App, Json, Message
from localslack.wire.files import Files
from localslack.wire.people import People


class Messages(People, Files):
    """conversations.history."""

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
