"""How does a month's report become a message in Slack? Its charts in the message itself, its files in the thread below.

A picture is uploaded first and shown by its id: nobody but who reads the message sees it, and it needs no address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of, outcome_of
from bot.adapters.slack.idempotent_posting import Posting, Written
from bot.adapters.slack.uploads import are_below
from bot.core.backoff import backoff
from bot.core.errors import StoreDown, Unprinted
from bot.core.i18n import t
from bot.model.notice import Claim, Notice, Outcome, Retry, Sent
from bot.reports.document import Upload

_LOOKS, _PAUSE = 10, 0.5
"""How often it is looked whether Slack knows a picture by now, and seconds between."""


class Report(Protocol):
    """What is sent."""

    @property
    def pictures(self) -> Sequence[Upload]: ...

    @property
    def files(self) -> Sequence[Upload]: ...

    def message(self, pictures: Sequence[str]) -> Written:
        """The message that shows the pictures with these ids; without any it shows none."""


Make = Callable[[Notice], Awaitable[Report]]
"""Makes the report a notice asks for; `Unprinted`, `StoreDown`."""


class ReportCarrier:
    """`bot.ports.Carrier` for reports."""

    def __init__(self, client: AsyncWebClient, make: Make) -> None:
        self._client = client
        self._posting = Posting(client)
        self._make = make

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        try:
            return await self._deliver(claim)
        except (Unprinted, StoreDown) as error:
            why = str(error) if isinstance(error, Unprinted) else t("The database could not be read.")
            return Retry(at + backoff(claim.attempt, claim.notice.key), why)
        except (SlackApiError, ClientError, OSError, TimeoutError) as error:
            return outcome_of(error, at, claim.notice.key, claim.attempt)

    async def _deliver(self, claim: Claim) -> Outcome:
        """What an earlier attempt did is not done again."""
        channel = await self._channel(claim.notice.to)
        key, again = claim.notice.key, claim.attempt > 1
        ts = await self._posting.found(channel, "", key, claim) if again else ""
        if ts and await are_below(self._client, channel, ts):
            return Sent()
        report = await self._make(claim.notice)
        files = list(report.files)
        if not ts:
            ts, left_over = await self._posted(claim, channel, report)
            files += left_over
        await self._client.files_upload_v2(file_uploads=[_shape(each) for each in files], channel=channel, thread_ts=ts)
        return Sent()

    async def _channel(self, to: str) -> str:
        if not to.startswith(("U", "W")):
            return to
        return str((await self._client.conversations_open(users=to))["channel"]["id"])

    async def _posted(self, claim: Claim, channel: str, report: Report) -> tuple[str, list[Upload]]:
        """Gives the ts, and the pictures that could not be shown in the message: they go below it."""
        pictures = list(report.pictures)
        ids = await self._uploaded(pictures)
        try:
            return await self._posting.posted(claim, channel, report.message(ids)), []
        except SlackApiError as error:
            if not ids or name_of(error) != "invalid_blocks":
                raise
        return await self._posting.posted(claim, channel, report.message(())), pictures

    async def _uploaded(self, pictures: Sequence[Upload]) -> list[str]:
        """Their ids, once Slack knows that they are pictures: before, it refuses to show them."""
        if not pictures:
            return []
        done = await self._client.files_upload_v2(file_uploads=[_shape(each) for each in pictures])
        ids = [str(file["id"]) for file in done["files"]]
        for each in ids:
            await self._known(each)
        return ids

    async def _known(self, file_id: str) -> None:
        for _ in range(_LOOKS):
            told = (await self._client.files_info(file=file_id))["file"]
            if str(told.get("mimetype", "")).startswith("image/"):
                return
            await asyncio.sleep(_PAUSE)


def _shape(upload: Upload) -> dict[str, object]:
    shape: dict[str, object] = {"filename": upload.name, "title": upload.title, "content": upload.content}
    return {**shape, "alt_txt": upload.alt} if upload.alt else shape
