"""What does the desk know about this? The search, and what is looked up by itself (guide, section 3: L1.5, L1.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import rights, search
from bot.answers import as_moment
from bot.changing import Changing
from bot.clock import as_utc, guide_time
from bot.errors import Refused
from bot.indexed import Shelf
from bot.language import t
from bot.letter import reference
from bot.notes import Notes
from bot.search import Candidates, Clause, Narrow, Ranked
from bot.technical_note import TechnicalNote
from bot.text import one_line
from bot.ticket import Ticket

LIMIT = 20
"""Hits of one search."""
QUERY = 300
"""Characters of a query that are read."""
_FAINT = 0.3
"""How well a hit fits beside the best one, or it is left out."""

OFFERED = 4
"""Hits that are offered while somebody raises an incident."""
_RECENT = timedelta(days=4)
"""Open tickets raised since then may be about the same."""
_SAME_TIME = timedelta(hours=6)
_LIKELY_TICKET, _LIKELY_NOTE = 0.22, 0.28
"""How well something must fit to be offered without having been asked for: measured, see `bench.search`."""
_TOGETHER = 2
"""Words it must hold."""
_AT_ONCE = 0.1
"""What it counts that both began at about the same time."""


ANYTHING = Narrow()


@dataclass(frozen=True)
class Hit:
    """A ticket or a note that was found."""

    found: Ticket | TechnicalNote
    tokens: frozenset[str] = frozenset()
    """By which it was found."""
    score: float = 1.0
    words: int = 0
    """How many words of the query it holds; an id or error code counts as two."""

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says, the most telling first."""
        if isinstance(self.found, TechnicalNote):
            note = self.found
            return (note.symptom, note.cause, note.remedy, note.workaround, note.material)
        said = {key: text for key, text in self.found.answers.items() if text}
        return (said.get("happens", ""), said.get("error", ""), *said.values())


@dataclass(frozen=True)
class Found:
    """Everything one search found, best first."""

    hits: Sequence[Hit] = ()
    is_bounded: bool = False
    """Of a word that is everywhere only the newest were looked at."""
    is_building: bool = False
    """Older tickets are not in the index yet."""
    words: Sequence[str] = ()
    """What was searched for, the most telling words of a long text."""

    @property
    def tickets(self) -> list[Ticket]:
        return [hit.found for hit in self.hits if isinstance(hit.found, Ticket)]

    @property
    def notes(self) -> list[TechnicalNote]:
        return [hit.found for hit in self.hits if isinstance(hit.found, TechnicalNote)]


