"""Notifications of a change: those saved with it, and those that follow from the result of a delivery."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from bot.forms.template_fields import BY_KEY, PREQUALIFICATION, TEMPLATE, example_field
from bot.model.contact import Contact
from bot.model.letter_text import LetterText
from bot.model.notice import BY_MAIL, Blocked, Claim, Dead, Gone, Notice, NoticeKind, Outcome, Sent, direct_lane
from bot.model.ticket import NOBODY, Event, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import AUTHOR, counted, kind_of
from bot.tickets.routes import Routes

SILENT = frozenset({Move.RAISE.value, Step.FILL_IN.value, Step.RETARUS_WROTE.value})
"""Events shown by the card, or by an entry of the conversation, without a line in the thread."""

TO_RETARUS = frozenset({NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL, NoticeKind.CHASE_POST, NoticeKind.CHASE_MAIL})
_DIRECT_MESSAGES = frozenset({NoticeKind.DIRECT, NoticeKind.REMINDERS})
"""Direct messages. A dead one is not reported."""

_YOUR_TURN = frozenset(
    kind.value
    for kind in (
        Move.SEND_BACK,
        Move.RESOLVE,
        Move.REOPEN,
        Move.CUSTOMER_ANSWERED,
        Move.GO_ON,
        Move.RETARUS_ANSWERED,
        Step.RETARUS_WROTE,
    )
)
"""Events the owner is notified of: most of them make the owner the next to act."""

_OUTCOMES = (Move.RESOLVE, Move.WITHDRAW, Move.REOPEN)
RELAYED = frozenset(
    each.value for each in (Move.RETARUS_UPDATE, Move.RETARUS_ANSWERED, Step.EXPECT, Step.FOUND, Step.RCR, *_OUTCOMES)
)
"""Events relayed to every ticket with the same cause: Retarus's answers, the remedy, that there is none, or that it
did not hold."""
FOLLOWED = RELAYED | {Move.ESCALATE.value, Move.CONFIRM.value}
"""Events relayed to the person who added an end-customer to an existing ticket."""

TO_ALL = "to_all"
"""Detail of a note that reaches every ticket with the same cause."""
HANDOVER = "handover"
"""Detail of a ticket that a colleague accepted with others: the giver gets one message for all of them."""
TOGETHER = "together"
"""Detail of a change that the leading ticket's own notifications tell in each thread and directly."""

AS_BEFORE = "as_before"
"""Detail of a handoff with the summary of the handoff before: its line in the thread does not repeat it."""
VERBATIM = "verbatim"
"""Detail of an answer of Retarus recorded word for word: their own message in the thread says it, and by whom."""


def is_silent(event: Event) -> bool:
    """True for an event that has no line in the thread unless it brings news, or files that the card does not name."""
    return event.kind in SILENT or bool(event.detail.get(VERBATIM))


_ON_THE_CARD = frozenset({Move.RAISE.value, Step.FILL_IN.value, Step.ATTACH.value})
"""Events whose files are named on the card until they are sent."""


def _has_line(ticket: Ticket, event: Event, news: Sequence[JsonValue]) -> bool:
    """True for an event with a line in the thread. Files have one when Retarus has the ticket: they can be sent now."""
    if event.detail.get(TOGETHER):
        return False
    has_files = bool(event.detail.get("files"))
    if event.kind in _ON_THE_CARD and has_files and not news:
        return ticket.stage is Stage.RETARUS
    return not is_silent(event) or bool(news) or has_files


