"""Reads a table of transactions that is uploaded in a form."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import ClientError
from slack_sdk.errors import SlackClientError

from bot.core.errors import Invalid
from bot.core.i18n import mark, t
from bot.core.text_files import decoded
from bot.forms.pasted_transactions import TABLE_FILE
from bot.model.ticket import Attachment
from bot.tickets.attachments import MissingFile, sized
from handlers.dispatch import Dispatcher
from handlers.payload import Submission

_MAX_BYTES = 500_000
"""Size of fifty transactions with their log extracts."""
_NO_TEXT = mark("{name} is not a text file. Save the table as CSV in the spreadsheet program, and upload that.")
_PART = 0.8
"""Part of the time for a person's look-ups: the form must be answered within three seconds."""


async def with_table(form: Submission, dispatcher: Dispatcher) -> Mapping[str, str]:
    """The typed answers with the text of the uploaded table; `Invalid` beside the file when it cannot be read."""
    if not form.table:
        return form.typed
    return {**form.typed, TABLE_FILE: await _text(form.table[0], dispatcher)}


async def _text(file: Attachment, dispatcher: Dispatcher) -> str:
    if file.size > _MAX_BYTES:
        words = t("{name} is {size}; at most {most} can be read.", name=file.name, **_sizes(file))
        raise Invalid({TABLE_FILE: words})
    try:
        async with asyncio.timeout(dispatcher.in_time * _PART):
            content = await dispatcher.fetch_file(file, _MAX_BYTES)
    except (TimeoutError, ClientError, SlackClientError) as error:
        words = t("Slack did not give the file in time. Submit the form again, or paste the table.")
        raise Invalid({TABLE_FILE: words}) from error
    if isinstance(content, MissingFile):
        too_large = t("is larger than {most}, and no more can be read", most=sized(_MAX_BYTES))
        reason = too_large if content.is_too_large else content.reason
        raise Invalid({TABLE_FILE: t("{name} {why}.", name=file.name, why=reason)})
    try:
        text = decoded(content)
    except ValueError as error:
        raise Invalid({TABLE_FILE: t(_NO_TEXT, name=file.name)}) from error
    if not text.strip():
        raise Invalid({TABLE_FILE: t("{name} is empty.", name=file.name)})
    return text


def _sizes(file: Attachment) -> dict[str, str]:
    return {"size": sized(file.size), "most": sized(_MAX_BYTES)}
