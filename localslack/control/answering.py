"""Responses of the control interface: JSON, to this machine's own pages and programs only."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from localslack.errors import Refused, SlackError
from localslack.records import Channel, Json, Person
from localslack.services import Services

_INTERFACES = ("/api/", "/_local/")
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}
log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[Json]]


def is_foreign(request: web.Request) -> bool:
    """True if a request comes from another site's page, or by a name that is not this machine's.

    Links from elsewhere may open the page; its interfaces answer to itself and to programs.
    """
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if host not in LOOPBACK:
        return True
    if origin is not None:  # says more than Sec-Fetch-Site, which browsers fill in differently for websockets
        return urlsplit(origin).netloc != request.headers.get("Host")
    opens_the_page = request.headers.get("Sec-Fetch-Mode") == "navigate" and not request.path.startswith(_INTERFACES)
    return site not in (None, "same-origin", "none") and not opens_the_page


def answering(slack: Services, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Wrap a handler that answers a dict: refusals become 4xx, changes are saved before the answer is sent."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            body = await handler(request)
            await slack.workspace.journal.flush()
        except Refused as refused:
            return failure(refused.status, refused.error, refused.message)
        except SlackError as error:
            return failure(400, error.error, error.error.replace("_", " "), **error.extra)
        except web.HTTPException as error:
            return failure(error.status, "http_error", error.reason)
        except Exception:  # last resort: an error body, and the trace in the log
            log.exception("%s failed", request.path)
            return failure(500, "internal_error", "Something went wrong in the local Slack; its log says what.")
        return web.json_response({"ok": True, **body})

    return answer


def failure(status: int, error: str, message: str, **extra: Any) -> web.Response:
    """An error body."""
    return web.json_response({"ok": False, "error": error, "message": message, **extra}, status=status)


async def json_body(request: web.Request) -> Json:
    """The JSON object of a request, empty without a body."""
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except (ValueError, LookupError, RecursionError):
        raise Refused("invalid_json", "The request is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused("invalid_json", "The request is not a JSON object.")
    return body


def number(request: web.Request, name: str, default: int, maximum: int) -> int:
    """A whole number of the query."""
    try:
        return max(0, min(int(request.query.get(name, default)), maximum))
    except ValueError:
        raise Refused("invalid_request", f"“{name}” is not a number.") from None


def person_of(slack: Services, request: web.Request) -> Person:
    """The person of the path."""
    return person_named(slack, request.match_info["person"])


def person_named(slack: Services, name: str) -> Person:
    """A human of the workspace."""
    person = slack.workspace.person_named(name)
    if person is None or person.is_bot:
        raise Refused("user_not_found", f"There is nobody called “{name}”.", 404)
    return person


def channel_of(slack: Services, request: web.Request, person: Person) -> Channel:
    """The channel of the path, if the person can see it."""
    name = request.match_info["channel"]
    channel = slack.workspace.channel_named(name)
    if channel is None or not slack.membership.can_see(person, channel):
        raise Refused("channel_not_found", f"There is no channel “{name}” that {person.name} can see.", 404)
    return channel
