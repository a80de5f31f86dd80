"""Fetches a page with limits of time and size."""

from __future__ import annotations

import asyncio

import aiohttp

from bot.core.i18n import mark, t
from bot.escalation.status_page import UnreadablePage

TIMEOUT = 5.0
"""Seconds for the whole answer."""
_LIMIT = 2_000_000
"""Bytes: no status page is as long."""


async def fetch(session: aiohttp.ClientSession, url: str, time_limit: float = TIMEOUT) -> bytes | UnreadablePage:
    """The body of a 200 answer; everything else is a reason why it cannot be read."""
    try:
        async with asyncio.timeout(time_limit), session.get(url) as answer:
            if answer.status != 200:  # noqa: PLR2004 (OK)
                return UnreadablePage(t("It could not be read: HTTP {status}.", status=answer.status))
            return await _body(answer)
    except TimeoutError:
        return UnreadablePage(t("It did not answer within {seconds} s.", seconds=f"{time_limit:g}"))
    except (aiohttp.ClientError, OSError, ValueError):
        return UnreadablePage(mark("It could not be reached."))


async def _body(answer: aiohttp.ClientResponse) -> bytes | UnreadablePage:
    body = b""
    async for piece in answer.content.iter_chunked(65536):
        body += piece
        if len(body) > _LIMIT:
            return UnreadablePage(mark("Its answer is too long for a status page."))
    return body
