"""Which channel is meant by that name?"""

from __future__ import annotations

import re

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import Misconfigured

_ID = re.compile(r"[CG][A-Z0-9]{6,}")


async def channel_id(client: AsyncWebClient, wanted: str, setting: str) -> str:
    """The id of a channel given by id or name. `Misconfigured` when the bot sees none; `setting` is where it stands."""
    if _ID.fullmatch(wanted):
        return wanted
    name = wanted.removeprefix("#").lower()
    cursor: str | None = None
    while cursor != "":
        page = await client.conversations_list(
            types="public_channel,private_channel", exclude_archived=True, limit=1000, cursor=cursor
        )
        for channel in page["channels"]:
            if channel["name"] == name:
                return str(channel["id"])
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
    raise Misconfigured(
        f"{setting} names “{wanted}”, and the bot sees no such channel. "
        "Write the channel's id (channel details, at the very bottom), and invite the bot there if it is private."
    )
