"""usergroups.*: groups of people with a handle."""

from localslack.api.registry import Call, method
from localslack.changes import GroupChanged
from localslack.errors import SlackError
from localslack.ids import random_id
from localslack.records import Group, Json

LONGEST_NAME = 255


def _group(call: Call) -> Group:
    group = call.slack.workspace.groups.get(call.arguments.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


@method("usergroups.list", "usergroups:read", tier=2)
async def list_groups(call: Call) -> Json:
    """All groups; their members only on request."""
    users, disabled = call.arguments.flag("include_users"), call.arguments.flag("include_disabled")
    groups = [group for group in call.slack.workspace.groups.values() if disabled or not group.deleted]
    return {"usergroups": [call.slack.wire.group(group, users=users) for group in groups]}


@method("usergroups.users.list", "usergroups:read", tier=2)
async def list_users(call: Call) -> Json:
    """A group's members."""
    return {"users": list(_group(call).users)}


@method("usergroups.create", "usergroups:write", tier=2)
async def create(call: Call) -> Json:
    """Create a group without members."""
    name = call.arguments.needed("name")
    handle = call.arguments.text("handle") or name.lower().replace(" ", "-")
    _check_names(call, name, handle)
    now = call.slack.workspace.now
    group = Group(
        id=random_id("S"),
        handle=handle,
        name=name,
        users=[],
        creator=call.bot.id,
        created=now,
        updated=now,
        description=call.arguments.text("description") or "",
    )
    call.slack.workspace.add(group)
    call.slack.workspace.publish(GroupChanged(group, is_new=True))
    return {"usergroup": call.slack.wire.group(group, users=False)}


def _check_names(call: Call, name: str, handle: str, itself: Group | None = None) -> None:
    """Names and handles are unique, a handle also among people and channels, and neither is punctuation only."""
    others = [group for group in call.slack.workspace.groups.values() if group is not itself]
    if not any(character.isalnum() for character in name):
        raise SlackError("invalid_name_punctuation")
    if len(name) > LONGEST_NAME:
        raise SlackError("name_too_long")
    if any(_same(group.name, name) for group in others):
        raise SlackError("name_already_exists")
    workspace = call.slack.workspace
    handle = handle.lower()
    if any(_same(group.handle, handle) for group in others) or workspace.person_named(handle):
        raise SlackError("handle_already_exists")
    if workspace.channel_named(handle) is not None:
        raise SlackError("handle_already_exists")


def _same(one: str, other: str) -> bool:
    """True if two names are equal but for case and blanks."""
    return one.casefold().split() == other.casefold().split()


@method("usergroups.update", "usergroups:write", tier=2)
async def update(call: Call) -> Json:
    """Change a group's name, handle or description."""
    group = _group(call)
    name, handle = call.arguments.text("name"), call.arguments.text("handle")
    _check_names(call, name or group.name, handle or group.handle, group)
    for field in ("name", "handle", "description"):
        if (value := call.arguments.text(field)) is not None:
            setattr(group, field, value)
    return _changed(call, group)


@method("usergroups.users.update", "usergroups:write", tier=2)
async def update_users(call: Call) -> Json:
    """Replace a group's members."""
    group, users = _group(call), call.arguments.list("users")
    if not users:
        raise SlackError("no_users_provided")
    if not set(users) <= set(call.slack.workspace.people):
        raise SlackError("invalid_users")
    before, group.users = tuple(group.users), list(dict.fromkeys(users))
    return _changed(call, group, before)


@method("usergroups.disable", "usergroups:write", tier=2)
async def disable(call: Call) -> Json:
    """Disable a group."""
    group = _group(call)
    group.deleted = True
    return _changed(call, group)


@method("usergroups.enable", "usergroups:write", tier=2)
async def enable(call: Call) -> Json:
    """Enable a group."""
    group = _group(call)
    group.deleted = False
    return _changed(call, group)


def _changed(call: Call, group: Group, before: tuple[str, ...] | None = None) -> Json:
    group.updated = call.slack.workspace.now
    call.slack.workspace.save(group)
    call.slack.workspace.publish(GroupChanged(group, before=before))
    return {"usergroup": call.slack.wire.group(group)}
