"""Suggestions of known issues, looked up while an incident is raised. Never before the form is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from blocks import known_issues
from blocks.create import DESCRIPTION
from blocks.kit import Json
from bot.core.ttl_cache import TtlCache
from bot.desk import Desk
from bot.known_issues.outage import are_of
from bot.model.ticket import Kind, Ticket
from bot.search.results import Hit, SearchResult
from handlers.payload import Click

_OUTAGES = 2
"""Running outages that are offered."""
_TTL = 5.0
"""Seconds the running outages are used without reading them again."""
_FORMS = 500
"""Forms whose shown suggestions are remembered."""


class SuggestionLookup:
    """Debounced look-up of suggestions for what is typed in a form: of many strokes in a row, only the last counts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.searching = desk.search
        self._running: TtlCache[str, list[Ticket]] = TtlCache(lambda _: desk.outages.running(), _TTL)
        self._newest: dict[str, Click] = {}
        """Latest typed text by form, while a look-up is running."""
        self._shown: dict[str, list[tuple[str, frozenset[str]]]] = {}
        """Form → its suggestions, and its marked ones."""

    async def look(self, click: Click) -> Sequence[Json] | None:
        """The suggestions; None when the form shows them already."""
        return await (self._while_typing(click) if click.block == DESCRIPTION else self.now(click))

    async def now(self, click: Click) -> Sequence[Json]:
        """The suggestions for what is typed; empty but for an incident."""
        if click.ticket != Kind.INCIDENT:
            return ()
        return await self._drawn(click, await self._found(click))

    async def _while_typing(self, click: Click) -> Sequence[Json] | None:
        """The suggestions; None when the form shows them already, or a look-up is running."""
        is_looking = click.view in self._newest
        self._newest[click.view] = click
        if is_looking:
            return None
        try:
            found = await self._up_to_date(click.view)
        finally:
            del self._newest[click.view]
        if _marked(found) == self._shown.get(click.view, []):
            return None
        return await self._drawn(click, found)

    async def _up_to_date(self, view: str) -> SearchResult:
        while True:
            newest = self._newest[view]
            found = await self._found(newest)
            if newest is self._newest[view]:
                return found

    async def _found(self, click: Click) -> SearchResult:
        found = await self.searching.offered(click.typed, click.user)
        return await self._with_outages(found, click)

    async def _with_outages(self, found: SearchResult, click: Click) -> SearchResult:
        """The suggestions, after the running outages of the chosen services."""
        if not await self.desk.outages.may_join(click.user):
            return found
        running = are_of(await self._running.get(""), click.typed.get("services", "").split("\n"))
        ids = {each.id for each in running[:_OUTAGES]}
        others = [hit for hit in found.hits if hit.found.id not in ids]
        return replace(found, hits=[*map(Hit, running[:_OUTAGES]), *others])

    async def _drawn(self, click: Click, found: SearchResult) -> Sequence[Json]:
        if len(self._shown) >= _FORMS:
            self._shown.clear()
        self._shown[click.view] = _marked(found)
        links = await self.desk.queries.card_links(found.tickets)
        return known_issues.offers(found, self.desk.config, links)


def _marked(found: SearchResult) -> list[tuple[str, frozenset[str]]]:
    return [(hit.found.id, hit.tokens) for hit in found.hits]
