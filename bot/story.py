"""Who hears of a change? The notices that are saved with it, and those that follow from how a delivery ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from bot.contacts import Contact
from bot.letter import LetterText
from bot.moves import Move, Step
from bot.notices import Claim, Dead, Notice, Outcome, Say, Sent
from bot.ticket import Event, Ticket


@dataclass(frozen=True)
class Routes:
    """Where notices go: ids, resolved when the program starts."""

    desk: str
    """Channel id of the desk."""
    retarus: str = ""
    """Channel id of the escalation channel; empty: letters do not go there."""
    email: str = ""
    """Retarus Support's address; empty: letters do not go by e-mail."""

    @property
    def lead_to_retarus(self) -> bool:
        return bool(self.retarus or self.email)


SILENT = frozenset({Move.RAISE.value, Step.FILL_IN.value})
"""What the card alone tells: no line of its own in the thread."""


_YOUR_TURN = frozenset(
    what.value for what in (Move.SEND_BACK, Move.RESOLVE, Move.REOPEN, Move.CUSTOMER_ANSWERED, Move.RETARUS_ANSWERED)
)
"""What gives the ball to the owner."""


def notices(before: Ticket | None, ticket: Ticket, event: Event, routes: Routes) -> list[Notice]:
    """The card, the thread's line, and a word to the one person whose turn it has become or no longer is."""
    told = [_notice(ticket, Say.CARD, routes.desk, event.at)]
    if event.what not in SILENT:
        told.append(_notice(ticket, Say.STORY, routes.desk, event.at))
    told += [_notice(ticket, Say.DIRECT, person, event.at) for person in _concerned(before, ticket, event)]
    return told


def _concerned(before: Ticket | None, ticket: Ticket, event: Event) -> Iterable[str]:
    """People whose duty the change begins or ends without their doing; the actor knows already."""
    people = {ticket.owner} if event.what == Step.REMIND.value else set[str]()
    if before and before.owner != ticket.owner:
        people |= {before.owner, ticket.owner}
    if event.what in _YOUR_TURN:
        people.add(ticket.owner)
    if before and event.what == Move.ACCEPT.value:
        people.discard(before.owner)  # they gave it away themselves, and the thread tells them who has it
    return sorted(people - {event.by})


def letters(ticket: Ticket, letter: LetterText, declarant: Contact, routes: Routes, at: datetime) -> list[Notice]:
    """The letter on each configured way to Retarus, word for word as it was previewed."""
    body: dict[str, JsonValue] = {"letter": letter.model_dump(mode="json"), "reply_to": declarant.email}
    ways = ((Say.LETTER_POST, routes.retarus), (Say.LETTER_MAIL, routes.email))
    return [_notice(ticket, say, to, at, body) for say, to in ways if to]


def after_delivery(claim: Claim, outcome: Outcome, ticket: Ticket, routes: Routes, at: datetime) -> Sequence[Notice]:
    """A receipt in the thread when a letter arrived; when a notice is dead, the owner is told where they can see it."""
    notice = claim.notice
    is_letter = notice.say in {Say.LETTER_POST, Say.LETTER_MAIL}
    if isinstance(outcome, Sent) and is_letter:
        return [
            _following(notice, ticket, Say.STORY, routes.desk, at, {"delivered": notice.say.value, "to": notice.to})
        ]
    if isinstance(outcome, Dead) and notice.say is not Say.DIRECT:
        say, to = (Say.STORY, routes.desk) if is_letter else (Say.DIRECT, ticket.owner)
        failed: dict[str, JsonValue] = {
            "failed": notice.say.value,
            "to": notice.to,
            "why": outcome.why,
            "key": notice.key,
        }
        return [_following(notice, ticket, say, to, at, failed, f"{claim.attempt}")]
    return []


def _notice(ticket: Ticket, say: Say, to: str, at: datetime, body: dict[str, JsonValue] | None = None) -> Notice:
    return Notice(
        key=f"{ticket.id}:{ticket.version}:{say.value}:{to}",
        ticket_id=ticket.id,
        lane=_lane(ticket, say, to),
        say=say,
        to=to,
        version=ticket.version,
        due=at,
        body=body or {},
    )


def _following(
    cause: Notice, ticket: Ticket, say: Say, to: str, at: datetime, body: dict[str, JsonValue], mark: str = ""
) -> Notice:
    notice = _notice(ticket, say, to, at, body)
    return notice.model_copy(update={"key": f"{cause.key}>{say.value}{mark}", "version": cause.version})


def _lane(ticket: Ticket, say: Say, to: str) -> str:
    """The card and its thread are one lane, so that the thread never comes before the card."""
    if say in {Say.CARD, Say.STORY}:
        return f"{ticket.id}:thread"
    return f"direct:{to}" if say is Say.DIRECT else f"{ticket.id}:{to}"
