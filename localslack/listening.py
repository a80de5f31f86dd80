"""A client of the control interface: requests, and its live updates."""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp

Json = dict[str, Any]
Found = Callable[[], Any | Awaitable[Any]]
TIMEOUT = 100.0
"""Seconds a driver waits, by default."""
_SOONEST, _LATEST = 0.05, 0.5
"""Seconds until a driver asks again where no event comes, at first and in the end."""


class Refusal(Exception):
    """The local Slack refused: the person cannot do that."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error
        self.message = message


class ControlClient:
    """A connection to the control interface as one person; opened at its first use."""

    def __init__(self, control_url: str, name: str, timeout: float = TIMEOUT) -> None:
        self._url = control_url.rstrip("/")
        self.name = name
        self.timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._listener: asyncio.Task[None] | None = None
        self._happened = asyncio.Event()
        self.frames: list[Json] = []

    async def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
            address = f"{self._url}/live?person={self.name}&mail=1"
            socket = await self._session.ws_connect(address, max_msg_size=0)
            self._listener = asyncio.create_task(self._listen(socket))
        return self._session

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.frames.append(json.loads(message.data))
                self._happened.set()

    async def close(self) -> None:
        """Close the connection; the LocalSlack that the driver came from does it."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _request(self, method: str, path: str, **options: Any) -> Json:
        session = await self._open()
        async with session.request(method, f"{self._url}/{path}", **options) as response:
            body: Json = await response.json()
        if not body["ok"]:
            raise Refusal(body["error"], body["message"])
        return body

    async def wait_for(self, found: Found, awaited: str = "what was waited for", instead: Found | None = None) -> Any:
        """Wait for a true answer of `found` (without arguments, maybe async), asked again after every event.

        It is also asked now and then: what happens in an app has no event. `instead` says in the error what there was.
        """
        await self._open()
        again = _SOONEST
        try:
            async with asyncio.timeout(self.timeout):
                while True:
                    self._happened.clear()
                    if answer := await _asked(found):
                        return answer
                    with suppress(TimeoutError):
                        async with asyncio.timeout(again):
                            await self._happened.wait()
                    again = min(2 * again, _LATEST)
        except TimeoutError:
            there = f"; there is {await _asked(instead)}" if instead else ""
            raise TimeoutError(f"{self.name} waited {self.timeout:g} s in vain for {awaited}{there}") from None


async def _asked(question: Found) -> Any:
    answer = question()
    return await answer if inspect.isawaitable(answer) else answer
