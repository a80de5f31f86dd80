"""usergroups.*: groups of people with a handle."""

from localslack.api.registry import Call, method
from localslack.changes import GroupChanged
from localslack.errors import SlackError
from localslack.ids import random_id
from localslack.records import Group, Json


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
    """A new group without members."""
    name = call.arguments.needed("name")
    handle = call.arguments.text("handle") or name.lower().replace(" ", "-")
    taken = {group.handle for group in call.slack.workspace.groups.values()}
    if handle in taken:
        raise SlackError("handle_already_exists")
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


@method("usergroups.update", "usergroups:write", tier=2)
async def update(call: Call) -> Json:
    """Another name, handle or description."""
    group = _group(call)
    for field in ("name", "handle", "description"):
        if (value := call.arguments.text(field)) is not None:
            setattr(group, field, value)
    return _changed(call, group)


@method("usergroups.users.update", "usergroups:write", tier=2)
async def update_users(call: Call) -> Json:
    """Other members."""
    group, users = _group(call), call.arguments.list("users")
    if not users:
        raise SlackError("no_users_provided")
    if not set(users) <= set(call.slack.workspace.people):
        raise SlackError("invalid_users")
    before, group.users = tuple(group.users), list(dict.fromkeys(users))
    return _changed(call, group, before)


@method("usergroups.disable", "usergroups:write", tier=2)
async def disable(call: Call) -> Json:
    """Put a group away."""
    group = _group(call)
    group.deleted = True
    return _changed(call, group)


@method("usergroups.enable", "usergroups:write", tier=2)
async def enable(call: Call) -> Json:
    """Bring it back."""
    group = _group(call)
    group.deleted = False
    return _changed(call, group)


def _changed(call: Call, group: Group, before: tuple[str, ...] | None = None) -> Json:
    group.updated = call.slack.workspace.now
    call.slack.workspace.save(group)
    call.slack.workspace.publish(GroupChanged(group, before=before))
    return {"usergroup": call.slack.wire.group(group)}
