"""conversations.*: listing channels and members, joining and leaving."""

import re

from localslack.api import access
from localslack.api.pages import page
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Channel, Json, Person

_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_WRITE = ("channels:manage", "groups:write", "im:write", "mpim:write")
_NAME = re.compile(r"[^\s.,!?#@A-Z]{1,80}")


def kinds(call: Call) -> list[str]:
    """The kinds of the `types` argument, each of which needs its scope."""
    types = call.arguments.list("types") or ["public_channel"]
    if not set(types) <= set(_KINDS):
        raise SlackError("invalid_types")
    for name in types:
        call.need_scope(f"{access.FAMILY[_KINDS[name]]}:read")
    return [_KINDS[name] for name in types]


@method("conversations.list", *_READ, tier=2)
async def list_channels(call: Call) -> Json:
    """Public channels, and those of the other kinds the bot is in."""
    wanted, hidden = kinds(call), call.arguments.flag("exclude_archived")
    found = [
        channel
        for channel in call.slack.workspace.channels.values()
        if channel.kind in wanted
        and not (hidden and channel.is_archived)
        and (channel.kind == "public" or call.bot.id in channel.members)
    ]
    return _listed(call, found)


def _listed(call: Call, found: list[Channel]) -> Json:
    shown, cursor = page(call, found)
    channels = [call.slack.wire.channel(channel, call.app, num_members=True, connected=False) for channel in shown]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


@method("users.conversations", *_READ)
async def users_conversations(call: Call) -> Json:
    """The channels of a user, as far as the bot may know."""
    wanted, hidden = kinds(call), call.arguments.flag("exclude_archived")
    user = access.person(call).id if call.arguments.text("user") else call.bot.id
    found = [
        channel
        for channel in call.slack.workspace.channels.values()
        if channel.kind in wanted
        and user in channel.members
        and not (hidden and channel.is_archived)
        and (channel.kind == "public" or call.bot.id in channel.members)
    ]
    return _listed(call, found)


@method("conversations.info", *_READ)
async def info(call: Call) -> Json:
    """The channel of an argument."""
    channel = access.channel(call, scope="read")
    shown = call.slack.wire.channel(channel, call.app, num_members=call.arguments.flag("include_num_members"))
    if call.arguments.flag("include_locale"):
        shown["locale"] = "en-US"
    if call.bot.id in channel.members:
        shown["last_read"] = channel.last_read.get(call.bot.id, "0000000000.000000")
    return {"channel": shown}


@method("conversations.members", *_READ, tier=4)
async def members(call: Call) -> Json:
    """The members of a channel."""
    channel = access.channel(call, scope="read")
    shown, cursor = page(call, channel.members)
    return {"members": list(shown), "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
async def join(call: Call) -> Json:
    """Join a public channel."""
    channel = access.channel(call)
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    already = call.bot.id in channel.members
    if not already:
        call.slack.membership.join(channel, call.bot.id)
    shown = {"channel": call.slack.wire.channel(channel, call.app)}
    if already:
        shown |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}  # type: ignore[dict-item]
    return shown


@method("conversations.leave", "channels:manage", "groups:write")
async def leave(call: Call) -> Json:
    """Leave a channel."""
    channel = access.channel(call)
    if call.bot.id not in channel.members:
        return {"not_in_channel": True}
    if channel.is_general:
        raise SlackError("cant_leave_general")
    call.slack.membership.leave(channel, call.bot.id)
    return {}


@method("conversations.open", "im:write", "mpim:write")
async def open_dm(call: Call) -> Json:
    """The direct message conversation with one or several people."""
    named = call.arguments.list("users")
    if not named and call.arguments.text("channel"):
        channel, already = access.channel(call), True
    elif not named:
        raise SlackError("users_list_not_supplied")
    elif len(named) > 8:
        raise SlackError("too_many_users")
    else:
        users = {_dm_partner(call, user).id for user in named}
        call.need_scope("im:write" if len(users) == 1 else "mpim:write")
        channel, already = call.slack.membership.open_dm({call.bot.id, *users})
    answer: Json = {"no_op": True, "already_open": True} if already else {}
    whole = call.arguments.flag("return_im")
    return answer | {"channel": call.slack.wire.channel(channel, call.app) if whole else {"id": channel.id}}


def _dm_partner(call: Call, user: str) -> Person:
    person = call.slack.workspace.people.get(user)
    if person is None:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("user_disabled")
    if person.is_bot and person.id != call.bot.id:
        raise SlackError("cannot_dm_bot")
    return person


