"""All addresses of the control interface."""

from collections.abc import Iterator

from aiohttp import web

from localslack.control.acting import Acting
from localslack.control.answering import Handler, answering, failure
from localslack.control.live import Live
from localslack.control.reading import Reading
from localslack.control.system import SystemRoutes
from localslack.control.trouble_routes import TroubleRoutes
from localslack.services import Services

_PERSON = "/_local/people/{person}"
_CHANNEL = _PERSON + "/channels/{channel}/messages"

Route = tuple[str, str, Handler]
"""HTTP method, path and handler."""


def add_routes(app: web.Application, slack: Services) -> None:
    """Add everything under `/_local/`."""
    reading, live = Reading(slack), Live(slack)
    people, system = _of_people(reading, Acting(slack)), _of_system(SystemRoutes(slack))
    for routes in (people, _of_trouble(TroubleRoutes(slack)), system):  # `mail/faults` is matched before `mail/{id}`
        for http_method, path, handler in routes:
            app.router.add_route(http_method, path, answering(slack, handler))
    app.router.add_get("/_local/live", live.handle)
    app.router.add_get(_PERSON + "/files/{file}", reading.file)
    app.router.add_route("*", "/_local/{rest:.*}", _nothing)


def _of_people(reading: Reading, acting: Acting) -> Iterator[Route]:
    """Routes by which a person reads and acts."""
    yield from (
        ("GET", "/_local/people", reading.people),
        ("GET", _PERSON + "/state", reading.state),
        ("GET", _PERSON + "/views", reading.views),
        ("GET", _PERSON + "/search", reading.search),
        ("GET", _CHANNEL, reading.messages),
        ("GET", _CHANNEL + "/{ts}", reading.message),
        ("GET", _CHANNEL + "/{ts}/replies", reading.replies),
        ("POST", _PERSON + "/upload", acting.upload),
        ("POST", _PERSON + "/{verb}", acting.act),
    )


def _of_system(system: SystemRoutes) -> Iterator[Route]:
    """Routes of the workspace, the clock, the traffic and the mails."""
    yield from (
        ("GET", "/_local/info", system.info),
        ("POST", "/_local/people", system.add_person),
        ("POST", _PERSON, system.change_person),
        ("GET", "/_local/clock", system.clock),
        ("POST", "/_local/clock", system.move_clock),
        ("GET", "/_local/traffic", system.traffic),
        ("DELETE", "/_local/traffic", system.clear_traffic),
        ("GET", "/_local/mail", system.mails),
        ("GET", "/_local/mail/{id}", system.mail),
        ("POST", "/_local/mail/{id}/reply", system.reply_to_mail),
        ("DELETE", "/_local/mail", system.clear_mail),
        ("POST", "/_local/reset", system.reset),
        ("POST", "/_local/seed", system.seed),
        ("POST", "/_local/apps/{app}/request_url", system.request_url),
    )


def _of_trouble(trouble: TroubleRoutes) -> Iterator[Route]:
    """Routes of faults, switches and an admin's changes."""
    yield from (
        ("POST", "/_local/channels/{channel}/share", trouble.share),
        ("POST", "/_local/channels/{channel}/unshare", trouble.unshare),
        ("POST", "/_local/channels/{channel}/new_id", trouble.new_id),
        ("GET", "/_local/mail/faults", trouble.mail_faults),
        ("POST", "/_local/mail/faults", trouble.order_mail),
        ("DELETE", "/_local/mail/faults", trouble.clear_mail),
        ("DELETE", "/_local/mail/faults/{id}", trouble.cancel_mail),
        ("GET", "/_local/switches", trouble.switches),
        ("POST", "/_local/switches", trouble.change_switches),
        ("GET", "/_local/faults", trouble.faults),
        ("POST", "/_local/faults", trouble.order),
        ("DELETE", "/_local/faults", trouble.clear),
        ("DELETE", "/_local/faults/{id}", trouble.cancel),
        ("POST", "/_local/storm", trouble.storm),
        ("DELETE", "/_local/channels/{channel}/messages/{ts}", trouble.delete_message),
        ("POST", "/_local/channels/{channel}/archive", trouble.archive),
        ("POST", "/_local/channels/{channel}/members", trouble.members),
        ("POST", "/_local/groups/{group}", trouble.change_group),
        ("DELETE", "/_local/groups/{group}", trouble.delete_group),
        ("POST", "/_local/apps/{app}/disconnect", trouble.disconnect),
        ("POST", "/_local/apps/{app}/token", trouble.token),
        ("POST", "/_local/apps/{app}/uninstall", trouble.uninstall),
        ("POST", "/_local/apps/{app}/webhook", trouble.webhook),
    )


async def _nothing(request: web.Request) -> web.StreamResponse:
    return failure(404, "not_found", f"There is no {request.method} {request.path}.")