def notices(before: Ticket | None, ticket: Ticket, event: Event, routes: Routes) -> list[Notice]:
    """The card, the thread's line, and a word to the person who must act from now on or no longer must."""
    notices_of_change = [notice(ticket, NoticeKind.CARD, routes.desk, event.at)]
    news: list[JsonValue] = list(news_of(before, ticket, event))
    if _has_line(ticket, event, news):
        notices_of_change.append(
            notice(ticket, NoticeKind.THREAD, routes.desk, event.at, {"news": news, **_redrawable(ticket, event)})
        )
    people = () if event.detail.keys() & {TOGETHER, HANDOVER} else _concerned(before, ticket, event)
    notices_of_change += [notice(ticket, NoticeKind.DIRECT, person, event.at, {"news": news}) for person in people]
    if before and before.times.standing and event.by:
        notices_of_change.append(
            notice(ticket, NoticeKind.ANSWERED, routes.desk, event.at, {"places": list(before.times.standing)})
        )
    return notices_of_change


SENDING = frozenset({Move.ESCALATE.value, Step.CHASE.value, Step.TELL.value})
"""Events whose line in the thread says how their deliveries ended."""


def _redrawable(ticket: Ticket, event: Event) -> dict[str, JsonValue]:
    """The place of a line that is redrawn once its letter has arrived."""
    return {"places": [[ticket.id, line_place(event.version)]]} if event.kind in SENDING else {}


TO_FIRST = frozenset({"workaround", "remedy", "their_workaround", "their_remedy"})
"""Answers the 1st level is notified of, for the end-customer (guide L2.5, L2.6, L3.5)."""
TO_SECOND = frozenset({"their_workaround", "their_remedy", "caused_by"})
"""Answers the 2nd level is notified of, to verify them."""
NEWS = ("priority", "cause", "workaround", "workaround_helps", "remedy", "plan", "verified")
"""Answers with a line in the thread when they are filled in; all others are on the card only, unless Retarus knows them
otherwise.
"""
_FACTS = frozenset(key for key, field in BY_KEY.items() if field.heading in {*TEMPLATE, *PREQUALIFICATION})


def news_of(before: Ticket | None, ticket: Ticket, event: Event) -> tuple[str, ...]:
    """New answers of this change, by key: findings of Retarus, and those in `NEWS`."""
    given = [key.removeprefix("answer.") for key, text in event.detail.items() if text and key.startswith("answer.")]
    if event.kind in _FROM_RETARUS:
        return tuple(given)
    if before is None:
        return ()
    again = is_rejudged(before, ticket)
    if event.kind not in SILENT:  # its own line says the rest
        return ("priority",) if again and "priority" in given else ()
    keys = (*NEWS, *(key for key in given if key not in NEWS and _changes_letter(ticket, key)))
    return tuple(key for key in keys if key in given and ticket.answer(key) != "none" and (key != "priority" or again))


def _changes_letter(ticket: Ticket, key: str) -> bool:
    """True for an answer of the letter that was changed while Retarus has the ticket: it is offered to be sent."""
    return ticket.stage is Stage.RETARUS and (key in _FACTS or example_field(key) is not None)


_FROM_RETARUS = frozenset({Step.FOUND.value, Move.RETARUS_UPDATE.value, Move.RETARUS_ANSWERED.value})


def is_rejudged(before: Ticket | None, ticket: Ticket) -> bool:
    """True if the priority has changed: those concerned are notified (guide, section 3, 1st level)."""
    was = before.answer("priority") if before else ""
    return bool(was) and was != ticket.answer("priority")


def _concerned(before: Ticket | None, ticket: Ticket, event: Event) -> Iterable[str]:
    """People whose duty the change begins or ends without their action; the actor knows already."""
    people = set[str]()
    if before and before.owner != ticket.owner:
        people |= {before.owner, ticket.owner}
    if is_followed(event):
        people |= {each.by for each in ticket.affected} - {NOBODY}
    news = set(news_of(before, ticket, event)) or _taken_back(event)
    if kind_of(event) in _YOUR_TURN or "priority" in news:
        people.add(ticket.owner)
    people |= {ticket.first_owner} if news & TO_FIRST else set()
    people |= {ticket.second_owner or ticket.owner} if news & TO_SECOND else set()
    if event.kind == Step.UNDO.value:
        people.add(event.detail[AUTHOR])
    if before and before.stage is Stage.HANDED_OFF and event.kind in {Move.ACCEPT.value, Move.HAND_ON.value}:
        people.discard(before.owner)  # they reassigned it themselves, and the thread names the new owner
    return sorted(people - {event.by})


