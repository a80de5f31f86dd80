"""Closed transports: held notices, alerts, and reopening."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.core.errors import StoreDown
from bot.core.rate_limiter import RateLimiter
from bot.model.notice import BLOCKED, Blocked, Claim, NoticeKind, Outcome, Retry, Sent
from bot.outbox import Limits, Outbox
from bot.tickets.ports import Batch
from bot.transports import RELAPSE, Closure, Transport, Transports
from tests.bot.outbox_scene import Courier, nothing_follows
from tests.doubles.manual_clock import ManualClock
from tests.doubles.memory_store import MemoryStore
from tests.doubles.records import a_notice
from tests.timeouts import TIMEOUT

REVOKED = "The bot's token was revoked."


class Scene:
    """Slack and mail, a store, and the outbox. Slack refuses while `broken` names a channel, or "" for all."""

    def __init__(self) -> None:
        self.clock, self.broken, self.checks = ManualClock(), set[str](), 0
        self.closures: list[Closure] = []
        self.opened = asyncio.Event()
        self.tell_fails = False
        self.store = MemoryStore(self.clock)
        self.slack = Transport(
            "Slack",
            frozenset({NoticeKind.DIRECT}),
            self.check,
            self.clock,
            first_check=0.01,
            tell=self.tell,
            opened=self.open,
        )
        self.mail = Transport("Mail", frozenset({NoticeKind.LETTER_MAIL}), self.check, self.clock)
        self.transports = Transports((self.slack, self.mail))
        self.courier = Courier(self.deliver)
        self.outbox = Outbox(
            self.store,
            dict.fromkeys(NoticeKind, self.courier),
            self.clock,
            nothing_follows,
            Limits(pause=0.01, sweep=0.5, delivery=5),
            transports=self.transports,
        )

    async def deliver(self, claim: Claim) -> Outcome:
        if claim.notice.kind is NoticeKind.LETTER_MAIL:
            return Sent()
        for channel in ("", claim.notice.to):
            if channel in self.broken:
                return Blocked(REVOKED, channel)
        return Sent()

    async def check(self, closure: Closure) -> bool:
        self.checks += 1
        return closure.channel not in self.broken

    async def tell(self, closure: Closure) -> None:
        self.closures.append(closure)
        if self.tell_fails:
            raise StoreDown("down")

    def open(self) -> None:
        self.opened.set()
        self.outbox.wake()

    async def states(self) -> dict[str, str]:
        return {letter.notice.key: letter.state for letter in await self.store.letters()}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.outbox.run()), asyncio.create_task(self.transports.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def save(self, *keys: str, **values: object) -> None:
        await self.store.apply(Batch(notices=[a_notice(key, **values) for key in keys]))
        self.outbox.wake()

    async def mended(self) -> None:
        self.broken.clear()
        async with asyncio.timeout(TIMEOUT):
            await self.opened.wait()
        self.clock.at += BLOCKED
        self.outbox.wake()
        assert await self.outbox.drain(TIMEOUT)


async def test_closed_transport_keeps_everything_and_delivers_it_once_open(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    scene.broken.add("")
    with caplog.at_level(logging.ERROR):
        async with scene.running():
            await scene.save(*(f"n{n}" for n in range(40)))
            await scene.outbox.drain(TIMEOUT)
            assert set((await scene.states()).values()) == {"waiting"}
            assert not scene.transports.are_open
            await scene.mended()
    assert set((await scene.states()).values()) == {"sent"}
    assert scene.transports.are_open
    assert len([record for record in caplog.records if "closed" in record.message]) == 1
    assert len(scene.closures) == 1


async def test_closed_transport_is_not_tried_with_every_notice() -> None:
    scene = Scene()
    scene.broken.add("")
    async with scene.running():
        await scene.save(*(f"n{n}" for n in range(40)))
        await scene.outbox.drain(TIMEOUT)
        await scene.save("later")
        await scene.outbox.drain(TIMEOUT)
        assert len(scene.courier.got) <= Limits().at_once


async def test_time_a_transport_was_closed_is_no_failure() -> None:
    scene = Scene()
    scene.broken.add("")
    async with scene.running():
        await scene.save("n1")
        await scene.outbox.drain(TIMEOUT)
        scene.clock.at += timedelta(days=9)
        await scene.mended()
    assert await scene.states() == {"n1": "sent"}


async def test_other_transport_goes_on_while_one_is_closed() -> None:
    scene = Scene()
    scene.broken.add("")
    async with scene.running():
        await scene.save("n1")
        await scene.save("mail", kind=NoticeKind.LETTER_MAIL)
        await scene.outbox.drain(TIMEOUT)
        assert await scene.states() == {"n1": "waiting", "mail": "sent"}


async def test_closed_channel_holds_only_what_goes_there() -> None:
    scene = Scene()
    scene.broken.add("C1")
    async with scene.running():
        await scene.save("n1", "n2", to="C1")
        await scene.save("dm")
        await scene.outbox.drain(TIMEOUT)
        assert await scene.states() == {"n1": "waiting", "n2": "waiting", "dm": "sent"}
        assert scene.transports.are_open
        assert [closure.channel for closure in scene.transports.closures] == ["C1"]
        await scene.mended()
    assert set((await scene.states()).values()) == {"sent"}


async def test_transport_that_closes_again_is_reported_again() -> None:
    scene = Scene()
    async with scene.running():
        for _ in range(2):
            scene.opened.clear()
            scene.slack.close(REVOKED)
            async with asyncio.timeout(TIMEOUT):
                await scene.opened.wait()
            scene.clock.at += RELAPSE
    assert len(scene.closures) == 2


async def test_transport_whose_check_goes_well_while_messages_are_refused_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene()
    with caplog.at_level(logging.ERROR):
        async with scene.running():
            for _ in range(4):
                scene.opened.clear()
                scene.slack.close(REVOKED)
                async with asyncio.timeout(TIMEOUT):
                    await scene.opened.wait()
    assert len(scene.closures) == 1
    assert len([record for record in caplog.records if "is closed" in record.message]) == 1


async def test_transport_that_closes_again_for_another_reason_is_reported_again() -> None:
    scene = Scene()
    async with scene.running():
        for reason in (REVOKED, "The bot lacks a permission."):
            scene.opened.clear()
            scene.slack.close(reason)
            async with asyncio.timeout(TIMEOUT):
                await scene.opened.wait()
    assert len(scene.closures) == 2


async def test_closure_ends_even_if_it_could_not_be_reported() -> None:
    scene = Scene()
    scene.tell_fails = True
    async with scene.running():
        scene.slack.close(REVOKED)
        async with asyncio.timeout(TIMEOUT):
            await scene.opened.wait()
    assert scene.transports.are_open


async def test_recipient_without_a_turn_is_held_until_its_turn_comes() -> None:
    scene = Scene()
    limiter = scene.slack.limiter = RateLimiter(1, 0.2, clock=asyncio.get_running_loop().time)
    limiter.hold("C1", 1.3)
    async with scene.running():
        await scene.save("n1", to="C1")
        await scene.save("dm")
        await scene.courier.has(1)
        assert scene.courier.keys == ["dm"]
        await scene.courier.has(2)
    assert scene.courier.keys == ["dm", "n1"]


async def test_rate_limited_delivery_is_no_failure() -> None:
    scene = Scene()
    limited = True

    async def deliver(claim: Claim) -> Outcome:
        at = scene.clock.at + timedelta(minutes=1)
        return Retry(at, "asked to wait", is_failure=False) if limited else Sent()

    scene.courier._does = deliver
    await scene.save("n1")
    for _ in range(9):
        await scene.outbox.drain(TIMEOUT)
        scene.clock.at += timedelta(hours=10)
    assert await scene.states() == {"n1": "waiting"}
    limited = False
    await scene.outbox.drain(TIMEOUT)
    assert await scene.states() == {"n1": "sent"}
