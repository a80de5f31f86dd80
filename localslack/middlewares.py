"""Two middlewares around all routes: access control, and the form of errors."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from localslack.control.answering import failure, is_foreign

log = logging.getLogger(__name__)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def own_pages_only(request: web.Request, handler: Next) -> web.StreamResponse:
    """Refuse requests from another site's page or with a foreign host name."""
    if is_foreign(request):
        return failure(403, "forbidden", "Only pages of the local Slack itself may do that.")
    return await handler(request)


@web.middleware
async def error_bodies(request: web.Request, handler: Next) -> web.StreamResponse:
    """Give every error a JSON body, unexpected errors included."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return failure(error.status, "http_error", error.reason)
    except Exception:  # last resort; the trace is in the log
        log.exception("%s %s failed", request.method, request.path)
        return failure(500, "internal_error", "Something went wrong in the local Slack; its log says what.")
