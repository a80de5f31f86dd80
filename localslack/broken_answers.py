"""Broken responses: errors, reset connections and truncated bodies, according to an ordered fault."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from localslack.faults import Fault, Faults
from localslack.records import Json

Run = Callable[[], Awaitable[web.StreamResponse]]
_STATUS = {"http_500": 500, "http_503": 503}
_PAGE = "<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body>The proxy has no answer.</body></html>"
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


async def answered(faults: Faults, fault: Fault | None, request: web.Request, run: Run) -> web.StreamResponse:
    """The response of `run`, broken by the fault; a fault `before` keeps it from running at all."""
    if fault is None:
        return await run()
    if fault.fault == "slow":
        return await _slow(fault, run)
    answer = await run() if fault.when == "after" else None
    return await _faulty_response(faults, fault, request, answer)


async def _slow(fault: Fault, run: Run) -> web.StreamResponse:
    if fault.when == "before":
        await asyncio.sleep(fault.delay())
        return await run()
    answer = await run()
    await asyncio.sleep(fault.delay())
    return answer


async def _faulty_response(
    faults: Faults, fault: Fault, request: web.Request, answer: web.StreamResponse | None
) -> web.StreamResponse:
    kind = fault.fault
    if kind == "ratelimited":
        return rate_limited(fault.retry_after)
    if kind in _STATUS:
        return web.Response(status=_STATUS[kind], text="Something went wrong at Slack.")
    if kind == "garbage":
        return web.Response(text=_PAGE, content_type="text/html")
    if kind == "truncated":
        return await _truncated(request, answer)
    if kind in ("hang", "reset"):
        if kind == "hang":
            await faults.hold(fault.delay(), request.transport)
        cut(request.transport)
        return web.Response(status=500)  # sends nothing: the connection is gone
    return web.json_response({"ok": False, "error": kind})


def rate_limited(seconds: int) -> web.Response:
    """429 with Retry-After."""
    body: Json = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(seconds)})


async def _truncated(request: web.Request, answer: web.StreamResponse | None) -> web.StreamResponse:
    """Send the Content-Length, half of the body, and close the connection."""
    body = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
    broken = web.StreamResponse(headers={"Content-Type": answer.content_type if answer else "application/json"})
    broken.content_length = len(body)
    await broken.prepare(request)
    await broken.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return broken


def cut(transport: Any) -> None:
    """Reset a connection: the other side sees a reset, not an end."""
    if transport is None:
        return
    line = transport.get_extra_info("socket")
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
