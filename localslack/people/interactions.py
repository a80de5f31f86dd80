"""Interactions: clicks and choices in messages, modals and Homes, suggestions, shortcuts."""

from localslack import blockkit, elements
from localslack.delivery import Ack
from localslack.errors import Refused
from localslack.people.actor import Actor, verb
from localslack.records import App, Json, Message, View

TROUBLE = "We had some trouble connecting. Try again?"
GONE = frozenset({"view_not_found", "element_not_found"})
"""Refusals of an action whose form was closed or redrawn while it was on its way."""


def surface(actor: Actor) -> tuple[Message | View, list[Json]]:
    """The message or view that the container names, and its blocks."""
    container = actor.table("container")
    inner = Actor(actor.slack, actor.person, container)
    if container.get("type") == "view":
        view = own_view(inner)
        return view, view.body["blocks"]
    message = inner.message(inner.channel())
    if "attachment" not in container:
        return message, message.blocks
    try:
        return message, message.attachments[int(container["attachment"])].get("blocks", [])
    except (ValueError, TypeError, IndexError):
        raise Refused("attachment_not_found", "There is no such attachment.", 404) from None


def own_view(actor: Actor) -> View:
    """A view this person has open."""
    view = actor.slack.workspace.views.get(actor.text("view_id"))
    if view is None or view.user != actor.person.id:
        raise Refused("view_not_found", "That view is not open any more.", 404)
    return view


def app_of(actor: Actor, place: Message | View) -> App:
    """The app that owns a message or view."""
    app = actor.slack.workspace.apps.get(place.app_id or "")
    if app is None or not app.interactive:
        raise Refused("not_interactive", "No app listens to this.")
    return app


async def deliver(actor: Actor, app: App, payload: Json, about: str) -> Ack:
    """Send an interaction and wait for its ack."""
    kind = payload["type"]
    url = app.options_url if kind == "block_suggestion" else app.interactivity_url
    summary = f"{kind} {about} by {actor.person.handle}"
    return await actor.slack.delivery.request(app, "interactive", payload, url=url, kind=kind, summary=summary)


def outcome(ack: Ack) -> Json:
    """The outcome of an interaction that needs only an ack."""
    return {"outcome": "ack"} if ack.ok else {"outcome": ack.status, "message": TROUBLE}


@verb("action")
async def action(actor: Actor) -> Json:
    """Click or choose something, or type in a field that tells its app; `may_be_late` where it may be gone by now."""
    try:
        place, blocks = surface(actor)
        app = app_of(actor, place)
        used = elements.find(blocks, actor.optional("block_id"), actor.text("action_id"))
    except Refused as refused:
        if actor.arguments.get("may_be_late") and refused.error in GONE:
            return {"outcome": "late"}
        raise
    if used.is_input and not used.block.get("dispatch_action"):
        raise Refused("no_dispatch", "This input tells its app nothing before the modal is submitted.")
    payload = _action_payload(actor, app, place, blocks, used)
    return outcome(await deliver(actor, app, payload, used.element["action_id"]))


def _action_payload(actor: Actor, app: App, place: Message | View, blocks: list[Json], used: elements.Placed) -> Json:
    block_id, action_id = used.block["block_id"], used.element["action_id"]
    value, values = actor.arguments.get("value"), dict(actor.table("values"))
    if used.element["type"] in elements.STATEFUL:
        inside = values.get(block_id)
        values[block_id] = {**(inside if isinstance(inside, dict) else {}), action_id: value}
    state = elements.state_of(blocks, values, actor.file)
    done = elements.action(used, value, actor.file, f"{actor.slack.clock.now():.6f}")
    if isinstance(place, View):
        return actor.slack.payloads.view_action(app, actor.person, place, state, done)
    return actor.slack.payloads.message_action(app, actor.person, place, state, done)


@verb("options")
async def options(actor: Actor) -> Json:
    """Ask an app for the options of its external select."""
    place, blocks = surface(actor)
    app = app_of(actor, place)
    asked = elements.find(blocks, actor.optional("block_id"), actor.text("action_id"))
    query = actor.text("query", "")
    payload = actor.slack.payloads.suggestion(app, actor.person, asked.element, asked.block["block_id"], query, place)
    ack = await deliver(actor, app, payload, asked.element["action_id"])
    wrong = blockkit.validate_options(ack.body) if ack.ok else []
    if wrong or not ack.ok:
        raise Refused("options_failed", " ".join(["The options could not be loaded.", *wrong]), 502)
    return {key: ack.body[key] for key in ("options", "option_groups") if key in ack.body}


# -- shortcuts ------------------------------------------------------------------------------------------------------


def _shortcut_app(actor: Actor, kind: str) -> App:
    if actor.person.is_external:
        raise Refused(
            "not_installed", "Shortcuts of this workspace's apps are not for people of other workspaces.", 403
        )
    callback_id, app_id = actor.text("callback_id"), actor.optional("app_id")
    apps = [app for app in actor.slack.workspace.own_apps() if app_id in (None, app.id)]
    for app in apps:
        if any(s["callback_id"] == callback_id and s["type"] == kind for s in app.shortcuts):
            return app
    for app in apps:
        if not app.has_manifest:
            return app
    raise Refused("shortcut_not_found", f"There is no {kind} shortcut “{callback_id}”.", 404)


@verb("shortcut")
async def shortcut(actor: Actor) -> Json:
    """Use a global shortcut."""
    app = _shortcut_app(actor, "global")
    payload = actor.slack.payloads.shortcut(app, actor.person, actor.text("callback_id"))
    return outcome(await deliver(actor, app, payload, actor.text("callback_id")))


@verb("message_shortcut")
async def message_shortcut(actor: Actor) -> Json:
    """Use a shortcut on a message."""
    app = _shortcut_app(actor, "message")
    message = actor.message(actor.channel())
    if message.ephemeral_for:
        raise Refused("message_not_found", "Messages that nobody else sees have no shortcuts.")
    payload = actor.slack.payloads.message_shortcut(app, actor.person, actor.text("callback_id"), message)
    return outcome(await deliver(actor, app, payload, actor.text("callback_id")))
