"""Starting and stopping: waits for a Slack that may come back, and stops in time, while starting too."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api_errors import is_slacks_fault, name_of

T = TypeVar("T")

log = logging.getLogger(__name__)

_FIRST, _LONGEST = 2.0, 60.0
"""Seconds between two attempts to start: doubled each time."""
_STOP = 4.0
"""Seconds a stop may take; then unfinished work is cancelled."""


def may_pass(error: BaseException) -> bool:
    """True if waiting may help: Slack is unreachable, limits us or has trouble of its own, but has not refused us."""
    if isinstance(error, SlackApiError):
        return is_slacks_fault(error)
    return isinstance(error, ClientError | TimeoutError | ConnectionError)


def in_words(error: BaseException) -> str:
    """Fault of Slack in a few words."""
    if isinstance(error, SlackApiError) and name_of(error):
        return f"Slack says {name_of(error)}"
    return "Slack cannot be reached" if not isinstance(error, SlackApiError) else "Slack reports an internal error"


async def patiently(attempt: Callable[[], Awaitable[T]], wait: float = _FIRST) -> T:
    """Attempts until it succeeds, with backoff; raises what a retry cannot mend."""
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not may_pass(error):
                raise
            log.warning("%s; it is tried again in %.0f s.", in_words(error), wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, max(wait, _LONGEST))


def stop_signal() -> asyncio.Event:
    """Set by SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def until_stopped(
    serve: Callable[[Awaitable[object]], Coroutine[Any, Any, None]], stop: asyncio.Event, *, seconds: float = _STOP
) -> None:
    """Serves until `stop` is set. While it is still starting, it is broken off at once.

    `serve` is given what to await once it has started; it then has so many seconds to finish what was begun.
    """
    started = asyncio.Event()

    async def stopped() -> None:
        started.set()
        await stop.wait()

    until = stopped()
    serving = asyncio.create_task(serve(until), name="serving")
    waiting = asyncio.create_task(stop.wait(), name="waiting-for-a-stop")
    try:
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done() and not (started.is_set() and await _ended(serving, seconds)):
            serving.cancel()
            await _ended(serving, 1)
    finally:
        waiting.cancel()
        until.close()
    if serving.done() and not serving.cancelled():
        serving.result()


async def _ended(task: asyncio.Task[None], seconds: float) -> bool:
    await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        log.warning("Stopping takes too long and is aborted.")
    return task.done()
