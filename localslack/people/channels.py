"""Channels, direct messages, invitations, one's own profile, an app's Home, uploads."""

import re

from localslack.changes import FileChanged, HomeOpened, PersonChanged
from localslack.errors import Refused
from localslack.ids import random_id
from localslack.people.actor import Actor, verb
from localslack.people.writing import shown, write
from localslack.records import Channel, File, Json, Person
from localslack.wire import mimetype

_NAME = re.compile(r"[^\s.,!?#@A-Z]{1,80}")
_PROFILE = ("status_text", "status_emoji", "title", "phone", "display_name", "locale")


def seen(actor: Actor, channel: Channel) -> Json:
    """A channel as the control interface shows it to this person."""
    return {"channel": actor.slack.shapes.channel(channel, actor.person)}


def _full_member(actor: Actor) -> None:
    if actor.person.is_guest or actor.person.is_external:
        raise Refused("restricted_action", "Guests and people of other workspaces cannot do that.", 403)


@verb("open_dm")
async def open_dm(actor: Actor) -> Json:
    """Open a direct message with one or several people."""
    users = {person.id for person in actor.people()} | {actor.person.id}
    if len(users) > 9:
        raise Refused("too_many_users", "A group message has at most nine people.")
    return seen(actor, actor.slack.membership.open_dm(users)[0])


@verb("create_channel")
async def create_channel(actor: Actor) -> Json:
    """Create a channel."""
    _full_member(actor)
    name = _valid_name(actor, actor.text("name"))
    private = bool(actor.arguments.get("private"))
    return seen(actor, actor.slack.membership.create(name, actor.person.id, private=private))


def _valid_name(actor: Actor, name: str) -> str:
    name = name.removeprefix("#")
    if not _NAME.fullmatch(name):
        raise Refused(
            "invalid_name", "A channel name has up to 80 lower-case letters, digits, hyphens and underscores."
        )
    if actor.slack.workspace.channel_named(name) is not None:
        raise Refused("name_taken", f"There is a #{name} already.")
    return name


@verb("join")
async def join(actor: Actor) -> Json:
    """Join a public channel."""
    _full_member(actor)
    channel = actor.open_channel(member=False)
    if actor.person.id not in channel.members:
        actor.slack.membership.join(channel, actor.person.id)
    return seen(actor, channel)


def _managed(actor: Actor) -> Channel:
    """A channel, not a DM, that the person is in."""
    channel = actor.open_channel()
    if channel.is_dm:
        raise Refused("method_not_supported_for_channel_type", "That is for channels only.")
    return channel


@verb("leave")
async def leave(actor: Actor) -> Json:
    """Leave a channel."""
    channel = _managed(actor)
    if channel.is_general:
        raise Refused("cant_leave_general", f"Nobody leaves #{channel.name}.")
    actor.slack.membership.leave(channel, actor.person.id)
    return seen(actor, channel)


@verb("invite")
async def invite(actor: Actor) -> Json:
    """Invite people and apps into a channel."""
    _full_member(actor)
    channel = _managed(actor)
    for person in actor.people():
        if person.deleted:
            raise Refused("user_not_found", f"{person.name} is deactivated.")
        if person.id not in channel.members:
            actor.slack.membership.join(channel, person.id, inviter=actor.person.id)
    return seen(actor, channel)


@verb("kick")
async def kick(actor: Actor) -> Json:
    """Remove somebody from a channel."""
    _full_member(actor)
    channel, person = _managed(actor), actor.someone(actor.text("user"))
    if person.id not in channel.members:
        raise Refused("not_in_channel", f"{person.name} is not in #{channel.name}.")
    actor.slack.membership.leave(channel, person.id)
    return seen(actor, channel)


@verb("archive")
async def archive(actor: Actor) -> Json:
    """Archive a channel."""
    _full_member(actor)
    channel = _managed(actor)
    if channel.is_general:
        raise Refused("cant_archive_general", f"#{channel.name} stays.")
    actor.slack.membership.archive(channel, actor.person.id)
    return seen(actor, channel)


@verb("unarchive")
async def unarchive(actor: Actor) -> Json:
    """Unarchive a channel."""
    _full_member(actor)
    channel = actor.channel()
    if not channel.is_archived:
        raise Refused("not_archived", f"#{channel.name} is not archived.")
    actor.slack.membership.archive(channel, actor.person.id, archived=False)
    return seen(actor, channel)


@verb("topic")
async def topic(actor: Actor) -> Json:
    """Set the topic."""
    return _describe(actor, "topic")


@verb("purpose")
async def purpose(actor: Actor) -> Json:
    """Set the purpose."""
    return _describe(actor, "purpose")


def _describe(actor: Actor, field: str) -> Json:
    channel, text = _managed(actor), actor.text("text")
    if len(text) > 250:
        raise Refused("too_long", "That is longer than 250 characters.")
    actor.slack.membership.describe(channel, actor.person.id, field, text)
    return seen(actor, channel)


@verb("rename")
async def rename(actor: Actor) -> Json:
    """Rename a channel."""
    _full_member(actor)
    channel = _managed(actor)
    actor.slack.membership.rename(channel, actor.person.id, _valid_name(actor, actor.text("text")))
    return seen(actor, channel)


@verb("profile")
async def profile(actor: Actor) -> Json:
    """Change one's own profile."""
    for name in _PROFILE:
        if (value := actor.optional(name)) is not None:
            setattr(actor.person, name, value[:100])
    changed(actor, actor.person)
    return {"person": actor.slack.shapes.person(actor.person)}


def changed(actor: Actor, person: Person) -> None:
    """Save a changed person and publish the change."""
    person.updated = actor.slack.workspace.now
    actor.slack.workspace.save(person)
    actor.slack.workspace.publish(PersonChanged(person))


@verb("open_home")
async def open_home(actor: Actor) -> Json:
    """Open an app's Home or messages."""
    app, tab = actor.app(), actor.text("tab", "home")
    if actor.person.is_external:
        raise Refused("not_installed", f"{app.name} is not installed in this person's workspace.", 403)
    channel, _ = actor.slack.membership.open_dm({actor.person.id, app.bot_user})
    actor.slack.workspace.publish(HomeOpened(actor.person.id, app.id, channel.id, tab))
    view = actor.slack.views.home(actor.person.id, app.id)
    return {"view": actor.slack.wire.view(view) if view else None, "channel": channel.id}


async def keep_upload(actor: Actor, name: str, declared: str | None, content: bytes) -> File:
    """Take in one uploaded file."""
    file = File(
        id=random_id("F"),
        name=(name or "file").replace("/", "_"),
        title=name,
        mimetype=mimetype(name, declared),
        size=len(content),
        user=actor.person.id,
        created=actor.slack.workspace.now,
    )
    await actor.slack.blobs.put(file.id, content)
    actor.slack.workspace.add(file)
    actor.slack.workspace.publish(FileChanged(file, "created"))
    return file


async def share(actor: Actor, files: list[File]) -> Json:
    """The answer to an upload: the files, and the message they were sent with."""
    answer: Json = {}
    if actor.optional("channel"):
        message = write(actor, actor.open_channel(), actor.text("text", ""), files)
        answer["message"] = shown(actor, message)
    return {"files": [actor.slack.wire.file(file) for file in files], **answer}
