"""Ticket, its events, and their values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bot.core.cleaning import clean_text
from bot.core.clock import as_utc

Utc = Annotated[AwareDatetime, AfterValidator(as_utc)]
"""An aware datetime, always in UTC, to the millisecond."""

NOBODY = "ERASED"
"""Replaces the Slack user id of an erased person."""

Words = Annotated[str, AfterValidator(clean_text)]
"""Text a person typed, as it is saved: see `bot.core.cleaning.clean_text`."""


class Kind(StrEnum):
    """The three kinds of the guide's pre-qualification matrix (section 5)."""

    INCIDENT = "incident"
    SERVICE_REQUEST = "service_request"
    CHANGE = "change"


class Level(StrEnum):
    """Support levels of the guide's section 3."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class Party(StrEnum):
    """Party that has the ball: the one that must act next."""

    FIRST = "first"
    SECOND = "second"
    RETARUS = "retarus"
    CUSTOMER = "customer"


class Glossed(StrEnum):
    """A string enum whose members carry a gloss: `NAME = "value", "what it means"`."""

    gloss: str

    def __new__(cls, value: str, gloss: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.gloss = gloss
        return member


class Stage(Glossed):
    """Stage of a ticket."""

    NEW = "new", "raised; nobody at the 1st level has taken it yet, so whoever raised it owns it"
    FIRST = "first", "a 1st-level agent works on it"
    FIRST_ASKED = "first_asked", "the 1st level waits for the end-customer"
    HANDED_OFF = "handed_off", "offered to the 2nd level; nobody there has accepted it yet"
    SECOND = "second", "a 2nd-level engineer works on it"
    SECOND_ASKED = "second_asked", "the 2nd level waits for the end-customer"
    RETARUS = "retarus", "sent to Retarus, the 3rd level; their answer is awaited"
    RESOLVED = "resolved", "a remedy is there; the 1st level confirms it with the end-customer"
    CLOSED = "closed", "confirmed and done"

    @property
    def is_open(self) -> bool:
        return self is not Stage.CLOSED

    @property
    def level(self) -> Level:
        """The level that is responsible (guide, section 3)."""
        return _LEVEL[self]

    @property
    def worked_at(self) -> Level:
        """The partner's level that works on it: the 2nd level also takes care of tickets with Retarus."""
        return Level.SECOND if self.level is Level.THIRD else self.level

    @property
    def ball(self) -> Party | None:
        """The party that must act; none once it is closed."""
        return _BALL[self]

    @property
    def balls(self) -> frozenset[Party]:
        """The parties that may have to act: with Retarus, the 2nd level or the end-customer where they were asked."""
        asked = (Party.SECOND, Party.CUSTOMER) if self is Stage.RETARUS else ()
        return frozenset([*asked, *([self.ball] if self.ball else [])])


_LEVEL = {
    Stage.NEW: Level.FIRST,
    Stage.FIRST: Level.FIRST,
    Stage.FIRST_ASKED: Level.FIRST,
    Stage.HANDED_OFF: Level.SECOND,
    Stage.SECOND: Level.SECOND,
    Stage.SECOND_ASKED: Level.SECOND,
    Stage.RETARUS: Level.THIRD,
    Stage.RESOLVED: Level.FIRST,
    Stage.CLOSED: Level.FIRST,
}

_BALL = {
    Stage.NEW: Party.FIRST,
    Stage.FIRST: Party.FIRST,
    Stage.FIRST_ASKED: Party.CUSTOMER,
    Stage.HANDED_OFF: Party.SECOND,
    Stage.SECOND: Party.SECOND,
    Stage.SECOND_ASKED: Party.CUSTOMER,
    Stage.RETARUS: Party.RETARUS,
    Stage.RESOLVED: Party.FIRST,
    Stage.CLOSED: None,
}


