"""Modals: submitting and closing them."""

from typing import Any

from localslack import blockkit, elements
from localslack.errors import Refused, SlackError
from localslack.input_checks import problems
from localslack.people.actor import Actor, verb
from localslack.people.interactions import TROUBLE, deliver, own_view
from localslack.records import App, Json, View


@verb("submit")
async def submit(actor: Actor) -> Json:
    """Press a modal's submit button."""
    view = _top(actor)
    app = actor.slack.workspace.apps[view.app_id]
    if not view.body.get("submit"):
        raise Refused("no_submit", "This modal has nothing to submit.")
    state = elements.state_of(view.body["blocks"], actor.table("values"), actor.file)
    if wrong := problems(view.body["blocks"], state):
        return {"outcome": "errors", "source": "slack", "errors": wrong}
    payload = actor.slack.payloads.submission(app, actor.person, view, state, _response_urls(actor, view, state))
    ack = await deliver(actor, app, payload, view.body.get("callback_id", ""))
    answer = _answered(actor, view, ack.body) if ack.ok else None
    if answer is None:
        return {"outcome": "failed", "message": TROUBLE}
    return answer | {"modals": [actor.slack.wire.view(v) for v in actor.slack.views.stack(actor.person.id)]}


def _top(actor: Actor) -> View:
    view = own_view(actor)
    stack = actor.slack.views.stack(actor.person.id)
    if view.type != "modal" or stack[-1] is not view:
        raise Refused("not_on_top", "Another modal is open above this one.")
    return view


def _response_urls(actor: Actor, view: View, state: Json) -> list[Json]:
    found = []
    for place in elements.placed(view.body["blocks"]):
        if not place.element.get("response_url_enabled"):
            continue
        block_id, action_id = place.block["block_id"], place.element["action_id"]
        entry = state[block_id][action_id]
        channel = entry.get("selected_conversation") or entry.get("selected_channel")
        if channel:
            url = actor.slack.urls.issue(view.app_id, actor.person.id, channel)
            found.append({"block_id": block_id, "action_id": action_id, "channel_id": channel, "response_url": url})
    return found


def _answered(actor: Actor, view: View, body: Any) -> Json | None:
    """Applies the app's answer to the stack; None if it is no valid answer."""
    if body in (None, "", {}):
        return _closed(actor, view)
    if not isinstance(body, dict):
        return None
    try:
        answer: Json | None = _ACTIONS[body.get("response_action")](actor, view, body)
    except (KeyError, TypeError, SlackError):
        return None
    return answer


def _closed(actor: Actor, view: View, body: Json | None = None) -> Json:
    if view.id in actor.slack.workspace.views:
        actor.slack.views.close(view, "submitted")
    return {"outcome": "closed"}


def _errors(actor: Actor, view: View, body: Json) -> Json | None:
    errors = body["errors"]
    blocks = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= blocks:
        return None
    return {"outcome": "errors", "source": "app", "errors": {key: str(value) for key, value in errors.items()}}


def _given(body: Json) -> Json:
    if blockkit.validate_view(body["view"]) or body["view"]["type"] != "modal":
        raise SlackError("invalid_arguments")
    return dict(body["view"])


def _updated(actor: Actor, view: View, body: Json) -> Json:
    actor.slack.views.update(view, _given(body), None)
    return {"outcome": "updated"}


def _pushed(actor: Actor, view: View, body: Json) -> Json:
    actor.slack.views.push(view.app_id, actor.person.id, _given(body))
    return {"outcome": "pushed"}


def _cleared(actor: Actor, view: View, body: Json) -> Json:
    actor.slack.views.clear(actor.person.id, "submitted")
    return {"outcome": "cleared"}


_ACTIONS: Any = {"errors": _errors, "update": _updated, "push": _pushed, "clear": _cleared}


@verb("close")
async def close(actor: Actor) -> Json:
    """Close a modal, or with `all` the whole stack; apps that set `notify_on_close` are notified."""
    view = own_view(actor)
    stack = actor.slack.views.stack(actor.person.id)
    whole = bool(actor.arguments.get("all")) or bool(view.body.get("clear_on_close"))
    closed = list(reversed(stack)) if whole else [entry for entry in reversed(stack) if entry.position >= view.position]
    for entry in closed:
        _tell(actor, actor.slack.workspace.apps[entry.app_id], entry, cleared=whole)
    if whole:
        actor.slack.views.clear(actor.person.id)
    else:
        for entry in closed:
            actor.slack.views.close(entry)
    return {}


def _tell(actor: Actor, app: App, view: View, *, cleared: bool) -> None:
    if view.body.get("notify_on_close"):
        payload = actor.slack.payloads.closed(app, actor.person, view, cleared=cleared)
        actor.slack.delivery.spawn(_deliver(actor, app, payload, view))


async def _deliver(actor: Actor, app: App, payload: Json, view: View) -> None:
    await deliver(actor, app, payload, view.body.get("callback_id", ""))
