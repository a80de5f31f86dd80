"""The names of files that a form could not carry: an option's value holds 150 characters."""

from __future__ import annotations

from collections.abc import Iterable

from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS
from bot.model.ticket import Attachment


async def named(client: AsyncWebClient, files: Iterable[Attachment]) -> list[Attachment]:
    """The files with their names; asks Slack for missing names."""
    return [each if each.name else await _named(client, each) for each in files]


async def _named(client: AsyncWebClient, file: Attachment) -> Attachment:
    try:
        info = (await client.files_info(file=file.id))["file"]
    except SLACK_ERRORS:  # deleted, for example: its letter says so
        return file
    known = {"name": str(info.get("name") or info.get("title") or ""), "type": str(info.get("mimetype") or file.type)}
    return Attachment.model_validate({**file.model_dump(), **known})
