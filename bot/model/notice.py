"""Notices: messages that are saved with the change that causes them, and delivered afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, JsonValue

from bot.model.ticket import Glossed, Record, Utc


class NoticeKind(Glossed):
    """Type of a notification, which decides its delivery."""

    CARD = "card", "the ticket's card in the desk channel, posted once and then kept up to date"
    THREAD = "story", "one line of the story in the ticket's thread"
    DIRECT = "direct", "a direct message to one person"
    LETTER_POST = "letter_post", "the letter in the Retarus escalation channel"
    LETTER_MAIL = "letter_mail", "the letter as an e-mail to one address"
    CHASE_POST = "chase_post", "a later message to Retarus, in the thread under the letter"
    CHASE_MAIL = "chase_mail", "a later message to Retarus, as a reply to the letter's e-mail"
    REMINDERS = "reminders", "everything one person is reminded of, in one direct message"
    DIGEST = "digest", "the morning's overview: what is breached, stale or due today; belongs to no ticket"
    HANDOVER = "handover", "open tickets that are handed over to a colleague; belongs to no ticket"
    REPORT = "report", "a month's report with its charts and files; belongs to no ticket"
    VIEW = "view", "a reminder to ask Retarus for their view of a month; belongs to no ticket"
    REQUEST_POST = "request_post", "a request to Retarus that is about no ticket, in the escalation channel"
    REQUEST_MAIL = "request_mail", "a request to Retarus that is about no ticket, by e-mail"
    ALERT = "alert", "a warning to one admin, as a direct message: something of the desk itself does not work"
    ALERT_MAIL = "alert_mail", "a warning to one admin by e-mail, while Slack cannot be used"
    LINE = (
        "line",
        "a message of the ticket is redrawn: a delivery ended, or a call for the highest priority has changed",
    )
    ANSWERED = "answered", "reminders somebody has answered are struck through where they stand"
    ENTRY = "heard", "an entry of the conversation with Retarus, in the ticket's thread"
    RECEIPT = "receipt", "the receipt of a letter is redrawn: it was not delivered after all"
    ORIGINAL = "original", "the raw mail of an entry, as a file to one person; belongs to no ticket"
    WORD = "word", "a message to one person about the ways to Retarus; belongs to no ticket"
    GUIDES = "guides", "both guides, to a support contact; belongs to no ticket"


BY_MAIL = frozenset({NoticeKind.LETTER_MAIL, NoticeKind.CHASE_MAIL, NoticeKind.REQUEST_MAIL, NoticeKind.ALERT_MAIL})
"""Notifications sent by e-mail; all others are sent through Slack."""


FOUND = "found"
"""Key in the body of a card's notice: the timestamp of the message that is its card already."""


class Notice(Record):
    """One message to one recipient."""

    key: str
    """ticket id : version : kind : recipient. The same key is never saved, and so never sent, twice."""
    ticket_id: str
    """Empty for a notice that belongs to no ticket."""
    lane: str
    """Notices of one lane are delivered one after the other, in the order they were saved."""
    kind: NoticeKind = Field(validation_alias="say", serialization_alias="say")
    """Stored as `say`, which the releases before 0.2.0 read and wrote."""
    to: str
    """A channel id, a user id, or an e-mail address."""
    version: int
    """The ticket's version that caused it."""
    due: Utc
    body: dict[str, JsonValue] = Field(default_factory=dict)
    """Data that cannot be derived from the ticket and its history; depends on `kind`."""
    rank: int = Field(default=50, ge=0)
    """Delivery priority: of several notices that are due, the one with the lowest rank goes first."""

    @property
    def is_automatic(self) -> bool:
        """True for an e-mail that no person sends; its body says so, but for warnings to admins.

        It may have to wait for an hour, so its lane is its own.
        """
        return self.kind is NoticeKind.ALERT_MAIL or bool(self.body.get("automatic"))

    def names(self, key: str) -> list[str]:
        """A list of names in the body; empty where there is none."""
        found = self.body.get(key)
        return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def pairs(self, key: str) -> list[tuple[str, str]]:
        """A list of pairs in the body: ticket ids, each with the name of its place."""
        found = self.body.get(key)
        pairs = [each for each in found if isinstance(each, list)] if isinstance(found, list) else []
        return [(str(ticket_id), str(role)) for ticket_id, role in pairs]

    def nth(self, number: int) -> Notice:
        """The first, second … of several notices in place of this one, each with places of its own."""
        places: list[JsonValue] = [[ticket_id, nth_place(role, number)] for ticket_id, role in self.pairs("places")]
        return self.model_copy(update={"body": {**self.body, "places": places}}) if places else self


class Place(Record):
    """Slack message that carries a ticket."""

    ticket_id: str
    role: str
    """`card`, `retarus`: the letter there; `reminder:<version>`, and for a person's direct message `…:<user id>`."""
    channel: str
    ts: str
    link: str = ""
    """Permalink; empty when Slack did not tell it."""


