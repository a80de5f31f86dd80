"""Suggestions of known issues, looked up while an incident is raised. Never before the form is open."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import known_issues
from blocks.create import TOLD
from blocks.kit import Json
from bot.desk import Desk
from bot.model.ticket import Kind
from bot.search.results import SearchResult
from handlers.payload import Click

_FORMS = 500
"""Forms whose shown suggestions are remembered."""


class SuggestionLookup:
    """Debounced look-up of suggestions for what is typed in a form: of many strokes in a row, only the last counts."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.searching = desk.search
        self._newest: dict[str, Click] = {}
        """Latest typed text by form, while a look-up is running."""
        self._shown: dict[str, list[tuple[str, frozenset[str]]]] = {}
        """Form → its suggestions, and its marked ones."""

    async def look(self, click: Click) -> Sequence[Json] | None:
        """The suggestions; None when the form shows them already."""
        return await (self._while_typing(click) if click.block == TOLD else self.now(click))

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
        return await self.searching.offered(click.typed, click.user)

    async def _drawn(self, click: Click, found: SearchResult) -> Sequence[Json]:
        if len(self._shown) >= _FORMS:
            self._shown.clear()
        self._shown[click.view] = _marked(found)
        links = await self.desk.queries.card_links(found.tickets)
        return known_issues.offers(found, self.desk.config, links)


def _marked(found: SearchResult) -> list[tuple[str, frozenset[str]]]:
    return [(hit.found.id, hit.tokens) for hit in found.hits]
