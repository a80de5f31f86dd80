"""views.*: modals and App Homes."""

from localslack.api import access
from localslack.api.content import view as given_view
from localslack.api.registry import Call, method
from localslack.errors import SlackError
from localslack.records import Json, View
from localslack.triggers import Trigger


def _modal(call: Call) -> Json:
    body = given_view(call.arguments)
    if body["type"] != "modal":
        raise SlackError.invalid_arguments("[ERROR] must be of type modal [json-pointer:/view/type]")
    return body


def _trigger(call: Call) -> Trigger:
    return call.slack.triggers.check(call.arguments.needed("trigger_id"), call.app.id)


def _shown(call: Call, view: View) -> Json:
    return {"view": call.slack.wire.view(view)}


@method("views.open", tier=4)
async def open_view(call: Call) -> Json:
    """Show a modal to the person who caused the trigger."""
    call.arguments.needed("trigger_id")
    body, trigger = _modal(call), _trigger(call)
    view = call.slack.views.open(call.app.id, trigger.user, body)
    trigger.exchanged = True
    return _shown(call, view)


@method("views.push", tier=4)
async def push(call: Call) -> Json:
    """Show a modal on top of the open one."""
    call.arguments.needed("trigger_id")
    body, trigger = _modal(call), _trigger(call)
    view = call.slack.views.push(call.app.id, trigger.user, body)
    trigger.exchanged = True
    return _shown(call, view)


@method("views.update", tier=4)
async def update(call: Call) -> Json:
    """Update an open view."""
    body = given_view(call.arguments)
    view_id, external_id = call.arguments.text("view_id"), call.arguments.text("external_id")
    if not view_id and not external_id:
        raise SlackError.invalid_arguments("[ERROR] missing required field: view_id or external_id")
    view = call.slack.views.find(call.app.id, view_id, external_id)
    if view.type != body["type"]:
        raise SlackError.invalid_arguments("[ERROR] view type cannot change [json-pointer:/view/type]")
    return _shown(call, call.slack.views.update(view, body, call.arguments.text("hash")))


@method("views.publish", tier=4)
async def publish(call: Call) -> Json:
    """Show a person the app's Home."""
    user = access.person(call, "user_id")
    body = given_view(call.arguments)
    if body["type"] != "home":
        raise SlackError.invalid_arguments("[ERROR] must be of type home [json-pointer:/view/type]")
    if not call.app.has_home:
        raise SlackError("not_enabled")
    return _shown(call, call.slack.views.publish(call.app.id, user.id, body, call.arguments.text("hash")))