class FailedAttempt(Record):
    """An attempt to deliver that did not succeed: when, and why."""

    at: Utc
    reason: str
    """A text for people, without personal data."""


MOST_FAILED = 20
"""Failed attempts that are remembered: the first one and the latest."""


class Progress(Record):
    """Progress of earlier delivery attempts: the next one neither repeats it nor begins again."""

    unsure: bool = False
    """An earlier attempt may have arrived: the next one looks for it before it sends anything."""
    posted: dict[str, str] = Field(default_factory=dict)
    """Parts that have arrived, each with the timestamp of its message."""
    searched: str = ""
    """The part an earlier attempt was looking for when it had to stop …"""
    cursor: str = ""
    """… and the page at which the search goes on."""
    failures: int = 0
    """Attempts that failed. Waiting for a rate limit or for a closed transport is no failure."""
    failed: tuple[FailedAttempt, ...] = ()
    """Every attempt that ended without a delivery and was to be repeated, oldest first."""

    def with_failed(self, at: datetime, reason: str) -> Progress:
        """The progress with one more attempt that ended without a delivery."""
        failed = (*self.failed, FailedAttempt(at=at, reason=reason))
        return self.model_copy(update={"failed": (*failed[:1], *failed[1:][1 - MOST_FAILED :])})


class Claim(Record):
    """A notice one worker has taken on to deliver, for the length of a lease."""

    notice: Notice
    attempt: int
    """1 for the first try; also the fencing token: a later claim has a higher one."""
    progress: Progress = Progress()


@dataclass(frozen=True)
class Held:
    """Notices that are not claimed now."""

    kinds: frozenset[NoticeKind] = frozenset()
    """Kinds of notices whose transport is closed."""
    recipients: frozenset[str] = frozenset()
    """Recipients that are closed, or wait for a rate limit."""

    def __bool__(self) -> bool:
        return bool(self.kinds or self.recipients)

    def holds(self, notice: Notice) -> bool:
        return notice.kind in self.kinds or notice.to in self.recipients


NOTHING_HELD = Held()

BLOCKED = timedelta(seconds=5)
"""Time until a blocked notice may be claimed again. Until its transport is open it is held, and is not."""


@dataclass(frozen=True)
class Sent:
    """Delivered. `place`: where the ticket can be found from now on, if this delivery created that place."""

    place: Place | None = None
    left_out: tuple[str, ...] = ()
    """Files that were not sent, with reasons: one sentence each."""
    places: tuple[Place, ...] = ()
    """Further places: a message about several tickets."""


@dataclass(frozen=True)
class Retry:
    """Not delivered, or the outcome is unknown; retried at `at`. `reason` is for people, without personal data."""

    at: Utc
    reason: str
    progress: Progress | None = None
    """None: as it was when the notice was claimed."""
    is_failure: bool = True
    """False: the recipient asked to wait, which is not counted as a failed attempt."""


@dataclass(frozen=True)
class Blocked:
    """Not delivered, because its transport is closed as a whole, or its channel.

    It waits until that is mended, and goes by itself then. `reason` is a sentence: what is wrong, what to do.
    """

    reason: str
    channel: str = ""
    """The channel that is closed; empty: the whole transport."""
    needed: str = ""
    """The missing permission, if that is the cause."""
    progress: Progress | None = None
    """None: as it was when the notice was claimed."""


@dataclass(frozen=True)
class Dead:
    """Cannot be delivered as things are. `reason` is a sentence for the ticket's owner: the fault and what to do."""

    reason: str
    progress: Progress | None = None
    """None: as it was when the notice was claimed."""


@dataclass(frozen=True)
class Gone:
    """Not delivered: its recipient has left the workspace. The next person is told instead."""


Outcome = Sent | Retry | Blocked | Dead | Gone


class Letter(Record):
    """An undelivered or delivered notice as people see it: a row of the outbox."""

    notice: Notice
    state: Literal["waiting", "sent", "dead", "dropped"]
    attempts: int
    reason: str = ""
    """Error of the last failed attempt."""
    at: Utc
    """Time of its last state change."""
    failed: tuple[FailedAttempt, ...] = ()
    """Attempts that ended without a delivery and were repeated, oldest first."""


def notice_without_ticket(
    kind: NoticeKind, key: str, to: str, due: datetime, body: dict[str, JsonValue] | None = None, *, lane: str = ""
) -> Notice:
    """A notice that belongs to no ticket. It has a lane of its own, unless another is given."""
    return Notice(key=key, ticket_id="", lane=lane or key, kind=kind, to=to, version=0, due=due, body=body or {})


def direct_lane(user: str) -> str:
    """The lane of one person's direct messages, aside from their tickets."""
    return f"direct:{user}"


def nth_place(role: str, number: int) -> str:
    """The name of the place of the first, second … of several messages in place of one."""
    return role if number == 1 else f"{role}#{number}"
