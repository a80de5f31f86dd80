"""Carrier of monthly reports: the charts in the message itself, the files in the thread below it.

A picture is uploaded first and shown by its id, so that only readers of the message see it, and it needs no address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import THREAD_GONE, is_channel, name_of
from bot.adapters.slack.idempotent_posting import DeliveryAttempt, Written
from bot.core.backoff import backoff
from bot.core.errors import StoreDown, Unprinted
from bot.core.i18n import t
from bot.model.notice import Claim, Notice, Outcome, Retry, Sent
from bot.reports.document import ReportFile

_LOOKS, _PAUSE = 10, 0.5
"""Number of times Slack is asked whether it has processed a picture, and seconds between."""
_STORED = 4
"""Number of finished reports that are stored for their next attempt."""


class Report(Protocol):
    """A report to be sent."""

    @property
    def pictures(self) -> Sequence[ReportFile]: ...

    @property
    def files(self) -> Sequence[ReportFile]: ...

    def message(self, pictures: Sequence[str]) -> Written:
        """The message that shows the pictures with these ids; without any it shows none."""


Make = Callable[[Notice], Awaitable[Report]]
"""Makes the report a notice asks for; `Unprinted`, `StoreDown`."""


class ReportCarrier:
    """`bot.ports.Carrier` for reports."""

    def __init__(self, client: AsyncWebClient, make: Make) -> None:
        self._client = client
        self._make = make
        self._making: dict[str, asyncio.Task[Report]] = {}

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        delivery = DeliveryAttempt(self._client, claim)
        try:
            return await delivery.outcome(self._deliver(delivery), at)
        except (Unprinted, StoreDown) as error:
            reason = str(error) if isinstance(error, Unprinted) else t("The database could not be read.")
            wait = backoff(claim.progress.failures + 1, claim.notice.key)
            return Retry(at + wait, reason, delivery.progress)

    async def _deliver(self, delivery: DeliveryAttempt) -> Outcome:
        """Delivers the report; steps of an earlier attempt are not repeated."""
        channel = await self._channel(delivery.claim.notice.to)
        try:
            await self._report(delivery, channel)
        except SlackApiError as error:
            if name_of(error) not in THREAD_GONE:
                raise
            delivery.restart()  # the message was deleted before its files were below it
            await self._report(delivery, channel)
        return Sent()

    async def _report(self, delivery: DeliveryAttempt, channel: str) -> None:
        ts = await delivery.known(channel)
        if ts and await delivery.knows_files(channel, ts, ts):
            return
        report, left_over = await self._made(delivery.claim.notice), list[ReportFile]()
        if not ts:
            ts, left_over = await self._posted(delivery, channel, report)
        uploads = [_shape(each) for each in (*report.files, *left_over)]

        async def upload() -> None:
            await self._client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=ts)

        await delivery.files_once(channel, ts, ts, upload)

    async def _made(self, notice: Notice) -> Report:
        """The report. Its making goes on when the time of a delivery is over, and the next attempt takes it up."""
        making = self._making.get(notice.key) or asyncio.ensure_future(self._make(notice))
        self._making[notice.key] = making
        try:
            return await asyncio.shield(making)
        finally:
            if making.done():
                self._making.pop(notice.key, None)
            self._forget_old()

    def _forget_old(self) -> None:
        """Drops reports that no attempt has taken up: another process may have delivered them."""
        made = [key for key, making in self._making.items() if making.done()]
        for key in made[:-_STORED]:
            del self._making[key]

    async def _channel(self, to: str) -> str:
        if is_channel(to):
            return to
        return str((await self._client.conversations_open(users=to))["channel"]["id"])

    async def _posted(self, delivery: DeliveryAttempt, channel: str, report: Report) -> tuple[str, list[ReportFile]]:
        """Returns the timestamp, and the pictures that could not be shown in the message: they go below it."""
        pictures = list(report.pictures)
        ids = await self._uploaded(pictures)
        try:
            return await delivery.posted(channel, report.message(ids)), []
        except SlackApiError as error:
            if not ids or name_of(error) != "invalid_blocks":
                raise
        return await delivery.posted(channel, report.message(())), pictures

    async def _uploaded(self, pictures: Sequence[ReportFile]) -> list[str]:
        """Their ids, once Slack has recognised them as pictures: before, it refuses to show them."""
        if not pictures:
            return []
        done = await self._client.files_upload_v2(file_uploads=[_shape(each) for each in pictures])
        ids = [str(file["id"]) for file in done["files"]]
        for each in ids:
            await self._known(each)
        return ids

    async def _known(self, file_id: str) -> None:
        for _ in range(_LOOKS):
            info = (await self._client.files_info(file=file_id))["file"]
            if str(info.get("mimetype", "")).startswith("image/"):
                return
            await asyncio.sleep(_PAUSE)


def _shape(upload: ReportFile) -> dict[str, object]:
    shape: dict[str, object] = {"filename": upload.name, "title": upload.title, "content": upload.content}
    return {**shape, "alt_txt": upload.alt} if upload.alt else shape
