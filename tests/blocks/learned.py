"""Everything that is shown of technical notes and of what a search found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from blocks import find, notes
from blocks.kit import Json
from bot.notes import TEXTS, Page
from bot.searching import Found, Hit
from bot.settings import Config
from bot.technical_note import TechnicalNote
from bot.ticket import Ticket
from bot.words import indexed
from tests.factories import BEN, NOW


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
    """Every text as long as it may be, and as awkward."""
    text = ticket.answer("happens") * 9
    return a_note(**{key: text[:most] for key, most in TEXTS.items()}, **values)


def views(ticket: Ticket, config: Config, who: Callable[[str], str] = str) -> Iterator[tuple[str, Json]]:
    """By name."""
    note = longest_note(ticket, source="retarus")
    retired = longest_note(ticket, is_retired=True, retired_why=ticket.answer("happens"), version=9)
    yield "note", notes.shown([note], who, "PD-1042")
    yield "note retired", notes.shown([retired] * 9, who)
    yield "note new", notes.modal(None, config)
    yield "note from a ticket", notes.modal(note, config, about=ticket.id)
    yield "note changed", notes.modal(note, config, callback=notes.CHANGE, about="n1|3")
    yield "note retiring", notes.retiring(note)
    yield "find", find.modal({}, None, config, {})
    tokens = frozenset(indexed(ticket.answer("happens")))
    hits = [Hit(each, tokens) for each in (ticket, note) * 10]
    typed = {"words": ticket.answer("happens")[:300], "customer": "Müller GmbH", "service": "FAX", "since": "7"}
    found = Found(hits, is_bounded=True, is_building=True)
    yield "found", find.modal(typed, found, config, {ticket.id: "https://nordlicht.slack.example/archives/C0/p1"})
    yield "found nothing", find.modal(typed, Found(), config, {})


def listing(ticket: Ticket) -> list[Json]:
    """A full page of them."""
    many = tuple(longest_note(ticket, number=number, is_retired=number % 2 == 0) for number in range(10))
    return notes.listing(Page(many, 5000, 20))
