"""The calendar of who is on duty: fetched and parsed in the background, its last good state kept over a restart."""

from __future__ import annotations

import asyncio
import logging
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
from pydantic import ValidationError

from bot.adapters.on_duty.saved_calendars import SavedCalendars
from bot.adapters.on_duty.shifts import Shift, Shifts
from bot.config.calendar_url import host_of
from bot.core.clock import Clock, now
from bot.core.errors import place_of

log = logging.getLogger(__name__)

TIMEOUT = 15.0
"""Seconds for the whole answer."""
TIME_LIMIT = 20.0
"""Seconds for the child process, however busy the machine is."""
_LIMIT = 1_000_000
"""Bytes of a calendar."""
_BEGIN = b"BEGIN:VCALENDAR"
_AGAIN = timedelta(days=1)
"""Age of the shifts from which a calendar that has not changed is parsed again."""
_FOLD = re.compile(rb"\r?\n[ \t]")
"""A line that goes on in the next one."""
_DTSTAMP = re.compile(rb"^DTSTAMP[:;].*\n", re.MULTILINE)
"""Some servers write the time of the answer into each event."""
_ROOT = Path(__file__).parents[3]
_COMMAND = (sys.executable, "-m", "bot.adapters.on_duty.shifts")


class _UnreadableError(Exception):
    """The calendar cannot be read: a sentence without its address."""


class CalendarFeed:
    """One calendar. `shifts` are those of the last answer that could be read."""

    def __init__(
        self,
        url: str,
        zone: str,
        clock: Clock = now,
        timeout: float = TIMEOUT,
        time_limit: float = TIME_LIMIT,
        saved: SavedCalendars | None = None,
    ) -> None:
        """`zone`: of all-day events and local times, where the calendar names none itself. `saved`: its last text."""
        self.url = url
        self._saved = saved
        self._zone = zone
        self._clock = clock
        self._timeout = timeout
        self._time_limit = time_limit
        self._body = b""
        self._validators: dict[str, str] = {}
        """Request headers that ask for the calendar only if it has changed."""
        self._parsed_at: datetime | None = None
        self.host = host_of(url)
        self.shifts: tuple[Shift, ...] = ()
        self.fault = ""
        """The reason why it cannot be read, in a sentence; empty while it can."""
        self.down_since: datetime | None = None

    @property
    def is_known(self) -> bool:
        """True if it was read before, also before a restart."""
        return self._parsed_at is not None

    def now(self) -> tuple[Shift, ...]:
        """Shifts at this moment."""
        at = self._clock()
        return tuple(each for each in self.shifts if each.is_at(at))

    async def restore(self) -> None:
        """Takes the shifts from the calendar that was read before the restart, if it can still be parsed."""
        body = await self._saved.of(self.url) if self._saved else b""
        if body and not self._parsed_at:
            with suppress(_UnreadableError):
                await self._parse(body)
                self._body = body

    async def read(self) -> None:
        """Fetches the calendar once; trouble is kept in `fault`, and logged once."""
        try:
            await self._read()
        except _UnreadableError as error:
            self._failed(str(error))
        except Exception as error:  # noqa: BLE001 (a fault here must not end the reading for good)
            self._failed(f"Reading it failed: {place_of(error).splitlines()[0]}.")
        else:
            self._succeeded()

    def _failed(self, reason: str) -> None:
        self.down_since = self.down_since or self._clock()
        if reason != self.fault:
            log.warning("The calendar of who is on duty at %s cannot be read: %s", self.host, reason)
        self.fault = reason

    def _succeeded(self) -> None:
        if self.fault:
            log.info("The calendar of who is on duty at %s is read again.", self.host)
        self.fault, self.down_since = "", None

    async def _read(self) -> None:
        try:
            fetched = await self._fetch()
        except _UnreadableError:
            with suppress(_UnreadableError):
                await self._renew()
            raise
        if fetched is None:
            await self._renew()
            return
        body, validators = fetched
        if body != self._body:
            await self._parse(body)
            self._body = body
            if self._saved:
                await self._saved.save(self.url, body)
        self._validators = validators
        await self._renew()

    async def _renew(self) -> None:
        """Lists the shifts of the coming days again, when the last list is a day old."""
        if self._parsed_at and self._clock() - self._parsed_at >= _AGAIN:
            await self._parse(self._body)

    async def _fetch(self) -> tuple[bytes, dict[str, str]] | None:
        """The calendar and the headers for the next request; None if it has not changed."""
        try:
            async with (
                asyncio.timeout(self._timeout),
                aiohttp.ClientSession() as session,  # not the one whose addresses are traced and counted
                session.get(self.url, headers=self._validators, max_redirects=5) as answer,
            ):
                if answer.status == 304 and self._validators:  # noqa: PLR2004 (Not Modified)
                    return None
                if answer.status != 200:  # noqa: PLR2004 (OK)
                    raise _UnreadableError(f"Its server answers HTTP {answer.status}.")
                return _normal(await _body(answer)), _validators(answer.headers)
        except TimeoutError:
            raise _UnreadableError(f"Its server did not answer within {self._timeout:g} s.") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise _UnreadableError("Its server could not be reached.") from None

    async def _parse(self, body: bytes) -> None:
        if _BEGIN not in body:
            raise _UnreadableError("Its answer is not an iCal calendar.")
        at = self._clock()
        found = await _parsed(body, self._zone, at, self._time_limit)
        if found.fault:
            raise _UnreadableError(found.fault)
        self.shifts, self._parsed_at = found.shifts, at


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for piece in answer.content.iter_chunked(65536):
        body += piece
        if len(body) > _LIMIT:
            raise _UnreadableError("It is larger than 1 MB.")
    return body


def _normal(body: bytes) -> bytes:
    """The calendar with a line for each property, without what differs in every answer."""
    whole = _DTSTAMP.sub(b"", _FOLD.sub(b"", body))
    try:
        whole.decode()
    except UnicodeDecodeError:  # of a server that still writes Latin-1
        return whole.decode("latin-1").encode()
    return whole


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    names = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
    return {sent: headers[got] for got, sent in names if got in headers}


async def _parsed(body: bytes, zone: str, at: datetime, time_limit: float) -> Shifts:
    """The calendar's shifts, by a child process that is killed when it takes too long."""
    command = (*_COMMAND, zone, at.isoformat())
    child = await asyncio.create_subprocess_exec(*command, cwd=_ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        async with asyncio.timeout(time_limit):
            answer, _ = await child.communicate(body)
        return Shifts.model_validate_json(answer)
    except (TimeoutError, ValidationError):
        return Shifts(fault="Its events could not be read within the limits of time and memory.")
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