@method("conversations.invite", "channels:manage", "channels:write.invites", "groups:write", "groups:write.invites")
async def invite(call: Call) -> Json:
    """Invite people into a channel the bot is in."""
    channel = _writable(call)
    named = call.arguments.list("users")
    if not named:
        raise SlackError("no_user")
    errors = [problem for user in named if (problem := _cannot_invite(call, channel, user))]
    if errors and not (call.arguments.flag("force") and len(errors) < len(named)):
        raise SlackError(errors[0]["error"], errors=errors)
    refused = {problem["user"] for problem in errors}
    for user in named:
        if user not in refused:
            call.slack.membership.join(channel, user, inviter=call.bot.id)
    return {"channel": call.slack.wire.channel(channel, call.app)}


def _cannot_invite(call: Call, channel: Channel, user: str) -> Json | None:
    person = call.slack.workspace.people.get(user)
    error = None
    if person is None or person.deleted:
        error = "user_not_found"
    elif user == call.bot.id:
        error = "cant_invite_self"
    elif user in channel.members:
        error = "already_in_channel"
    elif person.guest == "single":
        error = "ura_max_channels"
    return {"ok": False, "error": error, "user": user} if error else None


def _writable(call: Call) -> Channel:
    channel = access.joined_channel(call)
    if channel.is_dm:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    return channel


@method("conversations.kick", "channels:manage", "groups:write")
async def kick(call: Call) -> Json:
    """Remove somebody from a channel."""
    channel, person = _writable(call), access.person(call)
    if person.id == call.bot.id:
        raise SlackError("cant_kick_self")
    if person.id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_general:
        raise SlackError("cant_kick_from_general")
    call.slack.membership.leave(channel, person.id)
    return {}


def valid_name(call: Call) -> str:
    """A valid channel name that is not taken."""
    name = call.arguments.text("name") or ""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > 80:
        raise SlackError("invalid_name_maxlength")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name_specials")
    if not any(character.isalnum() for character in name):
        raise SlackError("invalid_name_punctuation")
    if any(channel.name == name for channel in call.slack.workspace.channels.values()):
        raise SlackError("name_taken")
    return name


@method("conversations.create", "channels:manage", "groups:write", tier=2)
async def create(call: Call) -> Json:
    """Create a channel with the bot in it."""
    private = call.arguments.flag("is_private")
    call.need_scope("groups:write" if private else "channels:manage")
    channel = call.slack.membership.create(valid_name(call), call.bot.id, private=private)
    return {"channel": call.slack.wire.channel(channel, call.app)}


@method("conversations.rename", "channels:manage", "groups:write", tier=2)
async def rename(call: Call) -> Json:
    """Rename a channel."""
    channel = _writable(call)
    call.slack.membership.rename(channel, call.bot.id, valid_name(call))
    return {"channel": call.slack.wire.channel(channel, call.app)}


@method("conversations.archive", "channels:manage", "groups:write", tier=2)
async def archive(call: Call) -> Json:
    """Archive a channel."""
    channel = access.joined_channel(call)
    if channel.is_archived:
        raise SlackError("already_archived")
    if channel.is_general:
        raise SlackError("cant_archive_general")
    call.slack.membership.archive(channel, call.bot.id)
    return {}


@method("conversations.unarchive", "channels:manage", "groups:write", tier=2)
async def unarchive(call: Call) -> Json:
    """Reopen a channel the bot was in."""
    channel = access.channel(call)
    if channel.is_dm:
        raise SlackError("method_not_supported_for_channel_type")
    if not channel.is_archived:
        raise SlackError("not_archived")
    if call.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    call.slack.membership.archive(channel, call.bot.id, archived=False)
    return {}


@method("conversations.close", "im:write", "mpim:write", tier=2)
async def close(call: Call) -> Json:
    """Close a direct message; a bot has no list of open ones, so nothing changes."""
    channel = access.channel(call)
    if not channel.is_dm:
        raise SlackError("method_not_supported_for_channel_type")
    return {"no_op": True, "already_closed": True}


@method("conversations.setTopic", *_WRITE, tier=2)
async def set_topic(call: Call) -> Json:
    """Set the topic."""
    return _describe(call, "topic")


@method("conversations.setPurpose", *_WRITE, tier=2)
async def set_purpose(call: Call) -> Json:
    """Set the purpose."""
    return _describe(call, "purpose")


def _describe(call: Call, field: str) -> Json:
    channel, text = _writable(call), call.arguments.text(field) or ""
    if len(text) > 250:
        raise SlackError("too_long")
    call.slack.membership.describe(channel, call.bot.id, field, text)
    return {"channel": call.slack.wire.channel(channel, call.app)}


@method("conversations.mark", *_WRITE)
async def mark(call: Call) -> Json:
    """Move the bot's own reading mark."""
    channel = access.joined_channel(call)
    ts = call.arguments.ts("ts", "invalid_timestamp")
    if ts is None:
        raise SlackError("invalid_timestamp")
    call.slack.posting.mark_read(channel, call.bot.id, ts)
    return {}