class Record(BaseModel):
    """A frozen value. Unknown fields are ignored, so that two releases can share a database during an upgrade.

    For the same reason a renamed field is stored under its old key: that is its alias.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True)


class Attachment(Record):
    """A file in Slack for Retarus. Only its id is saved: its bytes are read when it is sent."""

    id: str
    """Slack's file id."""
    name: Words
    size: int = 0
    """Bytes."""
    type: str = ""
    """MIME type, as Slack tells it."""
    by: str = ""
    sent_at: Utc | None = None
    """Time when it was sent to Retarus; None while it waits for the next letter."""


class StatusReport(Record):
    """Report of Retarus's status page with its time. See `bot.escalation.status_page`."""

    health: Literal["fine", "trouble", "unknown"]
    """`unknown` when it could not be read, or was not looked at: never taken for good news."""
    says: tuple[Words, ...] = ()
    """Reported incidents, or the reason why they are not known."""
    at: Utc
    by: str = ""
    """User who looked at it themselves; empty when the desk did."""


class Nudge(Record):
    """The reminders of one timer."""

    at: Utc
    """The last one."""
    unanswered: int
    """Number of reminders since a person last acted."""


class Times(Record):
    """Moments and periods the clocks depend on: a fold over the history, see `bot.model.timestamps`."""

    touched: Utc | None = None
    """When a person last acted."""
    word: Utc | None = None
    """Time of the last message to or from Retarus."""
    update_due: Utc | None = None
    """Promised time of their next update."""
    eta: Utc | None = None
    """Expected time of their solution."""
    asked: Utc | None = None
    """Time of their question that is not answered yet."""
    customer_asked: Utc | None = None
    """Time of the open question to the end-customer, while Retarus works on it."""
    priorities: dict[str, Utc] = Field(default_factory=dict)
    """Priority → the first moment at which the ticket had it."""
    priority_at: Utc | None = None
    """Time when it got its present priority, as releases before `priorities` kept it."""
    plans: tuple[str, ...] = ()
    """The existing remedy or action plan, by field key."""
    planned: Utc | None = None
    """Time of the first remedy or action plan; None again when the ticket is reopened."""
    closed: Utc | None = None
    """Time of closing; None while it is open."""
    rests: tuple[tuple[Utc, Utc], ...] = ()
    """Periods in which nothing was owed: from a remedy, plan or closing until the ticket was reopened."""
    waits: tuple[tuple[Utc, Utc | None], ...] = ()
    """Periods of waiting for the end-customer."""
    snoozed_until: Utc | None = None
    pace: int | None = None
    """Minutes, in place of the policy's, between reminders of this ticket and until the first; None: the policy's."""
    nudges: dict[str, Nudge] = Field(default_factory=dict)
    """Reminders by clock."""
    standing: tuple[str, ...] = ()
    """Names of the places of unanswered reminders, newest last."""
    turn: Utc | None = None
    """Time since which the present party must act."""
    spent: dict[str, int] = Field(default_factory=dict)
    """Party → milliseconds it had to act before that."""


def ball(stage: Stage, times: Times) -> Party | None:
    """The party that must act: with Retarus, the end-customer or the 2nd level where they were asked something."""
    return ball_with(stage, times.customer_asked, times.asked)


def ball_with(stage: Stage, customer_asked: Utc | None, asked: Utc | None) -> Party | None:
    """The same, by the times of the open questions to the end-customer and to the 2nd level."""
    if stage is not Stage.RETARUS:
        return stage.ball
    if customer_asked:
        return Party.CUSTOMER
    return Party.SECOND if asked else stage.ball


class Affected(Record):
    """An end-customer with the same problem, who joined a ticket that was there already."""

    customer: Words
    impact: Words = ""
    contact: Words = ""
    """Our people who speak with them, as the guide's matrix asks."""
    tenants: tuple[str, ...] = ()
    """Tenants or dedicated customer IDs with Retarus, where the form named any."""
    by: str
    """Slack user id of who added them: they are notified about progress."""
    at: Utc


