"""Outbox: a worker claims notices that are due, has a carrier deliver them, and settles how each delivery ended.

It is woken after each change and delivers at once; otherwise it sleeps until the next notice is due. A crash between
any two steps is harmless: the lease ends, and the next attempt first looks whether the one before arrived. What goes
out by a closed transport, or to a recipient whose rate limit is used up, is not claimed at all.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.core.backoff import LONGEST, unknown
from bot.core.clock import Clock, span
from bot.core.errors import StoreDown, described
from bot.core.i18n import t
from bot.model.notice import NOTHING_HELD, Blocked, Claim, Dead, Held, Letter, Notice, NoticeKind, Outcome, Retry
from bot.transports import Transports

FollowUp = Callable[[Claim, Outcome], Awaitable[Sequence[Notice]]]
"""The notices that follow from the outcome of a delivery. Called again if they could not be saved."""
Calm = Callable[[], Awaitable[None]]
"""Waits briefly until no acknowledgement is pending: messages go out after the acknowledgements."""

log = logging.getLogger(__name__)


class OutboxStore(Protocol):
    """The queue of the outbox: notices that are due, claimed under a lease, and settled."""

    async def claim(self, at: datetime, lease: timedelta, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
        """Claim up to `limit` due notices that head their lane and are not held, lowest rank first, under a lease.

        A lease or retry that ends beyond `backoff.LONGEST` counts as due: the clock was set back.
        """

    async def restart_waits(self, at: datetime, longest: timedelta, *, has_jumped: bool) -> int:
        """Restart leases and retries that were set by a clock ahead of `at`; all of them where the clock has jumped.

        Each then ends as long after `at` as it was to last, but `longest` at most: so it ends neither late, nor while
        an earlier attempt may still have an effect. A notice that was due at once is due. Returns how many are changed.
        """

    async def settle(self, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice] = ()) -> bool:
        """Save the outcome of a delivery, together with the notices that follow from it.

        False, and nothing is saved, when the lease was lost to a later claim.
        """

    async def next_due(self, after: datetime, held: Held = NOTHING_HELD) -> datetime | None:
        """Time of the outbox's next work: the earliest due moment or lease end of what is not held."""


class DeliveryLog(Protocol):
    """State of a row of the outbox: waiting, sent, or dead letter."""

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        """Rows of the outbox for people, newest first."""

    async def undelivered(self, limit: int) -> list[Letter]:
        """The newest dead letters, without those that go, or went, by the other way."""

    async def count_undelivered(self) -> int:
        """Number of all of them."""

    async def letter(self, key: str) -> Letter | None:
        """The row of the outbox with this key."""

    async def revive(self, key: str, at: datetime) -> bool:
        """Try a dead notice again; False when it is not dead."""


class Carrier(Protocol):
    """Delivers notices of some kinds. Never raises: an error is an `Outcome`."""

    async def deliver(self, claim: Claim, at: datetime) -> Outcome: ...


@dataclass(frozen=True)
class Limits:
    """Limits and waiting times of the outbox."""

    at_once: int = 8
    """Concurrent deliveries, over all lanes."""
    delivery: float = 80.0
    """Timeout of one delivery in seconds, with its files."""
    lease: timedelta = timedelta(seconds=90)
    """Duration of a claim; longer than a delivery takes."""
    age: timedelta = timedelta(hours=24)
    """Maximum age of a retried delivery; after that, once each time a person asks for it …"""
    tries: int = 5
    """… but at least that many failed attempts: the desk itself may have been down."""
    sweep: float = 30.0
    """Seconds between two checks for work of another process."""
    pause: float = 1.0
    """Seconds to wait when the store is down."""
    gather: float = 0.002
    """Seconds to wait after a delivery ended, so that the next claim replaces all that end together."""


async def _at_once() -> None:
    pass


def _never() -> object:
    return None


