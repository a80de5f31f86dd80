"""Slash commands: Slack's own, and those of apps."""

from typing import Any

from localslack.delivery import Ack
from localslack.errors import Refused, SlackError
from localslack.people.actor import Actor, verb
from localslack.people.answers import show
from localslack.people.builtin import BUILT_IN
from localslack.people.channels import invite, join, leave, open_dm, topic
from localslack.people.writing import write
from localslack.records import App, Channel, Json
from localslack.response_urls import ResponseUrl
from localslack.text import escape, from_typed
from localslack.workspace import SLACKBOT


@verb("command")
async def command(actor: Actor) -> Json:
    """Type a slash command."""
    name, text = actor.text("command"), actor.text("text", "")
    channel = actor.open_channel()
    if any(name == built_in for built_in, _, _ in BUILT_IN):
        return {"outcome": "ack", **await _built_in(actor, channel, name, text)}
    app, declared = _offered(actor, name)
    wire_text = from_typed(actor.slack.workspace, text, named=True) if declared.get("should_escape") else escape(text)
    payload = actor.slack.payloads.command(app, actor.person, channel, name, wire_text.strip())
    ack = await actor.slack.delivery.request(
        app, "slash_commands", payload, url=declared.get("url") or app.interactivity_url,
        kind="slash_command", summary=f"{name} {text} by {actor.person.handle}",
    )  # fmt: skip
    return _outcome(actor, app, channel, name, ack)


def _offered(actor: Actor, name: str) -> tuple[App, Json]:
    """The app that declares the command, else one without a manifest, which takes any."""
    if actor.person.is_external:
        raise Refused("not_installed", "Commands of this workspace's apps are not for people of other workspaces.", 403)
    apps = list(actor.slack.workspace.own_apps())
    for app in apps:
        for declared in app.commands:
            if declared["command"] == name:
                return app, declared
    for app in apps:
        if not app.has_manifest:
            return app, {}
    raise Refused(
        "unknown_command",
        f"{name} is not a valid command. "
        "In Slack, all messages that start with the “/” character are interpreted as commands.",
        404,
    )


def _outcome(actor: Actor, app: App, channel: Channel, name: str, ack: Ack) -> Json:
    failure = {"timeout": "operation_timeout", "error": "dispatch_failed", "not_connected": "dispatch_failed"}
    error = failure.get(ack.status) or _show_answer(actor, app, channel, ack.body)
    if error is None:
        return {"outcome": "ack"}
    text = f'{name} failed with the error "{error}"'
    actor.slack.posting.post_ephemeral(channel, actor.person.id, user=SLACKBOT, text=text)
    return {"outcome": ack.status if not ack.ok else "error", "message": text}


def _show_answer(actor: Actor, app: App, channel: Channel, body: Any) -> str | None:
    """Show the ack's content; the error name if it cannot be shown."""
    if isinstance(body, str) and body.strip():
        body = {"text": body}
    if not isinstance(body, dict) or not body:
        return None
    url = ResponseUrl(app.id, actor.person.id, channel.id, None, None, 0)
    try:
        show(actor.slack, app, url, body)
    except SlackError as error:
        return error.error
    return None


async def _built_in(actor: Actor, channel: Channel, name: str, text: str) -> Json:
    words = text.split()
    first = words[0] if words else ""
    if name == "/me":
        write(actor, channel, text, [], "me_message")
    elif name == "/shrug":
        write(actor, channel, f"{text} ¯\\_(ツ)_/¯".strip(), [])
    elif name == "/invite":
        await invite(_doing(actor, channel=channel.id, users=words))
    elif name == "/join":
        await join(_doing(actor, channel=first))
    elif name == "/leave":
        await leave(_doing(actor, channel=channel.id))
    elif name == "/topic":
        await topic(_doing(actor, channel=channel.id, text=text))
    else:
        await _direct_message(actor, first, " ".join(words[1:]))
    return {}


async def _direct_message(actor: Actor, to: str, text: str) -> None:
    opened = await open_dm(_doing(actor, users=[to]))
    if text:
        write(actor, actor.slack.workspace.channels[opened["channel"]["id"]], text, [])


def _doing(actor: Actor, **arguments: Any) -> Actor:
    return Actor(actor.slack, actor.person, arguments)
