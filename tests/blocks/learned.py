"""All views of technical notes and of search results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from blocks import create, handoff, known_issues, notes, search
from blocks.form_state import FormState
from blocks.kit import Json, Message
from bot.config.settings import Config
from bot.model.notice import NoticeKind
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Kind, Ticket
from bot.notes.service import TEXTS, NotePage
from bot.search.results import (
    Hit,
    SearchResult,
)
from bot.search.tokens import indexed
from bot.tickets.notifications import RELAYED
from tests.factories import BEN, NOW, START, a_notice, an_event


def a_note(**values: Any) -> TechnicalNote:
    known = {
        "id": "n1",
        "number": 3,
        "symptom": "Attachments are rejected with 550 5.7.1",
        "services": ("Email Security",),
        "cause": "Connector 4.2 sends no size",
        "remedy": "Roll back to 4.1",
        "written_by": BEN,
        "written_at": NOW,
        "changed_by": BEN,
        "changed_at": NOW,
    }
    return TechnicalNote(**{**known, **values})


def longest_note(ticket: Ticket, **values: Any) -> TechnicalNote:
    """A note with every text as long as it may be, and as awkward."""
    text = ticket.answer("happens") * 9
    return a_note(**{key: text[:limit] for key, limit in TEXTS.items()}, **values)


def views(ticket: Ticket, config: Config, who: Callable[[str], str] = str) -> Iterator[tuple[str, Json]]:
    """Views by name."""
    note = longest_note(ticket, source="retarus")
    retired = longest_note(ticket, is_retired=True, retired_why=ticket.answer("happens"), version=9)
    yield from same(ticket, config)
    yield "note", notes.shown([note], who, "PD-1042")
    yield "note retired", notes.shown([retired] * 9, who)
    versions = [longest_note(ticket, version=number) for number in (3, 2, 1)]
    yield "note of before", notes.shown(versions, who, "PD-1042", version=2)
    yield "note new", notes.modal(None, config)
    yield "note from a ticket", notes.modal(note, config, about=ticket.id)
    yield "note changed", notes.modal(note, config, callback=notes.CHANGE, about="n1|3")
    yield "note retiring", notes.retiring(note)
    yield "find", search.modal({}, None, config, {})
    tokens = frozenset(indexed(ticket.answer("happens")))
    hits = [Hit(each, tokens) for each in (ticket, note) * 10]
    typed = {"words": ticket.answer("happens")[:300], "customer": "Müller GmbH", "service": "FAX", "since": "7"}
    found = SearchResult(hits, is_bounded=True, is_building=True)
    yield "found", search.modal(typed, found, config, {ticket.id: "https://nordlicht.slack.example/archives/C0/p1"})
    yield "found nothing", search.modal(typed, SearchResult(), config, {})


def listing(ticket: Ticket) -> list[Json]:
    """A full page of them."""
    many = tuple(longest_note(ticket, number=number, is_retired=number % 2 == 0) for number in range(10))
    return notes.listing(NotePage(many, 5000, 20))


def same(ticket: Ticket, config: Config) -> Iterator[tuple[str, Json]]:
    """Surfaces with possible duplicates."""
    other = ticket.model_copy(update={"id": "t2"})
    tokens = frozenset(indexed(ticket.answer("happens")))
    found = SearchResult([Hit(each, tokens) for each in (other, longest_note(ticket)) * 2])
    links = {other.id: "https://nordlicht.slack.example/archives/C0/p1"}
    for each in (ticket, ticket.model_copy(update={"parent": "t9", "parent_number": 1009})):
        yield f"known {each.parent}", known_issues.known(each, found, config, links)
    yield "known nothing", known_issues.known(ticket, SearchResult(), config, links)
    yield "joined", known_issues.joined(ticket, ticket.answer("happens")[:75], config, "")
    offers = known_issues.offers(found, config, links)
    for more in (False, True):
        yield (
            f"raising with offers {more}",
            create.modal(
                FormState(Kind.INCIDENT, more=more), config, ticket.answers, create.FormContext(offers=offers)
            ),
        )
    hits = known_issues.hits(found, config, links)
    yield "handoff with hits", handoff.modal(ticket, "PD-1042", config, None, {"searched": "nothing"}, hits)


def relayed(ticket: Ticket, config: Config, who: Callable[[str], str]) -> Iterator[tuple[str, Message]]:
    """Messages relayed from the leading ticket."""
    for step in sorted(RELAYED):
        event = an_event(ticket, step, BEN, answer=ticket.answer("happens"), rcr="RCR-1", update_due=START)
        for kind in (NoticeKind.THREAD, NoticeKind.DIRECT):
            notice = a_notice(ticket, kind, BEN, body={"from": "t9"})
            yield f"relayed {step} {kind}", known_issues.relayed(notice, ticket, ticket, event, config, who, "")
