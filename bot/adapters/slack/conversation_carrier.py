"""Carrier of the conversation: entries in a ticket's thread with their files, corrected receipts, original mails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import THREAD_GONE, name_of
from bot.adapters.slack.idempotent_posting import FILES, DeliveryAttempt, Seen, Written
from bot.adapters.slack.message_update import updated
from bot.conversation.conversation_notices import entry_place
from bot.conversation.file_selection import MAX_BYTES
from bot.conversation.ports import MailFiles
from bot.core.backoff import backoff
from bot.core.i18n import t
from bot.escalation.ports import Files
from bot.model.conversation import Entry, EntryFile, EntrySource
from bot.model.notice import Claim, Notice, NoticeKind, Outcome, Place, Retry, Sent
from bot.model.ticket import Attachment, Ticket
from bot.ports import Store

Write = Callable[[Notice, Ticket | None, str], Awaitable[Sequence[Written]]]
Repost = Callable[[DeliveryAttempt, Ticket], Awaitable[Place]]
"""Posts the card of a ticket again, after somebody deleted it."""


class ConversationCarrier:
    """`bot.outbox.Carrier` for `NoticeKind.ENTRY`, `NoticeKind.RECEIPT` and `NoticeKind.ORIGINAL`."""

    def __init__(
        self, client: AsyncWebClient, store: Store, write: Write, slack: Files, mails: MailFiles, repost: Repost
    ) -> None:
        """`slack`, `mails`: where the files of messages and of mails are read."""
        self._repost = repost
        self._client = client
        self._store = store
        self._write = write
        self._slack = slack
        self._mails = mails
        self._seen = Seen()

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        delivery = DeliveryAttempt(self._client, claim, self._seen)
        return await delivery.outcome(self._deliver(delivery, at), at)

    async def _deliver(self, delivery: DeliveryAttempt, at: datetime) -> Outcome:
        notice = delivery.claim.notice
        entry = await self._store.entry(str(notice.body["entry"])) if "entry" in notice.body else None
        if notice.kind is NoticeKind.ORIGINAL:
            return await self._original(delivery, entry) if entry else Sent()
        ticket = await self._store.get(notice.ticket_id)
        if ticket is None:
            return Sent()
        if notice.kind is NoticeKind.RECEIPT:
            return await self._receipt(notice, ticket)
        return await self._entry(delivery, entry, ticket, at) if entry else Sent()

    async def _entry(self, delivery: DeliveryAttempt, entry: Entry, ticket: Ticket, at: datetime) -> Outcome:
        notice = delivery.claim.notice
        card = await self._store.place(ticket.id, "card")
        if card is None:
            wait = backoff(delivery.claim.progress.failures + 1, notice.key)
            return Retry(at + wait, t("The card is not posted yet."), delivery.progress)
        [message] = await self._write(notice, ticket, card.link)
        place = await self._store.place(ticket.id, entry_place(entry.id))
        if place and await updated(self._client, place, message):
            return Sent()
        try:
            return Sent(await self._below(delivery, entry, message, card))
        except SlackApiError as error:
            if name_of(error) not in THREAD_GONE:
                raise
            card = await self._repost(delivery, ticket)
            [message] = await self._write(notice, ticket, card.link)
            return Sent(card, places=(await self._below(delivery, entry, message, card),))

    async def _below(self, delivery: DeliveryAttempt, entry: Entry, message: Written, card: Place) -> Place:
        """Posts the entry in the card's thread, with its files."""
        ts = await delivery.posted(card.channel, message, thread=card.ts)
        if entry.files and not delivery.has(FILES):
            await delivery.files_once(card.channel, card.ts, ts, lambda: self._upload(entry, card))
        return Place(ticket_id=entry.ticket_id, role=entry_place(entry.id), channel=card.channel, ts=ts)

    async def _receipt(self, notice: Notice, ticket: Ticket) -> Outcome:
        """Updates the receipt; where it was deleted, the entry in the thread says the same."""
        place = await self._store.place(ticket.id, str(notice.body["place"]))
        if place:
            await updated(self._client, place, (await self._write(notice, ticket, ""))[0])
        return Sent()

    async def _original(self, delivery: DeliveryAttempt, entry: Entry) -> Outcome:
        raw = await self._store.original(entry.id)
        channel = (await self._client.conversations_open(users=delivery.claim.notice.to))["channel"]["id"]
        if raw:
            name = f"{entry.id}.eml"

            async def upload() -> None:
                await self._client.files_upload_v2(content=raw, filename=name, title=name, channel=channel)

            await delivery.file_once(channel, name, upload)
        return Sent()

    # --- files

    async def _upload(self, entry: Entry, card: Place) -> None:
        found = [(file, await self._bytes(entry, file)) for file in entry.files]
        uploads = [
            {"filename": file.name, "title": file.name, "content": content} for file, content in found if content
        ]
        if uploads:
            await self._client.files_upload_v2(file_uploads=uploads, channel=card.channel, thread_ts=card.ts)

    async def _bytes(self, entry: Entry, file: EntryFile) -> bytes | None:
        if entry.source is EntrySource.CHANNEL:
            found = await self._slack.fetch(Attachment(id=file.id, name=file.name), MAX_BYTES)
            return found if isinstance(found, bytes) else None
        raw = await self._store.original(entry.id)
        return await self._mails.file(raw, file.number) if raw else None
