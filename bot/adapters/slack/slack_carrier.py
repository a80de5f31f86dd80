"""Carrier of notices to Slack: cards, lines in threads, direct messages, and letters in the Retarus channel."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from pydantic import JsonValue
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.api_errors import SLACK_ERRORS, THREAD_GONE, is_channel, name_of
from bot.adapters.slack.idempotent_posting import DeliveryAttempt, Seen, Written
from bot.adapters.slack.message_update import updated
from bot.adapters.slack.permalinks import Permalinks
from bot.adapters.slack.uploads import Uploads
from bot.core.backoff import backoff
from bot.core.i18n import t
from bot.escalation.correspondence import ANSWER
from bot.escalation.ports import Files
from bot.model.notice import FOUND, Claim, Notice, NoticeKind, Outcome, Place, Retry, Sent, nth_place
from bot.model.ticket import Ticket
from bot.ports import Store
from bot.tickets.priority_call import CALL

log = logging.getLogger(__name__)

Write = Callable[[Notice, Ticket | None, str], Awaitable[Sequence[Written]]]
"""Renders a notice, about a ticket whose card is at this link or about none, as one message or, when long, several."""

_REPOSTED_CARD = "#card"
"""The part of a notice that is the card, posted again because its thread was deleted."""
_DIRECT_MESSAGES = 1000
"""People whose direct message channel is remembered."""


@dataclass(frozen=True)
class _WithSubject:
    """A message outside a thread, with a line on top that says which ticket it is about."""

    message: Written
    subject: str

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def blocks(self) -> Sequence[dict[str, object]]:
        words = {"type": "plain_text", "text": self.subject, "emoji": False}
        return [{"type": "section", "text": words}, *self.message.blocks]


@dataclass
class _DirectMessages:
    """Ids of direct message channels by person: they never change."""

    client: AsyncWebClient
    known: OrderedDict[str, str] = field(default_factory=OrderedDict)

    async def channel(self, user: str) -> str:
        if user not in self.known:
            self.known[user] = str((await self.client.conversations_open(users=user))["channel"]["id"])
            while len(self.known) > _DIRECT_MESSAGES:
                self.known.popitem(last=False)
        return self.known[user]


def _places(notice: Notice, channel: str, ts: str) -> tuple[Place, ...]:
    """The message with the places under which it is found again."""
    pairs = notice.pairs("places")
    return tuple(Place(ticket_id=ticket_id, role=role, channel=channel, ts=ts) for ticket_id, role in pairs)


class SlackCarrier:
    """`bot.ports.Carrier` for everything that goes out through Slack."""

    def __init__(self, client: AsyncWebClient, store: Store, write: Write, files: Files, limit: int) -> None:
        """`limit`: bytes of files that go along with one letter."""
        self._client = client
        self._store = store
        self._write = write
        self._seen = Seen()
        self._permalinks = Permalinks(client)
        self._direct_messages = _DirectMessages(client)
        self._uploads = Uploads(files, limit)
        self._ways = {
            NoticeKind.CARD: self._card,
            NoticeKind.THREAD: self._thread_line,
            NoticeKind.DIRECT: self._direct,
            NoticeKind.REMINDERS: self._direct,
            NoticeKind.LINE: self._redrawn,
            NoticeKind.ANSWERED: self._answered,
            NoticeKind.CHASE_POST: self._chaser,
            NoticeKind.LETTER_POST: self._letter,
        }

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        delivery = DeliveryAttempt(self._client, claim, self._seen)
        return await delivery.outcome(self._deliver(delivery, at), at)

    async def _deliver(self, delivery: DeliveryAttempt, at: datetime) -> Outcome:
        notice = delivery.claim.notice
        if not notice.ticket_id:
            return await (self._post(delivery) if is_channel(notice.to) else self._direct(delivery, None, at))
        ticket = await self._store.get(notice.ticket_id)
        if ticket is None:
            return Sent()  # erased since: no one is notified about it any more
        return await self._ways[notice.kind](delivery, ticket, at)

    # --- the card and its thread

    async def _card(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Posts the card once, then updates it. A notice older than a card that is on its way has nothing to add."""
        notice = delivery.claim.notice
        is_first = notice.version == delivery.claim.attempt == 1  # then there is none to look for
        place = None if is_first else await self._store.place(ticket.id, "card")
        if place and ticket.drawn > notice.version:
            return Sent(await self._linked(place))
        message = (await self._write(notice, ticket, place.link if place else ""))[0]
        if place and await updated(self._client, place, message):
            return Sent(await self._linked(place))
        ts = "" if place else await self._found_again(notice, message)
        ts = ts or await delivery.posted(notice.to, message)
        return Sent(await self._place(ticket, "card", notice.to, ts))

    async def _found_again(self, notice: Notice, message: Written) -> str:
        """The timestamp of a card whose place was lost and that a repair found; empty where there is none."""
        ts = str(notice.body.get(FOUND, ""))
        place = Place(ticket_id=notice.ticket_id, role="card", channel=notice.to, ts=ts)
        return ts if ts and await updated(self._client, place, message) else ""

    async def _thread_line(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:
        place = await self._store.place(ticket.id, "card")
        if place is None:
            wait = backoff(delivery.claim.progress.failures + 1, delivery.claim.notice.key)
            return Retry(at + wait, t("The card is not posted yet."), delivery.progress)
        try:
            ts = await self._line(delivery, ticket, place)
        except SlackApiError as error:
            if name_of(error) not in THREAD_GONE:
                raise
            place = await self.repost_card(delivery, ticket)
            ts = await self._line(delivery, ticket, place)
            return Sent(place, places=_places(delivery.claim.notice, place.channel, ts))
        return Sent(await self._linked(place), places=_places(delivery.claim.notice, place.channel, ts))

    async def _line(self, delivery: DeliveryAttempt, ticket: Ticket, place: Place) -> str:
        notice = delivery.claim.notice.model_copy(update={"kind": NoticeKind.THREAD})
        messages = await self._write(notice, ticket, place.link)
        broadcast = delivery.claim.notice.kind is NoticeKind.THREAD and bool(notice.body.get(CALL))
        return await delivery.all_posted(place.channel, messages, thread=place.ts, broadcast=broadcast)

    async def repost_card(self, delivery: DeliveryAttempt, ticket: Ticket) -> Place:
        """Posts the card again after somebody deleted it; the thread continues below the new one."""
        notice = delivery.claim.notice.model_copy(update={"kind": NoticeKind.CARD, "body": {}})
        message = (await self._write(notice, ticket, ""))[0]
        ts = await delivery.posted(notice.to, message, part=_REPOSTED_CARD)
        log.warning("The card of a ticket was deleted, and is posted again.")
        return await self._place(ticket, "card", notice.to, ts)

    async def _redrawn(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:
        """Updates a message as it is now; a call's message has the notice's places from then on.

        Where the message is gone, a receipt gets a line of its own, and so does an event that the call was to tell.
        """
        notice = delivery.claim.notice
        place = await self._store.place(ticket.id, str(notice.body["place"]))
        if place:
            card = await self._store.place(ticket.id, "card")
            message = (await self._write(notice, ticket, card.link if card else ""))[0]
            if await updated(self._client, place, message):
                return Sent(places=await self._others_redrawn(notice, place, message))
        has_line = notice.body.keys() & {"delivered", "places"}
        return await self._thread_line(delivery, ticket, at) if has_line else Sent()

    async def _others_redrawn(self, notice: Notice, place: Place, message: Written) -> tuple[Place, ...]:
        """Updates a call's further messages in place of one, and gives the places that its message has from now on."""
        if CALL not in notice.body:
            return ()
        for number in count(2):
            other = await self._store.place(place.ticket_id, nth_place(place.role, number))
            if other is None:
                break
            await updated(self._client, other, message)
        return _places(notice, place.channel, place.ts)

    async def _answered(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Updates each message in which one of these reminders stands; a message may hold others' too.

        Each is updated once: an attempt that a rate limit ends goes on where the one before stopped.
        """
        notice = delivery.claim.notice
        for name in notice.names("places"):
            place = await self._store.place(ticket.id, name)
            if place is None:
                continue  # it was not posted yet, and will be posted with the answer
            part = f"{place.channel} {place.ts}"
            if not delivery.has(part):
                await self._update_reminders(notice, ticket, place)
                delivery.done(part, place.ts)
        return Sent()

    async def _update_reminders(self, notice: Notice, ticket: Ticket, place: Place) -> None:
        """Updates one message of reminders, with the other reminders in it."""
        others = await self._store.together(place.channel, place.ts)
        body: dict[str, JsonValue] = {"places": [[each.ticket_id, each.role] for each in others], "total": 0}
        reminder = notice.model_copy(update={"body": body})
        await updated(self._client, place, (await self._write(reminder, ticket, ""))[0])

    # --- to one person, and to a channel

    async def _direct(self, delivery: DeliveryAttempt, ticket: Ticket | None, at: datetime) -> Outcome:  # noqa: ARG002
        notice = delivery.claim.notice
        channel = await self._direct_messages.channel(notice.to)
        place = await self._store.place(ticket.id, "card") if ticket else None
        messages = await self._write(notice, ticket, place.link if place else "")
        ts = await delivery.all_posted(channel, messages)
        return Sent(places=_places(notice, channel, ts))

    async def _post(self, delivery: DeliveryAttempt) -> Outcome:
        """Posts in the channel itself, for everybody there."""
        notice = delivery.claim.notice
        await delivery.all_posted(notice.to, await self._write(notice, None, ""))
        return Sent()

    # --- to Retarus

    async def _letter(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Posts a message; a later letter is a reply to the first one, unless that was deleted."""
        place = await self._store.place(ticket.id, "retarus")
        try:
            return await self._letter_with_files(delivery, ticket, place)
        except SlackApiError as error:
            if name_of(error) not in THREAD_GONE:
                raise
        delivery.restart()
        return await self._letter_with_files(delivery, ticket, None)

    async def _letter_with_files(self, delivery: DeliveryAttempt, ticket: Ticket, before: Place | None) -> Outcome:
        notice = delivery.claim.notice
        first, *rest = await self._write(notice, ticket, "")
        ts = await delivery.posted(notice.to, first, thread=before.ts if before else "")
        root = before.ts if before else ts
        for number, message in enumerate(rest, start=2):
            await delivery.posted(notice.to, message, thread=root, part=f"#{number}")
        left_out = await self._uploads.below(delivery, root, after=ts)
        place = await self._linked(before) if before else await self._place(ticket, "retarus", notice.to, ts)
        return Sent(place, left_out)

    async def _chaser(self, delivery: DeliveryAttempt, ticket: Ticket, at: datetime) -> Outcome:  # noqa: ARG002
        """Posts below the letter; where there is none, or it was deleted, it begins a thread, with its subject."""
        place = await self._store.place(ticket.id, "retarus")
        if place:
            try:
                return await self._chaser_at(delivery, ticket, place)
            except SlackApiError as error:
                if name_of(error) not in THREAD_GONE:
                    raise
            delivery.restart()
        return await self._chaser_at(delivery, ticket, None)

    async def _chaser_at(self, delivery: DeliveryAttempt, ticket: Ticket, before: Place | None) -> Outcome:
        notice = delivery.claim.notice
        first, *rest = await self._write(notice, ticket, "")
        if before is None:
            first = _WithSubject(first, str(notice.body["subject"]).removeprefix(ANSWER))
        ts = await delivery.posted(notice.to, first, thread=before.ts if before else "")
        root = before.ts if before else ts
        for number, message in enumerate(rest, start=2):
            ts = await delivery.posted(notice.to, message, thread=root, part=f"#{number}")
        left_out = await self._uploads.below(delivery, root, after=ts)
        return Sent(None if before else await self._place(ticket, "retarus", notice.to, root), left_out)

    # --- places

    async def _place(self, ticket: Ticket, role: str, channel: str, ts: str) -> Place:
        place = Place(ticket_id=ticket.id, role=role, channel=channel, ts=ts)
        return await self._linked(place) or place

    async def _linked(self, place: Place) -> Place | None:
        """The place with its permalink if Slack did not tell it before; None when there is nothing new."""
        if place.link:
            return None
        try:
            link = await self._permalinks.of(place.channel, place.ts)
        except SLACK_ERRORS:
            log.warning("No permalink for a %s; it is made later.", place.role)  # the message itself is posted
            return None
        return place.model_copy(update={"link": link})