class Ticket(Record):
    """One ticket, as of one version. Never changed in place: see `bot.model.transitions`."""

    id: str
    """Opaque; the same for every delivery of the same submission."""
    number: int = 0
    """Number shown to people, assigned by the store when it is first saved; 0 before that."""
    version: int = 1
    """1 when raised, one more with every change."""
    kind: Kind
    stage: Stage = Stage.NEW
    raised_by: str
    """Slack user id, like every person below."""
    owner: str
    """The assignee: exactly one person, at any time."""
    first_owner: str
    """Last owner at the 1st level; the ticket goes back to them."""
    second_owner: str = ""
    raised_at: Utc
    since: Utc
    """When the present stage began."""
    source: str = ""
    """Permalink of the Slack message it was raised from."""
    zone: str
    """The reporter's IANA time zone: times in the letter are printed in it."""
    answers: dict[str, Words] = Field(default_factory=dict)
    """Field key → canonical answer, see `bot.forms.template_fields`. Missing answers are absent, never empty."""
    rcr: tuple[str, ...] = ()
    """Retarus's own ticket numbers, newest last."""
    sent_by: str = ""
    """The authorised contact who last sent it to Retarus; empty while it never was."""
    sent_at: Utc | None = None
    attachments: tuple[Attachment, ...] = ()
    status: StatusReport | None = None
    """The status page, when it was last looked at for this ticket."""
    bounces: int = 0
    """Number of times the 2nd level sent it back."""
    sent_back: Words = ""
    """Reason given by the 2nd level for sending it back; empty once it has left the 1st level again."""
    due: Utc | None = None
    """Time when it next needs attention; None when nothing waits."""
    reminded: int = 0
    """Reminders since the present stage began."""
    times: Times = Field(default_factory=Times)
    parent: str = ""
    """Id of the ticket with the same cause that leads; empty when this one stands by itself."""
    parent_number: int = 0
    """Number of the leading ticket."""
    leads: int = 0
    """Number of tickets that have this one for a parent."""
    affected: tuple[Affected, ...] = ()
    """End-customers with the same problem, besides the one it was raised for."""
    drawn: int = 0
    """The newest version whose card was requested; a reminder alone draws none."""
    undo_until: Utc | None = None
    """Time until which the step to this version can be undone; None where it cannot."""
    undo_entry: str = ""
    """Id of the message of Retarus that has the button for it; empty where the thread's line has it."""
    erased_at: Utc | None = None
    """Time when its personal data were erased, because it was closed for so long."""

    @property
    def level(self) -> Level:
        return self.stage.level

    @property
    def ball(self) -> Party | None:
        """The party that must act next."""
        return ball(self.stage, self.times)

    @property
    def is_erased(self) -> bool:
        """True if its personal data were erased since it last came to its present stage."""
        return self.erased_at is not None and self.erased_at >= self.since

    def answer(self, key: str) -> str:
        """The canonical answer, or an empty string."""
        return self.answers.get(key, "")


class Before(Record):
    """Values of a ticket before a step, kept with its event, so that the step can be undone."""

    stage: Stage
    owner: str
    first_owner: str
    second_owner: str
    since: Utc
    rcr: tuple[str, ...]
    bounces: int
    sent_back: Words
    reminded: int
    times: Times
    answers: dict[str, Words]
    """The answers that the step changed, as they were; an empty text where there was none."""
    affected: tuple[Affected, ...] | None = None
    """The end-customers that had joined, where the step added one."""
    entry: str = ""
    """Id of the message of Retarus that the step recorded."""


class Event(Record):
    """One event of a ticket. The history is append-only and complete."""

    ticket_id: str
    version: int
    """The ticket's version it led to; one event per version."""
    at: Utc
    by: str
    """Slack user id; empty for the clock."""
    kind: str = Field(validation_alias="what", serialization_alias="what")
    """Stored as `what`. A `bot.model.transitions.Move` or `bot.model.transitions.Step` value."""
    detail: dict[str, Words] = Field(default_factory=dict)
    """Details of the event: `reason`, `summary`, `rcr`, … ; depends on `kind`."""
    before: Before | None = None
    """Values before the step; None where it cannot be undone."""
