"""Search service: queries by people, and automatic lookups (guide, section 3: L1.5, L1.6)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.config.settings import Config
from bot.core.cleaning import clean_line, excerpt
from bot.core.clock import Clock, as_moment, as_utc, guide_time
from bot.core.errors import Refused
from bot.core.i18n import t
from bot.model.technical_note import TechnicalNote
from bot.model.ticket import Ticket
from bot.notes.service import Notes
from bot.search import ranking
from bot.search.documents import DocumentKind, story_of
from bot.search.ports import SearchIndex
from bot.search.ranking import RANKED, Candidates, QueryTerm, Ranked, SearchFilter
from bot.search.results import Hit, KnownIssueCheck, SearchResult
from bot.tickets import permissions
from bot.tickets.ports import Query
from bot.tickets.queries import Queries
from bot.tickets.reference import reference

LIMIT = 20
"""Hits of one search."""
_LATEST = 1000
"""Newest notes, among which those changed lately are searched for."""
QUERY = 300
"""Characters of a query that are read."""
_FAINT = 0.3
"""Lowest score of a hit relative to the best one."""

OFFERED = 4
"""Suggestions while an incident is being raised."""
_RECENT = timedelta(days=4)
"""Open tickets raised since then may be about the same."""
_SAME_TIME = timedelta(hours=6)
_LIKELY_TICKET, _LIKELY_NOTE = 0.22, 0.28
"""Lowest scores of automatic suggestions; measured, see `bench.search`."""
_TOGETHER = 2
"""Words it must hold."""
_AT_ONCE = 0.1
"""Bonus when both began at about the same time."""


ANYTHING = SearchFilter()


@dataclass(frozen=True)
class HitsByPlace:
    """Hits in each place that is searched before a handoff."""

    notes: Sequence[Hit]
    similar_tickets: Sequence[Hit]
    """Open tickets of the same services, with any owner."""
    past: Sequence[Hit]
    """The end-customer's history."""

    def hits(self, services: Sequence[str]) -> list[Hit]:
        """Each hit once: the suggestions, best first, then the history."""
        offered = _best([*self.notes, *self.similar_tickets], services)
        ids = {hit.found.id for hit in offered}
        return [*offered, *(hit for hit in self.past if hit.found.id not in ids)]


