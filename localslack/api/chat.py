"""chat.*: posting, updating and deleting messages."""

from typing import Any

from localslack.api import access, pictures
from localslack.api.content import content
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Channel, Json, Message
from localslack.rich_text import rich_text

LONGEST_UPDATE = 4_000  # characters; longer new messages are taken, longer changes are not


@method("chat.postMessage", "chat:write", tier=0)
async def post_message(call: Call) -> Json:
    """Post to a channel, a thread or a person."""
    channel = target(call)
    facts = _facts(call, channel)
    _check_thread(call, channel, facts)
    pictures.check(call, facts)
    if not facts.get("blocks") and call.slack.assistants.find(channel.id, facts["thread_ts"] or ""):
        facts["blocks"] = [rich_text(facts["text"])]  # Bolt keeps the context in the answer, with its blocks
    message = call.slack.posting.post(channel, **facts)
    pictures.show(call, channel, facts)
    return {"channel": channel.id, "ts": message.ts, "message": call.slack.wire.message(message)}


def _facts(call: Call, channel: Channel) -> Json:
    facts = content(call.arguments)
    if not any(facts.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    if facts.get("metadata") == {}:
        del facts["metadata"]
    thread_ts = call.arguments.ts("thread_ts", "invalid_thread_ts")
    facts |= {"text": facts.get("text", ""), "thread_ts": thread_ts, **author(call)}
    if thread_ts and call.arguments.flag("reply_broadcast"):
        facts["subtype"] = "thread_broadcast"
        root = call.slack.workspace.message(channel.id, thread_ts)
        facts["extra"] = facts.get("extra", {}) | ({"root": call.slack.wire.message(root)} if root else {})
    return facts


def author(call: Call) -> Json:
    """The author fields of a message: the bot, under another name if its scopes allow it."""
    facts: Json = {
        "user": call.bot.id,
        "bot_id": call.app.bot_id,
        "app_id": call.app.id,
        "team_id": call.app.external_team or call.slack.workspace.team.id,
    }
    if call.app.may("chat:write.customize"):
        facts |= _customized(call)
    return facts


def _customized(call: Call) -> Json:
    username = call.arguments.text("username")
    emoji, url = call.arguments.text("icon_emoji"), call.arguments.text("icon_url")
    facts: Json = {"username": username, "subtype": "bot_message"} if username else {}
    if emoji:
        facts["icons"] = {"emoji": f":{emoji.strip(':')}:"}
    elif url:
        facts["icons"] = {"image_48": url}
    return facts


def target(call: Call) -> Channel:
    """The channel to post to: one the bot may write in, or the direct messages with a person."""
    named = call.arguments.needed("channel")
    workspace = call.slack.workspace
    person = workspace.people.get(named)
    if person is not None:
        if person.deleted or person.is_bot:
            raise SlackError("channel_not_found")
        return call.slack.membership.open_dm({call.bot.id, person.id})[0]
    channel = workspace.channel_named(named)
    if channel is None:
        raise SlackError("channel_not_found")
    check_writable(call, channel)
    return channel


def check_writable(call: Call, channel: Channel) -> None:
    """Require that the bot is in the channel (or may write in any public one), and that the channel is open."""
    if call.bot.id not in channel.members:
        if channel.is_private:
            raise SlackError("channel_not_found")
        if not call.app.may("chat:write.public"):
            raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.frozen_reason:
        raise SlackError("restricted_action_read_only_channel")


def _check_thread(call: Call, channel: Channel, facts: Json) -> None:
    thread_ts = facts["thread_ts"]
    if thread_ts and call.slack.workspace.message(channel.id, thread_ts) is None:
        raise SlackError("thread_not_found")


@method("chat.postEphemeral", "chat:write", tier=4)
async def post_ephemeral(call: Call) -> Json:
    """Post what only one member sees."""
    channel = target(call)
    user = access.person(call)
    if user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    facts = _facts(call, channel)
    facts.pop("metadata", None)
    message = call.slack.posting.post_ephemeral(channel, user.id, **facts)
    return {"message_ts": message.ts}


@method("chat.meMessage", "chat:write")
async def me_message(call: Call) -> Json:
    """Post as /me does."""
    channel = target(call)
    text = call.arguments.text("text")
    if not text:
        raise SlackError("no_text")
    message = call.slack.posting.post(channel, text=text, **author(call) | {"subtype": "me_message"})
    return {"channel": channel.id, "ts": message.ts}


def _own(call: Call, refused: str) -> Message:
    channel = access.channel(call)
    message = access.message(call, channel, "ts")
    if message.app_id != call.app.id:
        raise SlackError(refused)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


@method("chat.update", "chat:write")
async def update(call: Call) -> Json:
    """Change a message of one's own.

    Text without blocks takes the blocks' place; attachments and metadata not named stay.
    Only a message shown by its text is marked as edited.
    """
    call.arguments.needed("ts")
    message = _own(call, "cant_update_message")
    if message.extra.get("streaming_state") == "in_progress":
        raise SlackError("streaming_state_conflict")
    if len(call.arguments.text("text") or "") > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    facts: dict[str, Any] = content(call.arguments)
    if not {"text", "blocks", "attachments"} & set(facts) and "metadata" not in facts:
        raise SlackError("no_text")
    if facts.get("metadata") == {}:
        facts["metadata"] = None
    facts.pop("extra", None)
    if "text" in facts:
        facts.setdefault("blocks", [])
    by_text = "text" in facts and not facts["blocks"]
    call.slack.posting.edit(message, by=call.bot.id if by_text else None, **facts)
    shown = call.slack.wire.message(message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write")
async def delete(call: Call) -> Json:
    """Delete a message of one's own."""
    call.arguments.needed("ts")
    message = _own(call, "cant_delete_message")
    call.slack.posting.delete(message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.getPermalink", tier=0)
async def get_permalink(call: Call) -> Json:
    """The address of a message on the page."""
    channel = access.channel(call)
    message = access.message(call, channel, "message_ts")
    return {"channel": channel.id, "permalink": permalink(call.slack.base_url, message)}


def permalink(base_url: str, message: Message) -> str:
    """The permalink in Slack's form."""
    link = f"{base_url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else link
