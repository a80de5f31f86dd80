"""Files of a ticket below its letter in the Retarus channel: read from Slack, and uploaded there.

People in that channel may not see the place the files come from, so that a link to it would not do.
"""

from __future__ import annotations

from bot.adapters.slack.idempotent_posting import FILES, DeliveryAttempt
from bot.escalation.ports import Files
from bot.tickets.attachments import MissingFile, fetched, left_out, unpacked


class Uploads:
    """Puts the files of a letter into its thread, once."""

    def __init__(self, files: Files, limit: int) -> None:
        """`limit`: bytes of files that go along with one letter."""
        self._files = files
        self._limit = limit

    async def below(self, delivery: DeliveryAttempt, ts: str, after: str = "") -> tuple[str, ...]:
        """Returns the files that could not be sent, with reasons. `after`: the message in the thread they follow."""
        files = unpacked(delivery.claim.notice.body)
        if not files or delivery.has(FILES):
            return ()
        missing: tuple[str, ...] = ()
        channel = delivery.claim.notice.to

        async def upload() -> None:
            nonlocal missing
            found = await fetched(self._files.fetch, files, self._limit)
            missing = left_out(files, found)
            uploads = [
                {"filename": file.name or file.id, "title": file.name or file.id, "content": content}
                for file, content in zip(files, found, strict=True)
                if not isinstance(content, MissingFile)
            ]
            if uploads:
                await delivery.client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=ts)

        await delivery.files_once(channel, ts, after or ts, upload)
        return missing
