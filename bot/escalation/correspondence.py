"""The correspondence with Retarus about one ticket: its one subject, and the news since the last letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.config.settings import Config
from bot.core.clock import guide_time
from bot.core.i18n import speaking, t
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import counted, kind_of

ANSWER = "Re: "
"""Beginning of the subject of a message that answers another."""
EAS = "eas"
"""The channel of a ticket that a person opened in the portal: no letter of ours was sent."""


def escalations(history: Iterable[Event]) -> list[Event]:
    """All escalations of the ticket, oldest first, by letter or in the portal."""
    return [event for event in history if event.kind == Move.ESCALATE.value]


def letters_sent(history: Iterable[Event]) -> list[Event]:
    """The escalations by letter: what a later word can answer."""
    return [event for event in escalations(history) if event.detail.get("way") != EAS]


def messages_sent(history: Iterable[Event]) -> list[Event]:
    """Letters and follow-ups, oldest first: what left here and can be answered."""
    return [event for event in history if event.kind in _WRITTEN and event.detail.get("way") != EAS]


def is_opened_in_portal(history: Iterable[Event]) -> bool:
    """True if the last escalation was opened in the portal."""
    return any(event.detail.get("way") == EAS for event in escalations(history)[-1:])


def subject(first_subject: str, ticket: Ticket, history: Iterable[Event]) -> str:
    """Subject of the next message to Retarus. It is stable but for their numbers: mail programs keep the thread.

    `first_subject`: the subject of a first message, as the ticket is now. A later one begins with `Re:`.
    """
    sent = messages_sent(history)
    first = (sent[0].detail.get("subject") or first_subject) if sent else first_subject
    numbers = "".join(f" [{number}]" for number in ticket.rcr if number not in first)
    return f"{ANSWER if sent else ''}{first}{numbers}"


SCOPE = frozenset({Step.LEAD.value, Step.UNLEAD.value, Step.JOIN.value})
"""Events after which a ticket stands for other end-customers or tickets than before."""


def is_scope_changed(history: Iterable[Event], seen: int) -> bool:
    """True if end-customers or tickets with the same cause came or went after that version."""
    return any(kind_of(event) in SCOPE and event.version > seen for event in history)


def newly_affected(history: Sequence[Event]) -> str:
    """Sentence with the tenants that were added since Retarus was last written to; empty without any."""
    history = counted(history)
    last = max((event.version for event in history if event.kind in _WRITTEN), default=0)
    added = [event.detail.get("tenants", "") for event in history if event.kind in _ADDED and event.version > last]
    tenants = dict.fromkeys(tenant for text in added for tenant in text.split())
    return t("Also affected since then: {tenants}", tenants=", ".join(tenants)) if last and tenants else ""


_WRITTEN = frozenset({Move.ESCALATE.value, Step.TELL.value, Step.CHASE.value})
_ADDED = frozenset({Step.LEAD.value, Step.JOIN.value})


def news(ticket: Ticket, history: Sequence[Event], config: Config) -> tuple[str, ...]:
    """Beginning of a second letter: the letter before, Retarus's answers since, and whether their remedy works.

    Empty for a first letter. In the language of letters.
    """
    earlier = escalations(history)
    if not earlier:
        return ()
    with speaking(config.retarus.language):
        return tuple(_news(ticket, history, earlier[-1]))


def _news(ticket: Ticket, history: Sequence[Event], last: Event) -> Iterable[str]:
    at = guide_time(ticket.sent_at or last.at, ticket.zone)
    if last.detail.get("way") == EAS:
        yield t("This follows what we opened in the EAS portal on {time}.", time=at)
    else:
        yield t("This follows our letter of {time}.", time=at)
    for event in counted(history):
        answer = event.detail.get("answer", "")
        if event.version > last.version and event.kind == Move.RETARUS_ANSWERED.value and answer:
            yield t("Your answer of {time}: {answer}", time=guide_time(event.at, ticket.zone), answer=answer)
    if affected := newly_affected(history):
        yield affected
    if ticket.answer("their_remedy"):
        yield t("Your remedy: {remedy}", remedy=ticket.answer("their_remedy"))
    if ticket.answer("verified"):
        yield (
            t("Verified by us: it helps")
            if ticket.answer("verified") == "yes"
            else t("Verified by us: it does not help")
        )
