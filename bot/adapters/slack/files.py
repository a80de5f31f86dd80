"""Reads the bytes of files in Slack: for a delivery, which is tried again, and for a form, which is not."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS, lacks_scope, name_of
from bot.core.errors import described
from bot.core.i18n import mark, t
from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile

log = logging.getLogger(__name__)

_TIMEOUT = 60.0
"""Seconds for one file."""
_GONE = {
    "file_not_found": mark("was deleted in Slack"),
    "file_deleted": mark("was deleted in Slack"),
    "access_denied": mark("may not be read by the bot"),
    "no_permission": mark("may not be read by the bot"),
}


class SlackFiles:
    """`bot.ports.Files`. Raises transient errors of the Slack client and aiohttp."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session

    async def fetch(self, file: Attachment, limit: int) -> bytes | MissingFile:
        """The file's bytes, at most `limit`; asks for its address each time, as it may have changed."""
        try:
            info = (await self._client.files_info(file=file.id))["file"]
        except SlackApiError as error:
            reason = _GONE.get(name_of(error))
            if reason is None:
                raise
            return MissingFile(t(reason))
        if info.get("mode") == "tombstone" or info.get("is_external"):
            return MissingFile(
                t("was deleted in Slack") if info.get("mode") == "tombstone" else t("is kept somewhere else")
            )
        address = info.get("url_private_download") or info.get("url_private")
        if not address:  # hidden by the limit of a free plan, for example
            return MissingFile(t("may not be read by the bot"))
        return await self._read(str(address), limit)

    async def _read(self, url: str, limit: int) -> bytes | MissingFile:
        """Does not follow redirects: without the right to a file Slack redirects to the sign-in page."""
        headers = {"Authorization": f"Bearer {self._client.token}"}
        async with asyncio.timeout(_TIMEOUT), self._session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status >= 500:  # noqa: PLR2004 (their fault, not ours)
                raise aiohttp.ClientPayloadError("Slack had an error of its own")
            if answer.status != 200:  # noqa: PLR2004 (OK)
                is_deleted = answer.status == 404  # noqa: PLR2004 (Not Found)
                return MissingFile(t("was deleted in Slack") if is_deleted else t("may not be read by the bot"))
            return await _bounded(answer, limit)


class FilesForForms:
    """`Files` for a form that opens anyway: a file that Slack does not give now has a reason, whatever the error."""

    def __init__(self, files: SlackFiles) -> None:
        self._files = files

    async def fetch(self, file: Attachment, limit: int) -> bytes | MissingFile:
        """The file's bytes, or why there are none. Raises nothing of Slack's."""
        try:
            return await self._files.fetch(file, limit)
        except SLACK_ERRORS as error:
            log.warning("a file of a message could not be read: %s", described(error))
            is_forbidden = isinstance(error, SlackApiError) and lacks_scope(error)
            return MissingFile(t("may not be read by the bot") if is_forbidden else t("Slack did not give it"))


async def _bounded(answer: aiohttp.ClientResponse, limit: int) -> bytes | MissingFile:
    body = bytearray()
    async for piece in answer.content.iter_chunked(65536):
        body += piece
        if len(body) > limit:
            return MissingFile(t("is too large to send with a letter"), is_too_large=True)
    return bytes(body)