@dataclass
class _Flight:
    """One delivery in progress."""

    claim: Claim
    """The latest claim on it: when the clock is moved past the lease, this process may claim it a second time."""
    task: asyncio.Task[None] | None = None


class Outbox:
    """Delivers the notices of a store. `run` it in one task; `wake` it after a change and when the clock was moved."""

    def __init__(
        self,
        store: OutboxStore,
        carriers: Mapping[NoticeKind, Carrier],
        clock: Clock,
        follow_up: FollowUp,
        limits: Limits | None = None,
        calm: Calm = _at_once,
        transports: Transports | None = None,
        has_jumped: Callable[[], object] = _never,
    ) -> None:
        """`has_jumped`: true if the clock was set since it was asked last."""
        self._store = store
        self._carriers = carriers
        self._clock = clock
        self._follow_up = follow_up
        self._limits = limits or Limits()
        self._calm = calm
        self._transports = transports or Transports()
        self._flights: dict[str, _Flight] = {}
        self._woken = asyncio.Event()
        self._looking = asyncio.Lock()
        self._has_jumped = has_jumped
        self._restart: bool | None = False
        """Waits are to be restarted: at the start those of a clock ahead, after a jump all; None: not now."""

    def wake(self) -> None:
        """Looks for due notices at once. Cheap; may be called from any task."""
        self._woken.set()

    async def run(self) -> None:
        """Delivers until cancelled. Deliveries in progress are then cancelled too: `drain` first."""
        try:
            while True:
                self._woken.clear()
                await self._rest(await self._look())
                await self._calm()
                if self._flights:
                    await asyncio.sleep(self._limits.gather)
        finally:
            await self._break_off()

    async def drain(self, seconds: float) -> bool:
        """Delivers until nothing is due; False when that took longer than that many seconds.

        Works with or without a running `run`.
        """
        try:
            async with asyncio.timeout(seconds):
                while await self._take_on() == 0 or self._flights:
                    if self._flights:
                        await asyncio.wait(self._tasks(), return_when=asyncio.FIRST_COMPLETED)
        except (TimeoutError, StoreDown):
            return False
        return True

    # --- claiming

    async def _look(self) -> float:
        """Claims what is due; returns the seconds until there may be more. Logs errors and goes on."""
        try:
            return await self._take_on()
        except StoreDown:
            log.warning("The outbox waits: the database is down.")
        except Exception as error:  # noqa: BLE001  a worker that has died delivers nothing
            _note("The outbox stumbled", error)
        return self._limits.pause

    async def _take_on(self) -> float:
        async with self._looking:
            at, held = self._clock(), self._transports.held()
            await self._restart_waits(at)
            room = self._limits.at_once - len(self._flights)
            due = await self._store.next_due(at, held) if room > 0 else None
            if due is None:
                return self._idle_for(self._limits.sweep)
            if at < due <= at + LONGEST:  # a later one may be a retry from before the clock was set back
                return self._idle_for((due - at).total_seconds())
            claims = await self._store.claim(at, self._limits.lease, room, held)
            for claim in claims:
                self._start(claim)
            if claims or due <= at:
                return 0 if claims else self._limits.pause  # None: another process was faster
            return self._idle_for(self._limits.sweep)

    async def _restart_waits(self, at: datetime) -> None:
        """Once at the start, and after each jump of the clock."""
        if self._has_jumped():
            self._restart = True
        if self._restart is None:
            return
        count = await self._store.restart_waits(at, self._limits.lease, has_jumped=self._restart)
        if count:
            log.warning("The clock was set: %d waiting deliveries begin their wait again.", count)
        self._restart = None

    def _idle_for(self, seconds: float) -> float:
        """Waits until the next notice is due, a recipient's turn comes, or it is time for a sweep."""
        waits = (seconds, self._limits.sweep, self._transports.seconds_held())
        return max(min(wait for wait in waits if wait is not None), 0.01)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()

    def _start(self, claim: Claim) -> None:
        key = claim.notice.key
        flight = self._flights.get(key)
        if flight:
            flight.claim = claim
            return
        flight = self._flights[key] = _Flight(claim)
        flight.task = asyncio.create_task(self._fly(flight), name="outbox-delivery")

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [flight.task for flight in self._flights.values() if flight.task]

    async def _break_off(self) -> None:
        tasks = self._tasks()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one delivery

    async def _fly(self, flight: _Flight) -> None:
        try:
            outcome = self._counted(flight.claim, await self._deliver(flight.claim))
            if isinstance(outcome, Blocked):
                self._transports.block(flight.claim.notice.kind, outcome)
            await self._settle(flight, outcome)
        except Exception as error:  # noqa: BLE001  the lease ends, and it is tried again
            _note("The outcome of a delivery was not saved", error)
        finally:
            del self._flights[flight.claim.notice.key]
            self.wake()

    async def _deliver(self, claim: Claim) -> Outcome:
        carrier = self._carriers.get(claim.notice.kind)
        if carrier is None:
            return Dead(
                t("This desk is not set up to deliver it. Have an admin complete the settings, then try again.")
            )
        try:
            async with asyncio.timeout(self._limits.delivery):
                return await carrier.deliver(claim, self._clock())
        except TimeoutError:
            return self._again(claim, t("it took too long"))
        except Exception as error:  # noqa: BLE001  a carrier never raises; one with a fault must not lose the notice
            reference = _note("A carrier failed", error)
            return self._again(claim, t("an internal error (reference {reference})", reference=reference))

    def _again(self, claim: Claim, reason: str) -> Retry:
        """An unknown outcome: the notice may have arrived."""
        unsure = claim.progress.model_copy(update={"unsure": True})
        return Retry(self._clock() + unknown(claim.progress.failures + 1, claim.notice.key), reason, unsure)

    def _counted(self, claim: Claim, outcome: Outcome) -> Outcome:
        """Counts a failure. A notice that failed for a day and often enough is given up, and people are notified."""
        if not isinstance(outcome, Retry | Blocked):
            return outcome
        progress = (outcome.progress or claim.progress).model_copy(update={"failed": claim.progress.failed})
        if isinstance(outcome, Blocked) or not outcome.is_failure:
            return replace(outcome, progress=progress.with_failed(self._clock(), outcome.reason))
        failures = claim.progress.failures + 1
        progress = progress.model_copy(update={"failures": failures})
        age = self._clock() - claim.notice.due
        if age <= self._limits.age or failures < self._limits.tries:
            return replace(outcome, progress=progress.with_failed(self._clock(), outcome.reason))
        words = t(
            "It was tried {times} times in {span}; the last time: {why} Try again when the cause is fixed.",
            times=failures,
            span=span(age.total_seconds()),
            why=f"{outcome.reason.removesuffix('.')}.",
        )
        return Dead(words, progress)

    async def _settle(self, flight: _Flight, outcome: Outcome) -> None:
        """Retries until the outcome is saved, so that a delivered notice is not delivered again."""
        while True:
            claim = flight.claim
            try:
                then = await self._then(claim, outcome)
                if await self._store.settle(claim, outcome, self._clock(), then):
                    return
                if flight.claim is claim:
                    log.warning("A delivery took longer than its lease, and another process has claimed it.")
                    return
            except StoreDown:
                await asyncio.sleep(self._limits.pause)

    async def _then(self, claim: Claim, outcome: Outcome) -> Sequence[Notice]:
        try:
            return await self._follow_up(claim, outcome)
        except StoreDown:
            raise
        except Exception as error:  # noqa: BLE001  losing the receipt is better than delivering twice
            _note("The follow-up of a delivery is lost", error)
            return ()


def _note(event: str, error: Exception) -> str:
    """Logs an error under a reference id, without its text, which may hold personal data."""
    reference = secrets.token_hex(4)
    log.error("%s (reference %s): %s", event, reference, described(error))
    return reference