@dataclass(frozen=True)
class Search:
    """The search. Everybody on the team may use it."""

    queries: Queries
    notes: Notes
    store: SearchIndex
    config: Config
    clock: Clock

    async def find(
        self,
        text: str,
        by: str,
        narrow: SearchFilter = ANYTHING,
        *,
        shelves: Iterable[DocumentKind] = DocumentKind,
    ) -> SearchResult:
        """Finds notes and tickets by words, best first; a ticket or note called by its name comes first."""
        await self.queries.require_reader(by)
        text = clean_line(text)[:QUERY]
        named = await self._named(text, by)
        if named:
            return SearchResult([Hit(named)], words=[text])
        asked = await self._asked(text, typing=True)
        if not asked and not text and not narrow.customer:
            return await self._latest(narrow)
        found = await self._look(asked, narrow, shelves)
        if not found.hits and text.isdecimal():
            called = await self._called(text, by)
            return SearchResult([Hit(called)], words=[text]) if called else found
        best = max((hit.score for hit in found.hits), default=0.0)
        hits = sorted(found.hits, key=lambda hit: not hit.is_exact)
        return await self._with_stories(
            replace(found, hits=[hit for hit in hits if hit.is_exact or hit.score >= best * _FAINT][:LIMIT])
        )

    async def _with_stories(self, found: SearchResult) -> SearchResult:
        """With what was written along the way, for what was found by that alone: one more trip, where there is any."""
        ids = [hit.found.id for hit in found.hits if hit.is_story and isinstance(hit.found, Ticket)]
        if not ids:
            return found
        written: dict[str, list[str]] = {}
        for event in await self.store.histories(ids):
            written.setdefault(event.ticket_id, []).extend(story_of([event]).split("\n"))
        return replace(found, hits=[replace(hit, story=written.get(hit.found.id, ())) for hit in found.hits])

    async def _latest(self, narrow: SearchFilter) -> SearchResult:
        """The newest without words: tickets by when they were raised, notes by when they were changed."""
        if not narrow.service and narrow.since is None:
            return SearchResult()
        tickets, notes = await asyncio.gather(self._latest_tickets(narrow), self.store.notes(limit=_LATEST))
        dated = [(each.raised_at, Hit(each)) for each in tickets]
        dated += [
            (each.changed_at, Hit(each))
            for each in notes
            if _fits(each, narrow) and (not narrow.service or not each.services or narrow.service in each.services)
        ]
        newest = sorted(dated, key=lambda each: each[0], reverse=True)
        return SearchResult([hit for at, hit in newest if narrow.since is None or at >= narrow.since][:LIMIT])

    async def _latest_tickets(self, narrow: SearchFilter) -> Sequence[Ticket]:
        if not narrow.service:
            return await self.store.find(Query(limit=LIMIT))
        return (await self._look((), narrow, (DocumentKind.TICKETS,))).tickets

    async def _named(self, text: str, by: str) -> Ticket | TechnicalNote | None:
        note = await self.notes.named(text, by)
        return note if note or text.isdecimal() else await self._called(text, by)

    async def _called(self, text: str, by: str) -> Ticket | None:
        """A ticket by its name, or only its number."""
        try:
            return await self.queries.by_reference(text, by)
        except Refused:
            return None

    async def offered(self, typed: Mapping[str, str], by: str) -> SearchResult:
        """Suggests notes and open tickets of its services for an incident that is being raised.

        Nothing for a person who may raise a ticket, but not read others.
        """
        actor = await self.queries.actor(by)
        permissions.require_staff(actor)
        if not permissions.is_reader(actor):
            return SearchResult()
        asked, services = await self._asked(_described(typed)), _services(typed)
        found = _together(await asyncio.gather(self._noted(asked, services), self._alike(asked, typed, services)))
        return replace(found, hits=_best(found.hits, services)[:OFFERED])

    async def _noted(self, asked: Sequence[QueryTerm], services: Sequence[str]) -> SearchResult:
        """Notes that may be of the same problem, those of other services only where they fit very well; best first."""
        found = await self._look(asked, ANYTHING, (DocumentKind.NOTES,))
        return replace(found, hits=_best((hit for hit in found.hits if _is_likely(hit, services)), services))

    async def _alike(
        self, asked: Sequence[QueryTerm], typed: Mapping[str, str], services: Sequence[str]
    ) -> SearchResult:
        """Open tickets of the same services, raised lately, that may be the same problem; best first."""
        if not asked:
            return await self._recent(typed)
        found = await self._look(asked, self._recently_open(typed), (DocumentKind.TICKETS,))
        hits = [hit for hit in (_in_time(each, typed) for each in found.hits) if _is_likely(hit, services)]
        return replace(found, hits=_best(hits, services))

    def _recently_open(self, typed: Mapping[str, str]) -> SearchFilter:
        services, now = _services(typed), as_utc(self.clock())
        since = min(now, as_moment(typed.get("start", "")) or now) - _RECENT
        return SearchFilter(service=services[0] if len(services) == 1 else "", since=since, open=True)

    async def _recent(self, typed: Mapping[str, str]) -> SearchResult:
        """Tickets of the same service at the same time, before anything is described."""
        narrow = self._recently_open(typed)
        found = await self._look((), narrow, (DocumentKind.TICKETS,)) if narrow.service else SearchResult()
        hits = [hit for hit in found.hits if isinstance(hit.found, Ticket) and _is_at_once(hit.found, typed)]
        return SearchResult(hits[:OFFERED])

    async def similar(self, ticket: Ticket, by: str) -> SearchResult:
        """Finds tickets and notes with possibly the same problem, and the end-customer's history."""
        await self.queries.require_reader(by)
        return (await self.known(ticket)).found

    async def known(self, ticket: Ticket) -> KnownIssueCheck:
        """Looks through the notes, the open tickets of its services, and the history of the end-customer, at once;
        keeps with what, and what came of it."""
        services = _services(ticket.answers)
        asked = await self._asked(_described(ticket.answers))
        customer = SearchFilter(customer=ticket.answer("customer"))
        looked = await asyncio.gather(
            self._noted(asked, services),
            self._alike(asked, ticket.answers, services),
            self._look(asked, customer, (DocumentKind.TICKETS,)),
        )
        notes, similar_tickets, past = (_others(each, ticket) for each in looked)
        past = [hit for hit in past if hit.score >= _LIKELY_TICKET]
        places = HitsByPlace(notes[:OFFERED], similar_tickets[:OFFERED], past[:OFFERED])
        found = replace(_together(looked), hits=places.hits(services))
        return KnownIssueCheck(await self._with_stories(found), await self._answers(ticket, found, places))

    async def _answers(self, ticket: Ticket, found: SearchResult, places: HitsByPlace) -> dict[str, str]:
        """`known` is answered only for a ticket joined to another one: that an issue is new, a person states."""
        answers = {"searched": self._outcome(ticket, found, places)}
        if ticket.parent:
            parent = await self.queries.ticket(ticket.parent)
            name = reference(parent, self.config)
            return {**answers, "known": "yes", "known_as": ", ".join((name, *parent.rcr))}
        return answers | ({"known_as": self._name(found.hits[0].found)} if found.hits else {})

    def _outcome(self, ticket: Ticket, found: SearchResult, places: HitsByPlace) -> str:
        """`Technical notes for “550 connector”: TN-3. Open tickets of FAX: PD-1004. History of Müller GmbH: nothing.
        Searched 27.08.2019 - 11:20 UTC+2`."""
        notes, similar_tickets, past = map(self._names, (places.notes, places.similar_tickets, places.past))
        services = ", ".join(_services(ticket.answers)) or t("any service")
        asked = excerpt(" ".join(found.words), 200)
        at = guide_time(self.clock(), ticket.zone)
        customer = clean_line(ticket.answer("customer"))
        return t(
            "Technical notes for “{words}”: {notes}. Open tickets of {services}: {alike}. History of {customer}: "
            "{past}. Searched {at}",
            words=asked, notes=notes, services=services, alike=similar_tickets, customer=customer, past=past, at=at,
        )  # fmt: skip

    def _names(self, hits: Sequence[Hit]) -> str:
        names = [
            hit.found.name if isinstance(hit.found, TechnicalNote) else reference(hit.found, self.config)
            for hit in hits
        ]
        return ", ".join(names) or t("nothing")

    def _name(self, found: Ticket | TechnicalNote) -> str:
        """`TN-3: Connector rejects attachments`."""
        if isinstance(found, TechnicalNote):
            return excerpt(f"{found.name}: {found.title}", 120)
        return excerpt(f"{reference(found, self.config)}: {found.answer('happens')}", 120)

    async def _asked(self, text: str, *, typing: bool = False) -> list[QueryTerm]:
        """The words, with what else they may mean: one trip to the database."""
        terms = ranking.terms_of(text, self.config.desk.prefix)
        return ranking.clauses(terms, await self.store.alike(ranking.to_look_up(terms)), typing=typing)

    async def _look(
        self, asked: Sequence[QueryTerm], narrow: SearchFilter, shelves: Iterable[DocumentKind]
    ) -> SearchResult:
        """Documents that hold the terms, best first."""
        wanted = [shelf for shelf in shelves if asked or shelf is DocumentKind.TICKETS]
        found = await asyncio.gather(*(self._on(shelf, asked, narrow) for shelf in wanted))
        hits = sorted((hit for hits, _ in found for hit in hits), key=lambda hit: -hit.score)
        spread: dict[str, float] = {}
        for _, candidates in found:
            spread |= {word: count for word, count in candidates.spread.items() if count}
        places = [each.word for each in ranking.most_specific(asked, spread)] or [each.word for each in asked]
        return SearchResult(
            hits=hits,
            is_bounded=any(each.is_bounded for _, each in found),
            is_building=any(each.is_building for _, each in found),
            words=places,
        )

    async def _on(
        self, shelf: DocumentKind, asked: Sequence[QueryTerm], narrow: SearchFilter
    ) -> tuple[list[Hit], Candidates]:
        candidates = await self.store.candidates(shelf, asked, narrow)
        limit = RANKED if shelf is DocumentKind.NOTES and narrow.since else LIMIT
        best = ranking.ranked(asked, candidates)[:limit] if asked else _newest(candidates)
        numbers = [each.number for each in best]
        if shelf is DocumentKind.NOTES:
            notes = {note.number: note for note in await self.store.notes_called(numbers)}
            remaining = [each for each in best if each.number in notes and _fits(notes[each.number], narrow)]
            return [Hit.of(notes[each.number], each) for each in remaining], candidates
        tickets = {ticket.number: ticket for ticket in await self.store.tickets_called(numbers)}
        return [Hit.of(tickets[each.number], each) for each in best if each.number in tickets], candidates


