"""The search of tickets and technical notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from blocks import search
from blocks.kit import Json
from bot.desk import Desk
from bot.search.ranking import SearchFilter
from bot.search.service import ANYTHING
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Command, Submission

COMMAND = "/retarus-find"


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    searching = desk.search

    async def asked(command: Command) -> None:
        await dispatcher.open_modal(command.trigger, await drawn({search.WORDS: command.text}, command.user))

    async def opened(click: Click) -> None:
        await dispatcher.open_for(click, await drawn({}, click.user))

    async def redraw(click: Click) -> Json:
        return await drawn(click.typed, click.user)

    async def submitted(form: Submission) -> Json | None:
        return await drawn(form.typed, form.user)

    async def drawn(typed: Mapping[str, str], user: str) -> Json:
        await desk.queries.require_reader(user)
        narrow = _narrow(typed, desk)
        text = typed.get(search.WORDS, "")
        found = await searching.find(text, user, narrow) if text.strip() or narrow != ANYTHING else None
        links = await desk.queries.card_links(found.tickets) if found else {}
        return search.modal(typed, found, desk.config, links)

    dispatcher.commands[COMMAND] = asked
    dispatcher.clicks[search.SEARCH] = opened
    dispatcher.submissions[search.SEARCH] = submitted
    dispatcher.redraws[search.SEARCH] = redraw


def _narrow(typed: Mapping[str, str], desk: Desk) -> SearchFilter:
    service, days = typed.get(search.SERVICE, ""), search.PERIODS.get(typed.get(search.SINCE, ""))
    return SearchFilter(
        service="" if service == search.ANY else service,
        customer=typed.get(search.CUSTOMER, ""),
        since=desk.clock() - timedelta(days=days) if days else None,
    )