def _taken_back(event: Event) -> set[str]:
    """Answers of Retarus that an undoing takes back: whoever was notified of them is notified of it too."""
    is_theirs = event.kind == Step.UNDO.value and kind_of(event) in _FROM_RETARUS
    return {key.removeprefix("answer.") for key in event.detail if is_theirs and key.startswith("answer.")}


def is_followed(event: Event) -> bool:
    """True for a word to whoever added an end-customer; also that such a step was undone."""
    return kind_of(event) in FOLLOWED


_SAYS = ("answer", "remedy", "question", *(f"answer.{key}" for key in (*TO_FIRST, *TO_SECOND)))
"""Details that make a relayed word useful for others."""


def is_relayed(event: Event) -> bool:
    """True for a word that reaches every ticket with the same cause."""
    return kind_of(event) in RELAYED or bool(event.detail.get(TO_ALL))


def last_relayed(history: Sequence[Event]) -> Event | None:
    """Latest relayed event that a newly linked ticket has missed; a remedy that did not hold does not count."""
    notices_of_change: list[Event] = []
    for event in counted(history):
        if event.kind == Move.REOPEN.value:
            notices_of_change = []
            continue
        notices_of_change += [event] if is_relayed(event) else []
    return next(
        (event for event in reversed(notices_of_change) if any(map(event.detail.get, _SAYS))),
        notices_of_change[-1] if notices_of_change else None,
    )


def relayed(
    ticket: Ticket, leading: Ticket, event: Event, routes: Routes, by: str = "", at: datetime | None = None
) -> list[Notice]:
    """A word on the leading ticket, in the thread of one with the same cause, and to everybody who gives it to an
    end-customer: its owner, its first owner, and who joined it. `by`, `at`: who passes it on later, and when."""
    body: dict[str, JsonValue] = {"from": leading.id, "news": list(news_of(None, leading, event))}
    people = {ticket.owner, ticket.first_owner, *(each.by for each in ticket.affected)}
    people -= {"", NOBODY, by or event.by}
    ways = [(NoticeKind.THREAD, routes.desk), *((NoticeKind.DIRECT, person) for person in sorted(people))]
    return [
        notice(ticket, kind, to, at or event.at, body).model_copy(
            update={
                "key": f"{_key(leading.id, event.version, kind, to)}>{ticket.id}",
                "version": event.version,
            }
        )
        for kind, to in ways
    ]


def relayed_to_all(
    led: Sequence[Ticket], leading: Ticket, event: Event, routes: Routes, by: str = "", at: datetime | None = None
) -> list[Notice]:
    """A word on the leading ticket, in each thread; each person gets one direct message for all of their tickets."""
    notices_of_change = [each for ticket in led for each in relayed(ticket, leading, event, routes, by, at)]
    direct: dict[str, list[Notice]] = {}
    for each in notices_of_change:
        if each.kind is NoticeKind.DIRECT:
            direct.setdefault(each.to, []).append(each)
    numbers = {ticket.id: ticket.number for ticket in led}
    return [
        *(each for each in notices_of_change if each.kind is not NoticeKind.DIRECT),
        *(_bundled(each, numbers) for each in direct.values()),
    ]


def _bundled(notices_of_change: Sequence[Notice], numbers: Mapping[str, int]) -> Notice:
    """The first of one person's messages, with the numbers of the tickets it is about."""
    if len(notices_of_change) == 1:
        return notices_of_change[0]
    about: list[JsonValue] = [*sorted(numbers[each.ticket_id] for each in notices_of_change)]
    return notices_of_change[0].model_copy(update={"body": {**notices_of_change[0].body, "numbers": about}})


