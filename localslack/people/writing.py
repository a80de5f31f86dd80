"""Writing: messages, edits, forwarding, reactions, pins, reading marks."""

from localslack.api.chat import permalink
from localslack.emoji import is_emoji
from localslack.errors import Refused
from localslack.people.actor import Actor, verb
from localslack.records import Channel, File, Json, Message
from localslack.rich_text import rich_text, with_bullets
from localslack.text import from_typed


@verb("post")
async def post(actor: Actor) -> Json:
    """Post a message."""
    return {"message": shown(actor, write(actor, actor.open_channel(), actor.text("text", ""), files(actor)))}


def shown(actor: Actor, message: Message) -> Json:
    """The message as the control interface shows it."""
    return actor.slack.wire.message(message) | {"channel": message.channel}


def files(actor: Actor) -> list[File]:
    """The person's own uploads named in the request."""
    named = [actor.slack.workspace.files.get(file_id) for file_id in actor.several("files")]
    if any(file is None or file.user != actor.person.id or file.deleted for file in named):
        raise Refused("file_not_found", "That file was not uploaded by this person.", 404)
    return [file for file in named if file]


def write(actor: Actor, channel: Channel, typed: str, attached: list[File], subtype: str | None = None) -> Message:
    """Post what the person typed."""
    if not typed.strip() and not attached:
        raise Refused("no_text", "There is nothing to send.")
    if len(typed) > 40_000:
        raise Refused("msg_too_long", "A message may have 40,000 characters.")
    _refuse_muted(actor, channel)
    text = with_bullets(from_typed(actor.slack.workspace, typed))
    facts: Json = {"text": text, "blocks": [rich_text(text)] if text else [], "subtype": subtype}
    facts |= _threaded(actor, channel)
    if attached:
        facts |= {"files": [file.id for file in attached], "subtype": "file_share"}
    facts |= {"user": actor.person.id, "team_id": actor.person.team_id}
    return actor.slack.posting.post(channel, **facts, client_msg_id=f"{actor.slack.clock.now():.6f}-{actor.person.id}")


def _refuse_muted(actor: Actor, channel: Channel) -> None:
    for member in channel.members if channel.kind == "im" else ():
        app = actor.slack.workspace.app_of_bot(member)
        if app is not None and not app.takes_messages:
            raise Refused("messages_tab_disabled", f"Sending messages to {app.name} has been turned off.")


def _threaded(actor: Actor, channel: Channel) -> Json:
    thread_ts = actor.optional("thread_ts")
    if thread_ts is None:
        return {}
    root = actor.slack.workspace.message(channel.id, thread_ts)
    if root is None:
        raise Refused("thread_not_found", "That thread does not exist any more.", 404)
    if not actor.arguments.get("broadcast"):
        return {"thread_ts": thread_ts}
    return {"thread_ts": thread_ts, "subtype": "thread_broadcast", "extra": {"root": actor.slack.wire.message(root)}}


def _own(actor: Actor) -> Message:
    message = actor.message(actor.open_channel())
    if message.user != actor.person.id or message.ephemeral_for:
        raise Refused("not_yours", "Only one's own messages can be changed.", 403)
    return message


@verb("edit")
async def edit(actor: Actor) -> Json:
    """Change one's own message."""
    message = _own(actor)
    text = with_bullets(from_typed(actor.slack.workspace, actor.text("text")))
    actor.slack.posting.edit(message, by=actor.person.id, text=text, blocks=[rich_text(text)])
    return {"message": shown(actor, message)}


