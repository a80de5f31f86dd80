"""How does a notice become a message in Slack, once and only once?"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from aiohttp import ClientError
from pydantic import JsonValue
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import name_of, outcome_of
from bot.adapters.slack.idempotent_posting import Posting, Written
from bot.adapters.slack.uploads import Uploads
from bot.core.backoff import backoff
from bot.core.i18n import t
from bot.escalation.ports import Files
from bot.model.notice import Claim, Notice, Outcome, Place, Retry, Say, Sent
from bot.model.ticket import Ticket
from bot.ports import Store

log = logging.getLogger(__name__)

Write = Callable[[Notice, Ticket | None, str], Awaitable[Sequence[Written]]]
"""Writes a notice, about a ticket whose card is at this link or about none, as one message or, when long, several."""


def _places(notice: Notice, channel: str, ts: str) -> tuple[Place, ...]:
    """Under which names the message is found again."""
    pairs = notice.pairs("places")
    return tuple(Place(ticket_id=ticket_id, what=what, channel=channel, ts=ts) for ticket_id, what in pairs)


def _is_channel(notice: Notice) -> bool:
    """Whether it goes to a channel, and not to a person."""
    return not notice.to.startswith(("U", "W"))


class SlackCarrier:
    """`bot.ports.Carrier` for everything that goes out through Slack."""

    def __init__(self, client: AsyncWebClient, store: Store, write: Write, files: Files, most: int) -> None:
        """`most`: bytes of files that go along with one letter."""
        self._client = client
        self._store = store
        self._write = write
        self._posted = Posting(client).posted
        self._uploads = Uploads(client, files, most)
        self._ways = {
            Say.CARD: self._card,
            Say.STORY: self._story,
            Say.DIRECT: self._direct,
            Say.REMINDERS: self._direct,
            Say.ANSWERED: self._answered,
            Say.CHASE_POST: self._chaser,
            Say.LETTER_POST: self._letter,
        }

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        notice = claim.notice
        try:
            if not notice.ticket_id:
                return await (self._post(claim) if _is_channel(notice) else self._direct(claim, None, at))
            ticket = await self._store.get(notice.ticket_id)
            if ticket is None:
                return Sent()  # erased since: nobody is to hear of it any more
            return await self._ways[notice.say](claim, ticket, at)
        except (SlackApiError, ClientError, OSError, TimeoutError) as error:
            return outcome_of(error, at, notice.key, claim.attempt)

    async def _card(self, claim: Claim, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Posted once, then drawn anew. An older notice has nothing to add to a newer card that is on its way."""
        is_first = claim.notice.version == claim.attempt == 1  # then there is none to look for
        place = None if is_first else await self._store.place(ticket.id, "card")
        if place and ticket.drawn > claim.notice.version:
            return Sent()
        message = (await self._write(claim.notice, ticket, place.link if place else ""))[0]
        if place and await self._redrawn(place, message):
            return Sent()
        ts = await self._posted(claim, claim.notice.to, message)
        return Sent(await self._place(ticket, "card", claim.notice.to, ts))

    async def _redrawn(self, place: Place, message: Written) -> bool:
        """False when somebody deleted the card: then it is posted again."""
        try:
            await self._client.chat_update(
                channel=place.channel, ts=place.ts, text=message.text, blocks=list(message.blocks)
            )
        except SlackApiError as error:
            if name_of(error) in {"message_not_found", "cant_update_message"}:
                return False
            raise
        return True

    async def _story(self, claim: Claim, ticket: Ticket, at: datetime) -> Outcome:
        place = await self._store.place(ticket.id, "card")
        if place is None:
            return Retry(at + backoff(claim.attempt, claim.notice.key), t("The card is not posted yet."))
        ts = ""
        for message in await self._write(claim.notice, ticket, place.link):
            ts = await self._posted(claim, place.channel, message, thread=place.ts)
        return Sent(places=_places(claim.notice, place.channel, ts))

    async def _direct(self, claim: Claim, ticket: Ticket | None, at: datetime) -> Outcome:  # noqa: ARG002
        opened = await self._client.conversations_open(users=claim.notice.to)
        place = await self._store.place(ticket.id, "card") if ticket else None
        channel, ts = opened["channel"]["id"], ""
        for message in await self._write(claim.notice, ticket, place.link if place else ""):
            ts = await self._posted(claim, channel, message)
        return Sent(places=_places(claim.notice, channel, ts))

    async def _answered(self, claim: Claim, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Draws each message anew in which one of these reminders stands; a message may hold others' too."""
        for name in claim.notice.names("places"):
            place = await self._store.place(ticket.id, name)
            if place is None:
                continue  # it was not posted yet, and will be posted as answered
            beside = await self._store.together(place.channel, place.ts)
            body: dict[str, JsonValue] = {"places": [[each.ticket_id, each.what] for each in beside], "total": 0}
            told = claim.notice.model_copy(update={"body": body})
            await self._redrawn(place, (await self._write(told, ticket, ""))[0])
        return Sent()

    async def _post(self, claim: Claim) -> Outcome:
        """In the channel itself, for everybody there."""
        for message in await self._write(claim.notice, None, ""):
            await self._posted(claim, claim.notice.to, message)
        return Sent()

    async def _letter(self, claim: Claim, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """A post of its own; a later letter is a reply to the first one."""
        first, *rest = await self._write(claim.notice, ticket, "")
        before = await self._store.place(ticket.id, "retarus")
        ts = await self._posted(claim, claim.notice.to, first, thread=before.ts if before else "")
        for number, message in enumerate(rest, start=2):
            await self._posted(claim, claim.notice.to, message, thread=ts, part=f"#{number}")
        left_out = await self._uploads.below(claim, ts)
        return Sent(await self._place(ticket, "retarus", claim.notice.to, ts), left_out)

    async def _chaser(self, claim: Claim, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Under the letter; where that never arrived, in the channel itself."""
        place, ts = await self._store.place(ticket.id, "retarus"), ""
        for message in await self._write(claim.notice, ticket, ""):
            ts = await self._posted(claim, claim.notice.to, message, thread=place.ts if place else "")
        return Sent(left_out=await self._uploads.below(claim, place.ts if place else ts, after=ts))

    async def _place(self, ticket: Ticket, what: str, channel: str, ts: str) -> Place:
        link = ""
        try:
            link = str((await self._client.chat_getPermalink(channel=channel, message_ts=ts))["permalink"])
        except (SlackApiError, ClientError, OSError, TimeoutError):
            log.warning("no permalink for a %s", what)  # a link is a convenience; the message is posted
        return Place.model_validate({"ticket_id": ticket.id, "what": what, "channel": channel, "ts": ts, "link": link})
