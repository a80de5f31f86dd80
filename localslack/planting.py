"""How does a seed become a workspace?"""

import re
from typing import Any

from localslack.ids import stable_id, stable_secret
from localslack.records import App, Channel, Group, Person, Team
from localslack.seed import Seed, SeedApp, SeedChannel, SeedError, SeedGroup, SeedPerson
from localslack.workspace import SLACKBOT, Workspace

_COLOURS = [
    "#2eb67d",
    "#e01e5a",
    "#1264a3",
    "#b7791f",
    "#6b46c1",
    "#0d9488",
    "#c2410c",
    "#4d7c0f",
    "#be185d",
    "#475569",
]


def plant(workspace: Workspace, seed: Seed) -> None:
    """Fill an empty workspace. Ids and tokens depend on names only, so they are the same every time."""
    workspace.add(Team(id=stable_id("T", seed.domain), name=seed.team, domain=seed.domain))
    workspace.add(_slackbot(workspace))
    for person in seed.people:
        add_person(workspace, person)
    for app in seed.apps:
        _add_app(workspace, app)
    for group in seed.groups:
        _add_group(workspace, group)
    for channel in seed.channels:
        _add_channel(workspace, channel)


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
    """Somebody new. External people belong to a workspace named after theirs."""
    if seed.guest not in ("", "multi", "single"):
        raise SeedError(f'[[people]] {seed.handle}: guest is "multi" or "single", not {seed.guest!r}')
    if not re.fullmatch(r"[\w.-]+", seed.handle) or workspace.person_named(seed.handle):
        raise SeedError(f"[[people]]: {seed.handle!r} is no handle, or not the only one")
    name = seed.name or seed.handle.title()
    person = Person(
        id=seed.id or stable_id("U", seed.handle),
        team_id=stable_id("T", seed.external) if seed.external else workspace.team.id,
        handle=seed.handle,
        name=name,
        display_name=(name.split() or [seed.handle])[0],
        email=seed.email or f"{seed.handle}@example.com",
        title=seed.title,
        phone=seed.phone,
        tz=seed.tz,
        colour=_COLOURS[len(workspace.people) % len(_COLOURS)],
        is_admin=seed.admin or seed.owner,
        is_owner=seed.owner,
        guest=seed.guest,
        is_external=bool(seed.external),
        deleted=seed.deactivated,
        updated=workspace.now,
    )
    workspace.add(person)
    return person


def _member_id(workspace: Workspace, name: str, where: str) -> str:
    app = next((a for a in workspace.apps.values() if a.name == name), None)
    person = workspace.person_named(app.bot_user if app else name)
    if person is None:
        raise SeedError(f"{where}: there is no person or app {name!r}")
    return person.id


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
    members = [_member_id(workspace, name, where) for name in seed.members]
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
            shared_team_ids=[stable_id("T", seed.shared_with)] if seed.shared_with else [],
            topic={**described, "value": seed.topic},
            purpose={**described, "value": seed.purpose},
        )
    )


def _founder(workspace: Workspace) -> str:
    return next((p.id for p in workspace.humans()), SLACKBOT)


# -- apps -----------------------------------------------------------------------------------------------------------


def _add_app(workspace: Workspace, seed: SeedApp) -> None:
    app_id, team_id, name = stable_id("A", seed.name), workspace.team.id, seed.name
    app = App(
        id=app_id,
        name=name,
        bot_user=stable_id("U", f"bot {name}"),
        bot_id=stable_id("B", name),
        bot_token=seed.bot_token or f"xoxb-{stable_secret('bot', team_id + name, 48)}",
        app_token=seed.app_token or f"xapp-1-{app_id}-{stable_secret('app', team_id + name, 48)}",
        signing_secret=seed.signing_secret or stable_secret("signing", team_id + name),
        verification_token=stable_secret("verification", team_id + name, 24),
        colour=_COLOURS[(len(workspace.apps) + 4) % len(_COLOURS)],
    )
    handle = seed.handle or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if seed.manifest is not None:
        handle = seed.handle or _bot_handle(seed.manifest) or handle
        apply_manifest(app, seed.manifest)
    if seed.request_url:
        use_http(app, seed.request_url)
    workspace.add(app)
    workspace.add(
        Person(
            id=app.bot_user, team_id=team_id, handle=handle, name=name, display_name=name, colour=app.colour,
            app_id=app.id, bot_id=app.bot_id, updated=workspace.now,
        )
    )  # fmt: skip


def use_http(app: App, url: str) -> None:
    """Send everything to one address from now on, signed."""
    app.socket_mode = False
    app.events_url = app.interactivity_url = app.options_url = url
    for command in app.commands:
        command["url"] = url


def _bot_handle(manifest: dict[str, Any]) -> str:
    name = manifest.get("features", {}).get("bot_user", {}).get("display_name", "")
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def apply_manifest(app: App, manifest: dict[str, Any]) -> None:
    """Take scopes, events, commands, shortcuts and addresses from Slack's manifest format."""
    features, settings = manifest.get("features") or {}, manifest.get("settings") or {}
    oauth = manifest.get("oauth_config") or {}
    events, interactivity = settings.get("event_subscriptions") or {}, settings.get("interactivity") or {}
    home = features.get("app_home") or {}
    app.scopes = list((oauth.get("scopes") or {}).get("bot") or [])
    app.events = list(events.get("bot_events") or [])
    app.commands = [dict(command) for command in features.get("slash_commands") or []]
    app.shortcuts = [dict(shortcut) for shortcut in features.get("shortcuts") or []]
    app.socket_mode = bool(settings.get("socket_mode_enabled", False))
    app.interactive = bool(interactivity.get("is_enabled", True))
    app.events_url = events.get("request_url") or ""
    app.interactivity_url = interactivity.get("request_url") or ""
    app.options_url = interactivity.get("message_menu_options_url") or app.interactivity_url
    app.has_home = bool(home.get("home_tab_enabled", False))
    app.has_messages = bool(home.get("messages_tab_enabled", True))
