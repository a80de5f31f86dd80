"""Filling a workspace from a seed."""

import re

from localslack.ids import stable_id
from localslack.manifests import installed
from localslack.records import Channel, Group, Person, Team
from localslack.seed import EVERYBODY, Seed, SeedApp, SeedChannel, SeedError, SeedGroup, SeedPerson
from localslack.workspace import SLACKBOT, Workspace

COLOURS = (
    "#2eb67d", "#e01e5a", "#1264a3", "#b7791f", "#6b46c1", "#0d9488", "#c2410c", "#4d7c0f", "#be185d", "#475569",
)  # fmt: skip


def fill_from_seed(workspace: Workspace, seed: Seed) -> None:
    """Fill an empty workspace. Ids depend on names only, so they are the same every time; tokens on its secret."""
    workspace.add(_team(seed, workspace.secret))
    workspace.add(_slackbot(workspace))
    for person in seed.people:
        add_person(workspace, person)
    _add_crowd(workspace, seed.crowd)
    for app in seed.apps:
        _add_app(workspace, app)
    for group in seed.groups:
        _add_group(workspace, group)
    for channel in seed.channels:
        _add_channel(workspace, channel)


def update_from_seed(workspace: Workspace, seed: Seed) -> None:
    """Update a kept workspace from its seed: new people, groups and channels, and apps as described now.

    Nothing is removed, and people's changes stay.
    """
    workspace.team.secret = workspace.secret
    workspace.save(workspace.team)
    for person in seed.people:
        if workspace.person_named(person.handle) is None:
            add_person(workspace, person)
    _add_crowd(workspace, seed.crowd)
    for app in seed.apps:
        workspace.apps.pop(stable_id("A", app.name), None)
        _add_app(workspace, app)
    handles = {group.handle for group in workspace.groups.values()}
    for group in seed.groups:
        if group.handle not in handles:
            _add_group(workspace, group)
    names = {name for channel in workspace.channels.values() for name in (channel.name, *channel.previous_names)}
    for channel in seed.channels:
        if channel.name.removeprefix("#") not in names:
            _add_channel(workspace, channel)


def _team(seed: Seed, secret: str) -> Team:
    org = stable_id("E", seed.enterprise) if seed.enterprise else ""
    return Team(
        id=stable_id("T", seed.domain),
        name=seed.team,
        domain=seed.domain,
        enterprise_id=org,
        enterprise_name=seed.enterprise,
        secret=secret,
    )


def _add_crowd(workspace: Workspace, size: int) -> None:
    """Add generated members, so that the workspace is as large as a real one."""
    for number in range(1, size + 1):
        handle = f"member{number:05}"
        if workspace.person_named(handle) is None:
            member = SeedPerson(id=f"U0MEMB{number:05}", handle=handle, name=f"Member {number}", tz="Europe/Berlin")
            add_person(workspace, member)


def _slackbot(workspace: Workspace) -> Person:
    return Person(
        id=SLACKBOT,
        team_id=workspace.team.id,
        handle="slackbot",
        name="Slackbot",
        display_name="Slackbot",
        colour="#757575",
    )


def add_person(workspace: Workspace, seed: SeedPerson) -> Person:
    """Add a person. External people belong to a workspace with the name of theirs."""
    if seed.stranger and not seed.external:
        raise SeedError(f"[[people]] {seed.handle}: a stranger is external: name the other workspace")
    if seed.guest not in ("", "multi", "single"):
        raise SeedError(f'[[people]] {seed.handle}: guest is "multi" or "single", not {seed.guest!r}')
    if not re.fullmatch(r"[\w.-]+", seed.handle) or workspace.person_named(seed.handle):
        raise SeedError(f"[[people]]: {seed.handle!r} is not a handle, or is given twice")
    name = seed.name or seed.handle.title()
    home, teams = _workspaces(workspace, seed)
    person = Person(
        id=seed.id or stable_id("U", seed.handle),
        team_id=home,
        teams=teams,
        handle=seed.handle,
        name=name,
        display_name=(name.split() or [seed.handle])[0],
        email=seed.email or f"{seed.handle}@example.com",
        title=seed.title,
        phone=seed.phone,
        tz=seed.tz,
        locale=seed.locale,
        colour=COLOURS[len(workspace.people) % len(COLOURS)],
        is_admin=seed.admin or seed.owner,
        is_owner=seed.owner,
        guest=seed.guest,
        is_external=bool(seed.external),
        is_stranger=seed.stranger,
        workspace=seed.external,
        deleted=seed.deactivated,
        updated=workspace.now,
    )
    workspace.add(person)
    return person


