"""Re-reading desk.toml on SIGHUP: the desk is put together again with the new settings; wrong ones leave the old on."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.adapters.slack.api_errors import name_of
from bot.config.settings import Config
from bot.core.errors import Misconfigured, StoreDown

log = logging.getLogger(__name__)

Serve = Callable[[Config, asyncio.Event], Awaitable[None]]
"""Runs the desk with these settings until the event."""
Read = Callable[[], Config]
"""Reads desk.toml. Raises `Misconfigured`."""


def hangup_signal() -> asyncio.Event:
    """Set by SIGHUP."""
    again = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again.set)
    return again


class Reloading:
    """Runs the desk, and again with new settings, until it is to stop."""

    def __init__(self, serve: Serve, read: Read, stop: asyncio.Event, again: asyncio.Event) -> None:
        self._serve = serve
        self._read = read
        self._stop = stop
        self._again = again

    async def run(self, config: Config) -> None:
        """Raises what keeps the desk from starting with its first settings."""
        works = config
        while not self._stop.is_set():
            try:
                other = await self._serve_once(config)
            except (Misconfigured, StoreDown, SlackApiError, ClientError) as error:
                if config is works:
                    raise
                reason = _words(error)
                log.error("The desk does not start with the new settings, so the old ones stay in force: %s", reason)  # noqa: TRY400
                config = works
            else:
                works, config = config, other or config

    async def _serve_once(self, config: Config) -> Config | None:
        """Serves with these settings; returns the next ones, or None when the desk is to stop."""
        over = asyncio.Event()
        watching = asyncio.create_task(self._until_changed(config), name="reload")
        watching.add_done_callback(lambda _: over.set())
        try:
            await self._serve(config, over)
            return watching.result() if watching.done() else None
        finally:
            watching.cancel()

    async def _until_changed(self, config: Config) -> Config | None:
        """Waits until there are other settings that can be read; None when the desk is to stop first."""
        while not self._stop.is_set():
            await _first(self._stop, self._again)
            self._again.clear()
            if not self._stop.is_set() and (other := self._other(config)):
                return other
        return None

    def _other(self, config: Config) -> Config | None:
        try:
            found = self._read()
        except Misconfigured as error:
            log.error("The settings are wrong, so the old ones stay in force: %s", error)  # noqa: TRY400
            return None
        if found == config:
            log.info("The settings were read again; nothing has changed.")
            return None
        log.info("The settings have changed; the desk continues with the new ones.")
        return found


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
            with suppress(asyncio.CancelledError):
                await each


def _words(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return f"Slack refuses: {name_of(error) or 'no reason given'}"
    return str(error) if isinstance(error, Misconfigured | StoreDown) else "Slack cannot be reached."
