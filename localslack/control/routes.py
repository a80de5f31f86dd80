"""Which request goes where? All addresses of the control interface."""

from aiohttp import web

from localslack.control.acting import Acting
from localslack.control.answering import Handler, answering, failure
from localslack.control.live import Live
from localslack.control.reading import Reading
from localslack.control.steering import Steering
from localslack.services import Services

_PERSON = "/_local/people/{person}"
_CHANNEL = _PERSON + "/channels/{channel}/messages"


def add_routes(app: web.Application, slack: Services) -> None:
    """Add everything under `/_local/`."""
    reading, acting, steering, live = Reading(slack), Acting(slack), Steering(slack), Live(slack)
    answered: list[tuple[str, str, Handler]] = [
        ("GET", "/_local/info", steering.info),
        ("GET", "/_local/people", reading.people),
        ("POST", "/_local/people", steering.add_person),
        ("POST", _PERSON, steering.change_person),
        ("POST", "/_local/channels/{channel}/share", steering.share_channel),
        ("GET", _PERSON + "/state", reading.state),
        ("GET", _PERSON + "/search", reading.search),
        ("GET", _CHANNEL, reading.messages),
        ("GET", _CHANNEL + "/{ts}", reading.message),
        ("GET", _CHANNEL + "/{ts}/replies", reading.replies),
        ("POST", _PERSON + "/upload", acting.upload),
        ("POST", _PERSON + "/{verb}", acting.act),
        ("GET", "/_local/clock", steering.clock),
        ("POST", "/_local/clock", steering.move_clock),
        ("GET", "/_local/traffic", steering.traffic),
        ("DELETE", "/_local/traffic", steering.clear_traffic),
        ("GET", "/_local/mail", steering.mails),
        ("GET", "/_local/mail/{id}", steering.mail),
        ("DELETE", "/_local/mail", steering.clear_mail),
        ("POST", "/_local/reset", steering.reset),
        ("POST", "/_local/seed", steering.seed),
        ("GET", "/_local/switches", steering.switches),
        ("POST", "/_local/switches", steering.change_switches),
        ("POST", "/_local/faults", steering.order_fault),
        ("DELETE", "/_local/faults", steering.clear_faults),
        ("POST", "/_local/apps/{app}/disconnect", steering.disconnect),
        ("POST", "/_local/apps/{app}/request_url", steering.request_url),
    ]
    for http_method, path, handler in answered:
        app.router.add_route(http_method, path, answering(slack, handler))
    app.router.add_get("/_local/live", live.handle)
    app.router.add_get(_PERSON + "/files/{file}", reading.file)
    app.router.add_route("*", "/_local/{rest:.*}", _nothing)


async def _nothing(request: web.Request) -> web.StreamResponse:
    return failure(404, "not_found", f"There is no {request.method} {request.path}.")
