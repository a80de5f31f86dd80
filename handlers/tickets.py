"""The `/retarus-ticket` command: lists open tickets, shows one ticket, or shows help."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

from blocks import handover, outage, tickets
from blocks.kit import Message
from bot.core.characters import plain
from bot.core.clock import as_utc
from bot.desk import Desk
from bot.model.ticket import Ticket
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Command
from handlers.response_url import reply

COMMAND = "/retarus-ticket"


async def _help(desk: Desk, _user: str) -> Message:
    return tickets.help_message(desk.config)


async def _outages(desk: Desk, user: str) -> Message:
    return outage.listing(await desk.outages.listed(user), desk.config)


async def _handover(desk: Desk, user: str) -> Message:
    return handover.begin(*await desk.handovers.mine(user))


_PAGES: dict[str, Callable[[Desk, str], Awaitable[Message]]] = {
    **dict.fromkeys(("help", "?", "hilfe"), _help),
    **dict.fromkeys(("outage", "outages", "ausfall", "ausfälle", "störung", "störungen"), _outages),
}
"""Words behind the command, each with what it shows."""
_HANDOVER = re.compile(r"(?:(?:shift|schicht)[-\s]?)?(?:hand[-\s]?over|(?:ü|ue)berg(?:abe|eben))(?!\w)")
"""Beginning of a request for the handover, whatever follows it: `hand over to Bea`."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def answer(asked: Command) -> None:
        await reply(dispatcher.client, asked.response_url, await look_up(asked.user, asked.text))

    async def look_up(user: str, text: str) -> Message:
        word = plain(text).casefold().strip() or await desk.queries.last_scope(user)
        if word in _PAGES:
            return await _PAGES[word](desk, user)
        if _HANDOVER.match(word):
            return await _handover(desk, user)
        if word in tickets.SCOPES:
            return await listing(user, word)
        ticket = await desk.queries.by_reference(text, user)
        who = await desk.queries.names([ticket.owner])
        return tickets.one(ticket, desk.config, who, await desk.queries.link(ticket))

    async def listing(user: str, scope: str) -> Message:
        found, total = await desk.queries.open_tickets(user, scope)
        dispatcher.tasks.start(desk.tickets.remember_scope(user, scope))
        who = await desk.queries.names([ticket.owner for ticket in found])
        return tickets.listing(found, total, scope, desk.config, who, await links(found), as_utc(desk.clock()))

    async def links(found: Sequence[Ticket]) -> dict[str, str]:
        return {ticket.id: await desk.queries.link(ticket) for ticket in found}

    async def change_scope(click: Click) -> None:
        message = await listing(click.user, click.value)
        await reply(dispatcher.client, click.response_url, message, replace=True)

    dispatcher.commands[COMMAND] = answer
    for scope in tickets.SCOPES:
        dispatcher.clicks[f"{tickets.SCOPE}{scope}"] = change_scope