@dataclass(frozen=True)
class Known:
    """What was found when a ticket was about to be handed on: what is prefilled, for a person to judge."""

    found: Found
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Searching:
    """Finds. Everybody on the team may."""

    desk: Changing

    async def find(
        self,
        text: str,
        by: str,
        narrow: Narrow = ANYTHING,
        *,
        shelves: Iterable[Shelf] = Shelf,
    ) -> Found:
        """What fits the words best, notes and tickets together; what is called by its name, first."""
        rights.require_staff(await self.desk.actor(by))
        text = one_line(text, QUERY)
        named = await self._named(text, by)
        if named:
            return Found([Hit(named)], words=[text])
        found = await self._search(text, narrow, shelves, typing=True)
        best = max((hit.score for hit in found.hits), default=0.0)
        return replace(found, hits=[hit for hit in found.hits if hit.score >= best * _FAINT][:LIMIT])

    async def _named(self, text: str, by: str) -> Ticket | TechnicalNote | None:
        note = await Notes(self.desk).named(text, by)
        if note or text.isdigit():
            return note
        try:
            return await self.desk.by_reference(text, by)
        except Refused:
            return None

    async def offered(self, typed: Mapping[str, str], by: str) -> Found:
        """What may be the same problem as the incident being raised: notes, and open tickets of its services."""
        rights.require_staff(await self.desk.actor(by))
        services = _services(typed)
        now = as_utc(self.desk.clock())
        since = min(now, as_moment(typed.get("start", "")) or now) - _RECENT
        narrow = Narrow(service=services[0] if len(services) == 1 else "", since=since, open=True)
        text = "\n".join(filter(None, (typed.get("happens", ""), typed.get("error", ""))))
        if not text:
            return await self._lately(typed, narrow) if narrow.service else Found()
        found = await self._search(text, narrow, Shelf)
        hits = [hit for hit in (_in_time(each, typed) for each in found.hits) if _is_likely(hit, services)]
        return replace(found, hits=sorted(hits, key=lambda hit: -hit.score)[:OFFERED])

    async def _lately(self, typed: Mapping[str, str], narrow: Narrow) -> Found:
        """Before anything is described: what else began with the same service at the same time."""
        found = await self._search("", narrow, (Shelf.TICKETS,))
        hits = [hit for hit in found.hits if isinstance(hit.found, Ticket) and _is_at_once(hit.found, typed)]
        return Found(hits[:OFFERED])

    async def similar(self, ticket: Ticket, by: str) -> Found:
        """What may be the same problem as this ticket: what is offered for it, and the end-customer's history."""
        offered = await self.offered(ticket.answers, by)
        known = (await self.known(ticket)).found
        hits = {hit.found.id: hit for hit in (*offered.hits, *known.hits) if hit.found.id != ticket.id}
        return replace(offered, hits=list(hits.values()))

    async def known(self, ticket: Ticket) -> Known:
        """Looks through the notes, and the history of the end-customer; keeps with what and what came of it."""
        text = "\n".join(filter(None, (ticket.answer("happens"), ticket.answer("error"))))
        notes = await self._search(text, Narrow(), (Shelf.NOTES,))
        history = await self._search(text, Narrow(customer=ticket.answer("customer")), (Shelf.TICKETS,))
        services = _services(ticket.answers)
        hits = [hit for hit in notes.hits if _is_likely(hit, services)][:OFFERED]
        past = [hit for hit in history.hits if hit.found != ticket and hit.score >= _LIKELY_TICKET]
        past = [hit for hit in past if isinstance(hit.found, Ticket) and hit.found.id != ticket.id][:OFFERED]
        found = replace(notes, hits=[*hits, *past], is_building=history.is_building)
        return Known(found, await self._answers(ticket, found))

    async def _answers(self, ticket: Ticket, found: Found) -> dict[str, str]:
        """`known` is answered only where nobody need judge: something was chosen already, or there is nothing."""
        answers = {"searched": self._outcome(ticket, found)}
        if ticket.parent:
            parent = await self.desk.ticket(ticket.parent)
            name = reference(parent, self.desk.config)
            return {**answers, "known": "yes", "known_as": ", ".join((name, *parent.rcr))}
        if not found.hits and not found.is_building:
            return {**answers, "known": "no"}
        return answers | ({"known_as": self._name(found.hits[0].found)} if found.hits else {})

    def _outcome(self, ticket: Ticket, found: Found) -> str:
        """`Technical notes for “550 connector”: TN-3. History of Müller GmbH: nothing. 27.08.2019 - 11:20 UTC+2`."""
        notes = ", ".join(note.name for note in found.notes) or t("nothing")
        past = ", ".join(reference(each, self.desk.config) for each in found.tickets) or t("nothing")
        asked = one_line(" ".join(found.words), 200)
        at = guide_time(self.desk.clock(), ticket.zone)
        customer = one_line(ticket.answer("customer"), 75)
        return t(
            "Technical notes for “{words}”: {notes}. History of {customer}: {past}. Searched {at}",
            words=asked, notes=notes, customer=customer, past=past, at=at,
        )  # fmt: skip

    def _name(self, found: Ticket | TechnicalNote) -> str:
        """`TN-3: Connector rejects attachments`."""
        if isinstance(found, TechnicalNote):
            return one_line(f"{found.name}: {found.title}", 120)
        return one_line(f"{reference(found, self.desk.config)}: {found.answer('happens')}", 120)

    async def _search(self, text: str, narrow: Narrow, shelves: Iterable[Shelf], *, typing: bool = False) -> Found:
        """Two trips to the database: what else the words may mean, and what holds them."""
        terms = search.terms_of(text)
        asked = search.clauses(terms, await self.desk.store.alike(search.to_look_up(terms)), typing=typing)
        wanted = [shelf for shelf in shelves if asked or shelf is Shelf.TICKETS]
        found = await asyncio.gather(*(self._on(shelf, asked, narrow) for shelf in wanted))
        hits = sorted((hit for hits, _ in found for hit in hits), key=lambda hit: -hit.score)
        spread: dict[str, float] = {}
        for _, candidates in found:
            spread |= {word: count for word, count in candidates.spread.items() if count}
        told = [each.word for each in search.telling(asked, spread)] or [each.word for each in asked]
        return Found(
            hits=hits,
            is_bounded=any(each.is_bounded for _, each in found),
            is_building=any(each.is_building for _, each in found),
            words=told,
        )

    async def _on(self, shelf: Shelf, asked: Sequence[Clause], narrow: Narrow) -> tuple[list[Hit], Candidates]:
        candidates = await self.desk.store.candidates(shelf, asked, narrow)
        best = search.ranked(asked, candidates)[:LIMIT] if asked else _newest(candidates)
        numbers = [each.number for each in best]
        if shelf is Shelf.NOTES:
            notes = {note.number: note for note in await self.desk.store.notes_called(numbers)}
            kept = [each for each in best if each.number in notes and _fits(notes[each.number], narrow)]
            return [Hit(notes[each.number], each.tokens, each.score, each.words) for each in kept], candidates
        tickets = {ticket.number: ticket for ticket in await self.desk.store.tickets_called(numbers)}
        return [
            Hit(tickets[each.number], each.tokens, each.score, each.words) for each in best if each.number in tickets
        ], candidates


def _newest(candidates: Candidates) -> list[Ranked]:
    numbers = sorted((each.number for each in candidates.found), reverse=True)[:LIMIT]
    return [Ranked(number, 1.0, 1.0, frozenset(), 0) for number in numbers]


def _fits(note: TechnicalNote, narrow: Narrow) -> bool:
    """Notes have no end-customer."""
    return not note.is_retired and not (narrow.customer and not narrow.service)


def _services(answers: Mapping[str, str]) -> list[str]:
    return [each for each in answers.get("services", "").split("\n") if each]


def _is_likely(hit: Hit, services: Sequence[str]) -> bool:
    """Whether it may be offered without having been asked for: never for one word alone."""
    if hit.words < _TOGETHER:
        return False
    if isinstance(hit.found, TechnicalNote):
        of_another = bool(hit.found.services and services and not set(hit.found.services) & set(services))
        return hit.score >= _LIKELY_NOTE + (0.15 if of_another else 0.0)
    is_of = not services or bool(set(_services(hit.found.answers)) & set(services))
    return is_of and hit.score >= _LIKELY_TICKET


def _in_time(hit: Hit, typed: Mapping[str, str]) -> Hit:
    if isinstance(hit.found, Ticket) and _is_at_once(hit.found, typed):
        return replace(hit, score=hit.score + _AT_ONCE)
    return hit


def _is_at_once(ticket: Ticket, typed: Mapping[str, str]) -> bool:
    """Both began within some hours."""
    mine, theirs = as_moment(typed.get("start", "")), as_moment(ticket.answer("start"))
    began: datetime = theirs or ticket.raised_at
    return mine is not None and abs(mine - began) <= _SAME_TIME