def _together(found: Sequence[SearchResult]) -> SearchResult:
    """Several searches with the same words."""
    return SearchResult(
        hits=[hit for each in found for hit in each.hits],
        is_bounded=any(each.is_bounded for each in found),
        is_building=any(each.is_building for each in found),
        words=max((each.words for each in found), key=len, default=()),
    )


def _best(hits: Iterable[Hit], services: Sequence[str]) -> list[Hit]:
    """Those with the same error code, then best first; of equals, those of the same service."""

    def order(hit: Hit) -> tuple[bool, float, bool]:
        return not hit.has_error_code, -round(hit.score, 6), not set(_services_of(hit)) & set(services)

    return sorted(hits, key=order)


def _services_of(hit: Hit) -> Sequence[str]:
    return hit.found.services if isinstance(hit.found, TechnicalNote) else _services(hit.found.answers)


def _others(found: SearchResult, ticket: Ticket) -> list[Hit]:
    return [hit for hit in found.hits if hit.found.id != ticket.id]


def _described(answers: Mapping[str, str]) -> str:
    return "\n".join(filter(None, (answers.get("happens", ""), answers.get("error", ""))))


def _newest(candidates: Candidates) -> list[Ranked]:
    numbers = sorted((each.number for each in candidates.found), reverse=True)[:LIMIT]
    return [Ranked(number, 1.0, frozenset(), 0) for number in numbers]


