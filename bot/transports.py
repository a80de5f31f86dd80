"""Transports that notices go out by, such as Slack and e-mail: which are closed, why, and when they are open again.

A transport is closed as a whole (a revoked token, a refused login), or towards one channel (archived, not invited).
What goes there waits. The transport is checked with backoff, and goes on by itself once it is open.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.clock import Clock
from bot.core.errors import StoreDown, described
from bot.core.rate_limiter import RateLimiter
from bot.model.notice import Blocked, Held, NoticeKind

T = TypeVar("T")

log = logging.getLogger(__name__)

FIRST_CHECK, LONGEST_CHECK = 5.0, 60.0
"""Seconds between two checks of what is closed: doubled each time."""
RELAPSE = timedelta(seconds=30)
"""A transport that closes for the same reason this soon after it was opened was never open: nothing is said twice."""
_AHEAD = 1.0
"""Seconds a notice may be claimed before its recipient's turn comes."""


@dataclass(frozen=True)
class Closure:
    """Reason why a transport, or one channel of it, is closed, and since when."""

    transport: str
    reason: str
    """A sentence: the fault, and what to do."""
    since: datetime
    channel: str = ""
    """Empty: the whole transport."""
    needed: str = ""
    """The missing permission, if that is the cause."""


Check = Callable[[Closure], Awaitable[bool]]
"""True if the closed transport is open again. Never raises for one that is still closed."""
Tell = Callable[[Closure], Awaitable[None]]
"""Notifies people, by another transport, that this one is closed."""


async def _nobody(_: Closure) -> None:
    return


@dataclass(frozen=True)
class _Ended:
    """A closure that ended, when, and after which wait between two checks."""

    closure: Closure
    at: datetime
    wait: float


@dataclass
class Transport:
    """One transport. `close` it when it refuses; `run` it in a task, which notifies people and opens it again."""

    name: str
    kinds: frozenset[NoticeKind]
    """Types of notifications it delivers."""
    check: Check
    clock: Clock
    limiter: RateLimiter | None = None
    """Rate limits by recipient; a recipient whose turn is far away is held."""
    first_check: float = FIRST_CHECK
    tell: Tell = _nobody
    opened: Callable[[], None] = lambda: None
    """Called when deliveries may resume."""
    _closed: dict[str, Closure] = field(default_factory=dict)
    """Closures by channel; "" is the whole transport."""
    _ended: dict[str, _Ended] = field(default_factory=dict)
    """The last closure of each channel that ended."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def closures(self) -> list[Closure]:
        """Current closures, for people and for readiness checks."""
        return list(self._closed.values())

    @property
    def is_open(self) -> bool:
        """True if it works as a whole; one of its channels may be closed."""
        return "" not in self._closed

    def close(self, reason: str, channel: str = "", needed: str = "") -> None:
        """Closes it, or one channel of it. Logged and reported once, however often it is found closed."""
        if channel in self._closed:
            return
        self._closed[channel] = self._same_as_before(reason, channel) or self._begun(reason, channel, needed)
        self._changed.set()

    def _same_as_before(self, reason: str, channel: str) -> Closure | None:
        """The closure that seemed to have ended: the check went well, and the next message was refused all the same."""
        ended = self._ended.get(channel)
        is_same = ended and ended.closure.reason == reason and timedelta() <= self.clock() - ended.at < RELAPSE
        if ended is None or not is_same:
            self._ended.pop(channel, None)
            return None
        log.info("%s is still closed: a message was refused again.", self.name)
        return ended.closure

    def _begun(self, reason: str, channel: str, needed: str) -> Closure:
        where = f"channel {channel}" if channel else "everything that goes out by it"
        log.error("%s is closed; %s waits: %s", self.name, where, reason)
        return Closure(self.name, reason, self.clock(), channel, needed)

    def held(self) -> Held:
        """Notifications that must not be claimed now."""
        recipients = {channel for channel in self._closed if channel}
        if self.limiter:
            recipients |= {str(key) for key in self.limiter.busy(_AHEAD)}
        return Held(frozenset() if self.is_open else self.kinds, frozenset(recipients))

    def seconds_held(self) -> float | None:
        """Time until the first waiting recipient has its turn; None when none waits."""
        waits = self.limiter.busy(_AHEAD).values() if self.limiter else ()
        return max(min(waits) - _AHEAD, 0.0) if waits else None

    async def run(self) -> None:
        """Runs until cancelled: reports closures, and checks each until it is open again."""
        async with asyncio.TaskGroup() as group:
            watched = dict[str, asyncio.Task[None]]()
            while True:
                self._changed.clear()
                for channel, closure in self._closed.items():
                    if channel not in watched or watched[channel].done():
                        watched[channel] = group.create_task(self._watch(closure), name=f"closed-{self.name}")
                await self._changed.wait()

    async def _watch(self, closure: Closure) -> None:
        before = self._ended.pop(closure.channel, None)
        if before is None:
            await self._tell(closure)
        wait = self._longer(before.wait) if before else self.first_check
        while True:
            await asyncio.sleep(wait)
            if await self._is_open_again(closure):
                break
            wait = self._longer(wait)
        self._ended[closure.channel] = _Ended(closure, self.clock(), wait)
        self._closed.pop(closure.channel, None)
        log.info("%s is open again%s.", self.name, f" (channel {closure.channel})" if closure.channel else "")
        self.opened()

    def _longer(self, wait: float) -> float:
        return min(wait * 2, max(LONGEST_CHECK, self.first_check))

    async def _tell(self, closure: Closure) -> None:
        try:
            await self.tell(closure)
        except StoreDown:
            log.warning("Nobody could be told that %s is closed: the database is down.", self.name)
        except Exception as error:  # noqa: BLE001  telling is a convenience; the transport must open again
            log.error("Telling that %s is closed failed: %s", self.name, described(error))  # noqa: TRY400

    async def _is_open_again(self, closure: Closure) -> bool:
        try:
            return await self.check(closure)
        except Exception as error:  # noqa: BLE001  a check with a fault must not end the watch
            log.error("Checking %s failed: %s", self.name, described(error))  # noqa: TRY400
            return False


@dataclass(frozen=True)
class Transports:
    """All transports together."""

    all: tuple[Transport, ...] = ()

    @property
    def closures(self) -> list[Closure]:
        """Everything that is closed now; empty when all is well."""
        return [closure for transport in self.all for closure in transport.closures]

    @property
    def are_open(self) -> bool:
        """State of each transport as a whole, for the readiness check."""
        return all(transport.is_open for transport in self.all)

    def held(self) -> Held:
        """Notifications that must not be claimed now, over all of them."""
        held = [transport.held() for transport in self.all]
        return Held(_union(each.kinds for each in held), _union(each.recipients for each in held))

    def seconds_held(self) -> float | None:
        """Time until the first waiting recipient has its turn."""
        waits = [wait for transport in self.all if (wait := transport.seconds_held()) is not None]
        return min(waits, default=None)

    def block(self, kind: NoticeKind, outcome: Blocked) -> None:
        """Closes the transport of this kind of notice, or one channel of it."""
        for transport in self.all:
            if kind in transport.kinds:
                transport.close(outcome.reason, outcome.channel, outcome.needed)

    async def run(self) -> None:
        """Runs until cancelled: watches the closures."""
        await asyncio.gather(*(transport.run() for transport in self.all))


def _union(sets: Iterable[frozenset[T]]) -> frozenset[T]:
    return frozenset[T]().union(*sets)
