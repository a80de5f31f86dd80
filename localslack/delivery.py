"""Delivery of payloads to apps: over a socket or HTTP, within Slack's time, with Slack's retries."""

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from localslack.clock import Clock
from localslack.faults import Fault, Faults
from localslack.http_delivery import HttpAnswer, HttpDelivery, encoded
from localslack.ids import random_secret
from localslack.records import App, Json
from localslack.sockets import Sockets
from localslack.switches import Switches
from localslack.traffic import Row, Traffic

ChannelNames = Callable[[object], tuple[str, ...]]  # all names of a channel, by which a fault may mean it


@dataclass(frozen=True, slots=True)
class Ack:
    """An app's acknowledgement of a payload. `status`: ok, timeout, error, not_connected."""

    status: str
    body: Any = None
    http_status: int | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """True if the app acknowledged."""
        return self.status == "ok"


class Delivery:
    """Sends payloads to apps and records them in the traffic."""

    def __init__(
        self,
        clock: Clock,
        switches: Switches,
        sockets: Sockets,
        traffic: Traffic,
        faults: Faults,
        channel_names: ChannelNames,
    ) -> None:
        self._clock = clock
        self._switches = switches
        self._sockets = sockets
        self._traffic = traffic
        self._faults = faults
        self._channel_names = channel_names
        self._http = HttpDelivery()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._verified: set[tuple[str, str]] = set()

    # -- interactive payloads -----------------------------------------------------------------------------------

    async def request(self, app: App, envelope_type: str, payload: Json, *, url: str, kind: str, summary: str) -> Ack:
        """Deliver a command (`slash_commands`) or interaction (`interactive`) and wait for the ack, at most 3 s."""
        row = self._begin(app, kind, payload, summary)
        if app.socket_mode:
            ack = await self._over_socket(app, envelope_type, payload, row)
        else:
            ack = await self._over_http(app, url, envelope_type, payload, row)
        self._traffic.end(row, ack.status, ack.body, ack.http_status)
        return ack

    async def _over_socket(self, app: App, envelope_type: str, payload: Json, row: Row) -> Ack:
        envelope = _envelope(envelope_type, payload, accepts_response=True)
        expected = self._sockets.expect(envelope["envelope_id"])
        if not await self._send(app, envelope, row):
            expected.cancel()
            return Ack("not_connected")
        done, _ = await asyncio.wait([expected], timeout=self._switches.ack_seconds)
        if not done:
            self.spawn(self._redeliver(app, envelope, expected))
            return Ack("timeout")
        return Ack("ok", expected.result())

    async def _redeliver(self, app: App, envelope: Json, expected: "asyncio.Future[Any]") -> None:
        """Send an envelope without an ack once more, although the person no longer waits for it."""
        more = max(0.0, self._switches.redeliver_seconds - self._switches.ack_seconds)
        done, _ = await asyncio.wait([expected], timeout=more)
        if not done:
            row = self._begin(app, envelope["type"], envelope["payload"], f"{envelope['type']} again", retry=1)
            again = {**envelope, "retry_attempt": 1, "retry_reason": "timeout"}
            sent = await self._send(app, again, row)
            done, _ = await asyncio.wait([expected], timeout=self._switches.redeliver_seconds)
            self._traffic.end(row, "ok" if done else "timeout" if sent else "not_connected")
            expected.cancel()

    async def _over_http(self, app: App, url: str, envelope_type: str, payload: Json, row: Row, **headers: str) -> Ack:
        if not url:
            return Ack("not_connected")
        body, content_type = encoded(envelope_type, payload)

        async def post() -> HttpAnswer:
            return await self._http.post(app, url, body, content_type, self._switches.ack_seconds, **headers)

        answer = await self._posted(self._fault(app, payload, row), post)
        if answer.status is None:
            return Ack("timeout" if answer.failure == "http_timeout" else "not_connected", answer.body)
        ok = 200 <= answer.status < 300
        return Ack("ok" if ok else "error", answer.body, answer.status, answer.no_retry)

    # -- events, in the background -------------------------------------------------------------------------------

    def event(self, app: App, payload: Json) -> None:
        """Deliver an event in the background, with up to three retries; does nothing without an address."""
        if app.socket_mode or app.events_url:
            self.spawn(self._event(app, payload))

    async def _event(self, app: App, payload: Json) -> None:
        kind = f"event:{payload.get('event', payload)['type']}"
        reason, envelope_id = "", str(uuid.uuid4())
        for attempt, pause in enumerate([None, *self._switches.http_retry_seconds]):
            if pause is not None:
                await self._pause(app, reason, pause)
            row = self._begin(app, kind, payload, _event_summary(payload), retry=attempt)
            ack = await self._attempt(app, payload, envelope_id, attempt, reason, row)
            self._traffic.end(row, ack.status, ack.body, ack.http_status)
            if ack.ok or ack.no_retry:
                return
            reason = {"timeout": "http_timeout", "not_connected": "connection_failed"}.get(ack.status, "http_error")

    async def _pause(self, app: App, reason: str, seconds: float) -> None:
        """Wait before the next attempt, or until the app has a connection again."""
        waits = [asyncio.create_task(self._clock.sleep(seconds))]
        if app.socket_mode and reason == "connection_failed":
            waits = [asyncio.create_task(self._clock.sleep(max(seconds, 1.0)))]
            waits.append(asyncio.create_task(self._sockets.wait_connected(app.id)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _attempt(self, app: App, payload: Json, envelope_id: str, attempt: int, reason: str, row: Row) -> Ack:
        if app.socket_mode:
            return await self._event_over_socket(app, payload, envelope_id, attempt, reason, row)
        if not await self.verify(app):
            return Ack("error", "url_verification failed")
        retry = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason} if attempt else {}
        return await self._over_http(app, app.events_url, "events_api", payload, row, **retry)

    async def _event_over_socket(
        self, app: App, payload: Json, envelope_id: str, attempt: int, reason: str, row: Row
    ) -> Ack:
        envelope = _envelope("events_api", payload, accepts_response=False) | {
            "envelope_id": envelope_id,
            "retry_attempt": attempt,
            "retry_reason": "timeout" if reason else "",
        }
        expected = self._sockets.expect(envelope_id)
        if not await self._send(app, envelope, row):
            expected.cancel()
            return Ack("not_connected")
        done, _ = await asyncio.wait([expected], timeout=self._switches.redeliver_seconds)
        if not done:
            expected.cancel()
        return Ack("ok", expected.result()) if done else Ack("timeout")

    async def verify(self, app: App) -> bool:
        """Ask an app's request URL to echo a challenge, once per address."""
        if (app.id, app.events_url) in self._verified:
            return True
        challenge = random_secret(48)
        payload = {"token": app.verification_token, "challenge": challenge, "type": "url_verification"}
        row = self._begin(app, "url_verification", payload, "url_verification")
        ack = await self._over_http(app, app.events_url, "events_api", payload, row)
        echoed = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        good = ack.ok and echoed == challenge
        self._traffic.end(row, "ok" if good else "challenge_failed", ack.body, ack.http_status)
        if good:
            self._verified.add((app.id, app.events_url))
        return good

    # -- faults on the way --------------------------------------------------------------------------------------

    def _fault(self, app: App, payload: Json, row: Row) -> Fault | None:
        fault = self._faults.for_delivery(row.kind, (app.id, app.name), self._channel_names(_channel(payload)))
        if fault is not None:
            row.fault = fault.fault
        return fault

    async def _send(self, app: App, envelope: Json, row: Row) -> bool:
        """Hand an envelope to a socket, unless a fault drops, doubles or delays it; False without a socket."""
        fault = self._fault(app, envelope["payload"], row)
        if fault is None:
            return await self._sockets.send(app.id, envelope)
        if fault.fault == "doubled":
            await self._sockets.send(app.id, envelope)
            return await self._sockets.send(app.id, envelope)
        if fault.fault == "late":
            self.spawn(self._send_late(app, envelope, fault.delay()))
        return self._sockets.is_connected(app.id)

    async def _send_late(self, app: App, envelope: Json, seconds: float) -> None:
        await self._delayed(seconds)
        await self._sockets.send(app.id, envelope)

    async def _posted(self, fault: Fault | None, post: Callable[[], Coroutine[Any, Any, HttpAnswer]]) -> HttpAnswer:
        """The answer to a POST, which a fault drops, doubles or delays; Slack's time for an answer runs meanwhile."""
        if fault is None:
            return await post()
        if fault.fault == "dropped":
            return HttpAnswer(None, failure="http_timeout")
        if fault.fault == "doubled":
            await post()
            return await post()
        late: asyncio.Future[HttpAnswer] = asyncio.get_running_loop().create_future()
        self.spawn(self._post_late(post, fault.delay(), late))
        done, _ = await asyncio.wait([late], timeout=self._switches.ack_seconds)
        return late.result() if done else HttpAnswer(None, failure="http_timeout")

    async def _post_late(
        self, post: Callable[[], Coroutine[Any, Any, HttpAnswer]], seconds: float, late: "asyncio.Future[HttpAnswer]"
    ) -> None:
        await self._delayed(seconds)
        late.set_result(await post())

    async def _delayed(self, seconds: float) -> None:
        """Wait until the time is over, or a fault is cancelled."""
        if seconds:
            await self._faults.hold(seconds, None)

    # -- bookkeeping --------------------------------------------------------------------------------------------

    def _begin(self, app: App, kind: str, payload: Json, summary: str, retry: int = 0) -> Row:
        transport = "socket" if app.socket_mode else "http"
        row = self._traffic.begin(
            app, direction="to_app", transport=transport, kind=kind, request=payload, summary=summary
        )
        row.retry = retry
        return row

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine in the background until `close`."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def forget(self) -> None:
        """Cancel all deliveries, because their workspace is gone."""
        for task in self._tasks:
            task.cancel()

    async def close(self) -> None:
        """End everything."""
        self.forget()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()


def _channel(payload: Json) -> object:
    """The id of the channel a payload is about, if any."""
    event, channel = payload.get("event", {}), payload.get("channel")
    if isinstance(channel, dict):
        return channel.get("id")
    return payload.get("channel_id") or (event.get("item") or {}).get("channel") or event.get("channel")


def _envelope(envelope_type: str, payload: Json, *, accepts_response: bool) -> Json:
    return {
        "envelope_id": str(uuid.uuid4()),
        "payload": payload,
        "type": envelope_type,
        "accepts_response_payload": accepts_response,
    }


def _event_summary(payload: Json) -> str:
    event = payload.get("event", payload)
    return " ".join(str(part) for part in (event["type"], event.get("subtype"), event.get("text", "")[:60]) if part)