def _fits(note: TechnicalNote, narrow: SearchFilter) -> bool:
    """Notes have no end-customer; they are as old as their last change."""
    if narrow.since and note.changed_at < narrow.since:
        return False
    return not note.is_retired and not (narrow.customer and not narrow.service)


def _services(answers: Mapping[str, str]) -> list[str]:
    return [each for each in answers.get("services", "").split("\n") if each]


def _is_likely(hit: Hit, services: Sequence[str]) -> bool:
    """True if it may be suggested automatically; never for a single word, always for the same rare error code."""
    if hit.words < _TOGETHER:
        return False
    if isinstance(hit.found, TechnicalNote):
        of_another = bool(hit.found.services and services and not set(hit.found.services) & set(services))
        is_same_error = hit.has_error_code and not of_another
        return is_same_error or hit.score >= _LIKELY_NOTE + (0.15 if of_another else 0.0)
    is_of = not services or bool(set(_services(hit.found.answers)) & set(services))
    return is_of and (hit.has_error_code or hit.score >= _LIKELY_TICKET)


def _in_time(hit: Hit, typed: Mapping[str, str]) -> Hit:
    if isinstance(hit.found, Ticket) and _is_at_once(hit.found, typed):
        return replace(hit, score=hit.score + _AT_ONCE)
    return hit


def _is_at_once(ticket: Ticket, typed: Mapping[str, str]) -> bool:
    """True if both began within some hours."""
    mine, theirs = as_moment(typed.get("start", "")), as_moment(ticket.answer("start"))
    began: datetime = theirs or ticket.raised_at
    return mine is not None and abs(mine - began) <= _SAME_TIME