def letters(
    ticket: Ticket, sent: Iterable[Event], letter: LetterText, declarant: Contact, routes: Routes, at: datetime
) -> list[Notice]:
    """The letter on each configured way to Retarus, word for word as it was previewed.

    `sent`: the letters before it, which it answers; `after` in the body holds their keys, oldest first.
    """
    sent = tuple(sent)
    body: dict[str, JsonValue] = {"letter": letter.model_dump(mode="json"), "reply_to": declarant.email}
    ways = ((NoticeKind.LETTER_POST, routes.retarus), (NoticeKind.LETTER_MAIL, routes.email_at_first))
    return [notice(ticket, kind, to, at, {**body, "after": _keys(ticket, sent, kind, to)}) for kind, to in ways if to]


def _keys(ticket: Ticket, sent: Iterable[Event], kind: NoticeKind, to: str) -> list[JsonValue]:
    """The keys of the letters that these events sent on one way."""
    return [_key(ticket.id, event.version, kind, to) for event in sent]


def chasers(
    ticket: Ticket,
    sent: Iterable[Event],
    subject: str,
    text: str,
    declarant: Contact,
    routes: Routes,
    at: datetime,
) -> list[Notice]:
    """A word to Retarus on each way, as an answer to the letters that were `sent` before; `after` holds their keys."""
    sent, notices_of_change = tuple(sent), []
    for kind, letter, to in (
        (NoticeKind.CHASE_POST, NoticeKind.LETTER_POST, routes.retarus),
        (NoticeKind.CHASE_MAIL, NoticeKind.LETTER_MAIL, routes.email_at_first),
    ):
        after = _keys(ticket, sent, letter, to)
        body: dict[str, JsonValue] = {"subject": subject, "text": text, "reply_to": declarant.email, "after": after}
        notices_of_change += [notice(ticket, kind, to, at, body)] if to else []
    return notices_of_change


def has_sequel(cause: Notice, outcome: Outcome) -> bool:
    """True if this outcome of a delivery causes notifications: receipts, alerts of dead letters, and a next person."""
    if isinstance(outcome, Gone):
        return cause.kind in _DIRECT_MESSAGES
    if isinstance(outcome, Dead):
        return cause.kind not in {*_DIRECT_MESSAGES, NoticeKind.ANSWERED, NoticeKind.LINE}
    return isinstance(outcome, Sent | Blocked) and cause.kind in TO_RETARUS


def after_delivery(claim: Claim, outcome: Outcome, ticket: Ticket, routes: Routes, at: datetime) -> Sequence[Notice]:
    """The line of a letter redrawn when it arrived; a line of its own, or a message to the owner, when it is dead."""
    cause = claim.notice
    if not has_sequel(cause, outcome):
        return []
    is_letter = cause.kind in TO_RETARUS
    if isinstance(outcome, Sent):
        receipt: dict[str, JsonValue] = {"delivered": cause.kind.value, "to": cause.to, "of": cause.key}
        receipt |= {"place": line_place(cause.version), "places": [[ticket.id, receipt_place(cause.key)]]}
        mark = f"{claim.attempt}" if claim.attempt > 1 else ""
        return [_following(cause, ticket, NoticeKind.LINE, routes.desk, at, receipt, mark)]
    if isinstance(outcome, Blocked):
        return _waiting(cause, outcome, ticket, routes, at)
    if isinstance(outcome, Dead):
        kind, to = (NoticeKind.THREAD, routes.desk) if is_letter else (NoticeKind.DIRECT, ticket.owner)
        failed: dict[str, JsonValue] = {
            "failed": cause.kind.value,
            "to": cause.to,
            "why": outcome.reason,
            "key": cause.key,
        }
        instead = _fallback(cause, ticket, routes, at)
        failed |= {"instead": True} if instead else {}
        return [*instead, _following(cause, ticket, kind, to, at, failed, f"{claim.attempt}")]
    return []


def redirected(cause: Notice, ticket: Ticket, left: Sequence[str], people: Iterable[str], at: datetime) -> list[Notice]:
    """The same direct message, to others in place of a person who has left; `left` in the body: who was to get it."""
    body: dict[str, JsonValue] = {**cause.body, "left": list(left)}
    sent = [_following(cause, ticket, cause.kind, person, at, body, f":{person}") for person in people]
    return [each.nth(number) for number, each in enumerate(sent, start=1)]