@verb("forward")
async def forward(actor: Actor) -> Json:
    """Share a message of one channel in another; its words travel in an attachment, not in the text."""
    message = actor.message(actor.channel())
    if message.ephemeral_for:
        raise Refused("message_not_found", "Messages that nobody else sees cannot be shared.")
    to = Actor(actor.slack, actor.person, {"channel": actor.text("to")}).open_channel()
    text = from_typed(actor.slack.workspace, actor.text("text", ""))
    shared = actor.slack.posting.post(
        to,
        text=text,
        blocks=[rich_text(text)] if text else [],
        attachments=[{"id": 1, **_share(actor, message)}],
        user=actor.person.id,
        team_id=actor.person.team_id,
        client_msg_id=f"{actor.slack.clock.now():.6f}-{actor.person.id}",
    )
    return {"message": shown(actor, shared)}


def _share(actor: Actor, message: Message) -> Json:
    """The attachment a shared message becomes."""
    slack = actor.slack
    author = slack.workspace.people.get(message.user or "")
    name = message.username or (author.name if author else "Slackbot")
    url = permalink(slack.base_url, message)
    inside = {"team": message.team_id, "channel": message.channel, "ts": message.ts}
    attachment: Json = {
        "ts": message.ts,
        "channel_id": message.channel,
        "channel_team": slack.workspace.team.id,
        "is_msg_unfurl": True,
        "is_share": True,
        "from_url": url,
        "fallback": f"[{message.ts}] {name}: {message.text}",
        "text": message.text,
        "author_name": name,
        "author_subname": name,
        "mrkdwn_in": ["text"],
        "footer": "Slack Conversation",
        "color": "D0D0D0",
        "message_blocks": [{**inside, "message": {"blocks": list(message.blocks)}}] if message.blocks else [],
        "files": [slack.wire.file(slack.workspace.files[file]) for file in message.files],
        "attachments": list(message.attachments),
        "author_id": message.user,
    }
    return {key: value for key, value in attachment.items() if value not in (None, [], "")}


@verb("delete")
async def delete(actor: Actor) -> Json:
    """Delete one's own message; an admin may delete anybody's."""
    message = actor.message(actor.open_channel())
    if message.user != actor.person.id and not actor.person.is_admin:
        raise Refused("not_yours", "Only one's own messages can be deleted.", 403)
    actor.slack.posting.delete(message)
    return {}


@verb("dismiss")
async def dismiss(actor: Actor) -> Json:
    """Hide an ephemeral message."""
    message = actor.message(actor.channel())
    if message.ephemeral_for is None:
        raise Refused("not_ephemeral", "Only messages that nobody else sees can be dismissed.")
    actor.slack.posting.delete(message)
    return {}


def _reaction(actor: Actor) -> tuple[Message, str]:
    name = actor.text("name").strip(":")
    message = actor.message(actor.open_channel())
    if not is_emoji(name) or message.ephemeral_for:
        raise Refused("invalid_name", f"“{name}” cannot be added here.")
    return message, name


@verb("react")
async def react(actor: Actor) -> Json:
    """Add a reaction."""
    message, name = _reaction(actor)
    actor.slack.posting.react(message, actor.person.id, name)
    return {}


@verb("unreact")
async def unreact(actor: Actor) -> Json:
    """Remove a reaction."""
    message, name = _reaction(actor)
    actor.slack.posting.unreact(message, actor.person.id, name)
    return {}


@verb("pin")
async def pin(actor: Actor) -> Json:
    """Pin a message."""
    channel = actor.open_channel()
    actor.slack.posting.pin(channel, actor.message(channel), actor.person.id)
    return {}


@verb("unpin")
async def unpin(actor: Actor) -> Json:
    """Unpin a message."""
    channel = actor.open_channel()
    actor.slack.posting.unpin(channel, actor.message(channel), actor.person.id)
    return {}


@verb("read")
async def read(actor: Actor) -> Json:
    """Move the reading mark, to the newest message unless another is named."""
    channel = actor.channel()
    latest = actor.slack.workspace.timeline(channel.id).latest()
    ts = actor.optional("ts") or (latest.ts if latest else "0000000000.000000")
    actor.slack.posting.mark_read(channel, actor.person.id, ts)
    counts = actor.slack.unread.counts(actor.person, channel)
    return {"last_read": ts, **counts}
