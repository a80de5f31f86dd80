"""Somebody searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from blocks import find
from blocks.kit import Json
from bot.desk import Desk
from bot.search import Narrow
from bot.searching import ANYTHING, Searching
from handlers.boundary import Boundary
from handlers.payload import Click, Command, Submission

COMMAND = "/retarus-find"


def register(desk: Desk, edge: Boundary) -> None:
    searching = Searching(desk)

    async def asked(command: Command) -> None:
        await edge.client.views_open(
            trigger_id=command.trigger, view=await drawn({find.WORDS: command.text}, command.user)
        )

    async def opened(click: Click) -> None:
        await edge.client.views_open(trigger_id=click.trigger, view=await drawn({}, click.user))

    async def redraw(click: Click) -> Json:
        return await drawn(click.typed, click.user)

    async def submitted(form: Submission) -> Json | None:
        return await drawn(form.typed, form.user)

    async def drawn(typed: Mapping[str, str], user: str) -> Json:
        await desk.require_staff(user)
        narrow = _narrow(typed, desk)
        text = typed.get(find.WORDS, "")
        found = await searching.find(text, user, narrow) if text.strip() or narrow != ANYTHING else None
        links = await desk.store.card_links([ticket.id for ticket in found.tickets]) if found else {}
        return find.modal(typed, found, desk.config, links)

    edge.commands[COMMAND] = asked
    edge.clicks[find.SEARCH] = opened
    edge.submissions[find.SEARCH] = submitted
    edge.redraws[find.SEARCH] = redraw


def _narrow(typed: Mapping[str, str], desk: Desk) -> Narrow:
    service, days = typed.get(find.SERVICE, ""), find.PERIODS.get(typed.get(find.SINCE, ""))
    return Narrow(
        service="" if service == find.ANY else service,
        customer=typed.get(find.CUSTOMER, ""),
        since=desk.clock() - timedelta(days=days) if days else None,
    )