def _waiting(cause: Notice, outcome: Blocked, ticket: Ticket, routes: Routes, at: datetime) -> list[Notice]:
    """A line in the thread that a letter waits, once for each. While all of Slack is closed, it could not be posted."""
    if cause.kind in {NoticeKind.LETTER_POST, NoticeKind.CHASE_POST} and not outcome.channel:
        return []
    waits: dict[str, JsonValue] = {"waits": cause.kind.value, "to": cause.to, "why": outcome.reason}
    return [_following(cause, ticket, NoticeKind.THREAD, routes.desk, at, waits, "waits")]


_FALLBACK_KIND = {
    NoticeKind.LETTER_POST: NoticeKind.LETTER_MAIL,
    NoticeKind.CHASE_POST: NoticeKind.CHASE_MAIL,
    NoticeKind.LETTER_MAIL: NoticeKind.LETTER_POST,
    NoticeKind.CHASE_MAIL: NoticeKind.CHASE_POST,
}


def _fallback(cause: Notice, ticket: Ticket, routes: Routes, at: datetime) -> list[Notice]:
    """Fallback: the same message by the other way, once; only where that is configured."""
    other = _FALLBACK_KIND.get(cause.kind)
    to = routes.email if other in BY_MAIL else routes.retarus
    if other is None or not (routes.fallback and to) or "instead_of" in cause.body:
        return []
    return [instead_of(cause, ticket, other, to, at)]


def by_mail_instead(cause: Notice, ticket: Ticket, address: str, at: datetime) -> Notice:
    """A message that was to be posted in the channel, by e-mail."""
    return instead_of(cause, ticket, _FALLBACK_KIND[cause.kind], address, at)


def instead_of(cause: Notice, ticket: Ticket, kind: NoticeKind, to: str, at: datetime) -> Notice:
    """The same message by another way; its key is that of the message which goes this way at first."""
    sent = notice(ticket, kind, to, at, {**cause.body, "instead_of": cause.key})
    return sent.model_copy(update={"key": _key(ticket.id, cause.version, kind, to), "version": cause.version})


def line_place(version: int) -> str:
    """The name of the place of the line in the thread that tells the event of this version."""
    return f"line:{version}"


def receipt_place(key: str) -> str:
    """The name of the place of a receipt with a line of its own, where the letter's line could not be redrawn."""
    return f"receipt:{key}"


def notice(ticket: Ticket, kind: NoticeKind, to: str, at: datetime, body: dict[str, JsonValue] | None = None) -> Notice:
    """One message about the ticket's present version."""
    return Notice(
        key=_key(ticket.id, ticket.version, kind, to),
        ticket_id=ticket.id,
        lane=_lane(ticket, kind, to),
        kind=kind,
        to=to,
        version=ticket.version,
        due=at,
        body=body or {},
    )


def _key(ticket_id: str, version: int, kind: NoticeKind, to: str) -> str:
    return f"{ticket_id}:{version}:{kind.value}:{to}"


def _following(
    cause: Notice, ticket: Ticket, kind: NoticeKind, to: str, at: datetime, body: dict[str, JsonValue], mark: str = ""
) -> Notice:
    notices_of_change = notice(ticket, kind, to, at, body)
    return notices_of_change.model_copy(update={"key": f"{cause.key}>{kind.value}{mark}", "version": cause.version})


def _lane(ticket: Ticket, kind: NoticeKind, to: str) -> str:
    """The card and its thread are one lane, so that the thread never comes before the card."""
    if kind in {NoticeKind.CARD, NoticeKind.THREAD, NoticeKind.ANSWERED, NoticeKind.LINE}:
        return f"{ticket.id}:thread"
    return direct_lane(to) if kind in _DIRECT_MESSAGES else f"{ticket.id}:{to}"
