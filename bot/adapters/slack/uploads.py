"""How do a ticket's files get below its letter in the Retarus channel? Read from Slack, and uploaded there anew.

Whoever reads in that channel may not see the place they come from, so a link to it would not do.
"""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from bot.escalation.ports import Files
from bot.model.notice import Claim
from bot.tickets.attachments import Gone, fetched, left_out, unpacked


class Uploads:
    """Puts the files of a letter into its thread, once."""

    def __init__(self, client: AsyncWebClient, files: Files, most: int) -> None:
        self._client = client
        self._files = files
        self._most = most

    async def below(self, claim: Claim, ts: str, after: str = "") -> tuple[str, ...]:
        """Gives what could not be sent along, and why. `after`: the message in the thread at `ts` they follow on."""
        files = unpacked(claim.notice.body)
        if not files or (claim.attempt > 1 and await are_below(self._client, claim.notice.to, ts, after)):
            return ()
        found = await fetched(self._files.fetch, files, self._most)
        uploads = [
            {"filename": file.name or file.id, "title": file.name or file.id, "content": content}
            for file, content in zip(files, found, strict=True)
            if not isinstance(content, Gone)
        ]
        if uploads:
            await self._client.files_upload_v2(file_uploads=uploads, channel=claim.notice.to, thread_ts=ts)
        return left_out(files, found)


async def are_below(client: AsyncWebClient, channel: str, ts: str, after: str = "") -> bool:
    """Whether an earlier attempt got as far: all files of a message are shared in one answer of ours after it."""
    me = (await client.auth_test())["user_id"]
    thread = await client.conversations_replies(channel=channel, ts=ts, limit=200)
    later = (each for each in thread["messages"] if float(each["ts"]) > float(after or ts))
    return any(each.get("files") and each.get("user") == me for each in later)