def _workspaces(workspace: Workspace, seed: SeedPerson) -> tuple[str, list[str]]:
    """The workspace a person calls home, and in an Enterprise Grid all they belong to."""
    team = workspace.team
    if seed.external:
        return stable_id("T", seed.external), []
    if not team.enterprise_id:
        if seed.workspaces:
            raise SeedError(f"[[people]] {seed.handle}: workspaces are those of an organisation ([team] enterprise)")
        return team.id, []
    teams = [team.id if name == team.name else stable_id("T", name) for name in seed.workspaces if name != EVERYBODY]
    home = team.enterprise_id if EVERYBODY in seed.workspaces else (teams or [team.id])[0]
    return home, teams or [team.id]


def _members(workspace: Workspace, names: list[str], where: str) -> list[str]:
    """The members of a channel by name, everybody for `*`."""
    found: list[str] = []
    for name in names:
        if name == EVERYBODY:
            found += [p.id for p in workspace.humans() if not (p.is_guest or p.is_external or p.deleted)]
        else:
            found.append(_member_id(workspace, name, where))
    return list(dict.fromkeys(found))


def _member_id(workspace: Workspace, name: str, where: str) -> str:
    app = next((a for a in workspace.apps.values() if a.name == name), None)
    person = workspace.person_named(app.bot_user if app else name)
    if person is None:
        raise SeedError(f"{where}: there is no person or app {name!r}")
    return person.id


def _add_app(workspace: Workspace, seed: SeedApp) -> None:
    colour = COLOURS[(len(workspace.apps) + 4) % len(COLOURS)]
    app, handle = installed(seed, workspace.secret, colour)
    if app.id in workspace.apps:
        raise SeedError(f"[[apps]]: there are two called {seed.name!r}")
    workspace.add(app)
    workspace.add(
        Person(
            id=app.bot_user,
            team_id=app.external_team or workspace.team.id,
            is_external=bool(seed.external),
            workspace=seed.external,
            handle=handle,
            name=app.name,
            display_name=app.name,
            colour=colour,
            app_id=app.id,
            bot_id=app.bot_id,
            updated=workspace.now,
        )
    )


def _add_group(workspace: Workspace, seed: SeedGroup) -> None:
    where = f"[[groups]] {seed.handle}"
    members = [_member_id(workspace, name, where) for name in seed.members]
    workspace.add(
        Group(
            id=seed.id or stable_id("S", seed.handle),
            handle=seed.handle,
            name=seed.name or seed.handle,
            users=members,
            creator=_founder(workspace),
            created=workspace.now,
            updated=workspace.now,
        )
    )


def _add_channel(workspace: Workspace, seed: SeedChannel) -> None:
    where = f"[[channels]] {seed.name}"
    if workspace.channel_named(seed.name) is not None:
        raise SeedError(f"{where}: there are two of that name")
    members = _members(workspace, seed.members, where)
    described = {"creator": _founder(workspace), "last_set": workspace.now}
    workspace.add(
        Channel(
            id=seed.id or stable_id("C", seed.name),
            name=seed.name.removeprefix("#"),
            kind="private" if seed.private else "public",
            creator=members[0] if members else _founder(workspace),
            created=workspace.now,
            members=members,
            is_archived=seed.archived,
            is_general=seed.general,
            is_org_shared=seed.org_wide,
            shared_team_ids=[stable_id("T", seed.shared_with)] if seed.shared_with else [],
            topic={**described, "value": seed.topic},
            purpose={**described, "value": seed.purpose},
        )
    )


def _founder(workspace: Workspace) -> str:
    return next((p.id for p in workspace.humans()), SLACKBOT)
