"""Installing an app from its manifest, with tokens that stay the same."""

import re
from typing import Any

from localslack.ids import derived_secret, stable_id
from localslack.records import App, Json
from localslack.seed import SeedApp, SeedError


def installed(seed: SeedApp, secret: str, colour: str) -> tuple[App, str]:
    """The app and the handle of its bot user. Ids depend on its name only, tokens on the workspace's secret, too."""
    app_id, name = stable_id("A", seed.name), seed.name

    def token(purpose: str, length: int) -> str:
        return derived_secret(secret, purpose, name, length)

    app = App(
        id=app_id,
        name=name,
        bot_user=stable_id("U", f"bot {name}"),
        bot_id=stable_id("B", name),
        bot_token=seed.bot_token or f"xoxb-{token('bot', 48)}",
        app_token=seed.app_token or f"xapp-1-{app_id}-{token('app', 48)}",
        signing_secret=seed.signing_secret or token("signing", 32),
        verification_token=token("verification", 24),
        colour=colour,
    )
    manifest = seed.manifest or {}
    try:
        if seed.manifest is not None:
            _apply(app, manifest)
        handle = seed.handle or _handle(_part(manifest, "features", "bot_user").get("display_name") or name)
    except (AttributeError, TypeError, ValueError) as error:
        raise SeedError(f"[[apps]] {name}: the manifest is not in Slack's format ({error})") from error
    if seed.external:
        app.external_team, app.events = stable_id("T", seed.external), []
    if seed.request_url:
        use_http(app, seed.request_url)
    return app, handle


def use_http(app: App, url: str) -> None:
    """Send everything to one address from now on, signed."""
    app.socket_mode = False
    app.events_url = app.interactivity_url = app.options_url = url
    for command in app.commands:
        command["url"] = url


def _handle(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bot"


def _part(manifest: Json, *path: str) -> Json:
    """A mapping inside the manifest, empty where it is left out."""
    part: Any = manifest
    for name in path:
        part = part.get(name) or {}
    return dict(part)


def _entries(part: Json, name: str, *needed: str) -> list[Json]:
    """A list of mappings, each with the keys Slack demands."""
    entries = [dict(entry) for entry in part.get(name) or []]
    for entry in entries:
        for key in needed:
            if not isinstance(entry.get(key), str):
                raise TypeError(f"an entry of {name} without {key}")
    return entries


def _apply(app: App, manifest: Json) -> None:
    """Take scopes, events, commands, shortcuts, tabs and addresses."""
    features, settings = _part(manifest, "features"), _part(manifest, "settings")
    events, interactivity = _part(settings, "event_subscriptions"), _part(settings, "interactivity")
    tabs = _part(features, "app_home")
    app.scopes = list(_part(manifest, "oauth_config", "scopes").get("bot") or [])
    app.events = list(events.get("bot_events") or [])
    app.commands = _entries(features, "slash_commands", "command")
    app.shortcuts = _entries(features, "shortcuts", "type", "callback_id", "name")
    app.socket_mode = bool(settings.get("socket_mode_enabled", False))
    app.interactive = bool(interactivity.get("is_enabled", False))
    app.events_url = str(events.get("request_url") or "")
    app.interactivity_url = str(interactivity.get("request_url") or "")
    app.options_url = str(interactivity.get("message_menu_options_url") or app.interactivity_url)
    app.has_home = bool(tabs.get("home_tab_enabled", False))
    app.has_messages = bool(tabs.get("messages_tab_enabled", True))
    app.has_assistant = "assistant_view" in features or "agent_view" in features
    app.takes_messages = app.has_messages and not tabs.get("messages_tab_read_only_enabled")
