"""Actions in one line behind the command: `/retarus-ticket 1001 take`, by the services of the buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from blocks import tickets
from bot.desk import Desk
from bot.model.ticket import Ticket
from bot.model.transitions import Move, taking
from bot.tickets.one_line import Verb, parse
from handlers.dispatch import Dispatcher, Show
from handlers.payload import Command
from handlers.response_url import reply
from handlers.tickets import COMMAND

Act = Callable[[Desk, Ticket, str, str, str], Awaitable[Ticket]]
"""Acts on a ticket, with the words behind the verb, for a person; once for each key."""


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def act(asked: Command) -> Show | None:
        line = parse(asked.text, desk.config)
        if line is None:
            return None
        verb, words = line.read()
        ticket = await desk.queries.by_reference(line.ticket, asked.user)
        done = await _ACTS[verb](desk, ticket, words, asked.user, f"command:{asked.trigger}")

        async def show() -> None:
            message = tickets.done(verb, done, desk.config, await desk.queries.link(done))
            await reply(dispatcher.client, asked.response_url, message)

        return show

    dispatcher.saving_commands[COMMAND] = act
    dispatcher.saving_texts[COMMAND] = lambda text: parse(text, desk.config) is not None


async def _take(desk: Desk, ticket: Ticket, _words: str, by: str, once: str) -> Ticket:
    return await desk.tickets.act(ticket.id, taking(ticket), by, once)


def _move(move: Move) -> Act:
    async def act(desk: Desk, ticket: Ticket, _words: str, by: str, once: str) -> Ticket:
        return await desk.tickets.act(ticket.id, move, by, once)

    return act


async def _resolve(desk: Desk, ticket: Ticket, words: str, by: str, once: str) -> Ticket:
    return await desk.tickets.resolve(ticket.id, by, once, words or ticket.answer("remedy"), {})


async def _note(desk: Desk, ticket: Ticket, words: str, by: str, once: str) -> Ticket:
    return await desk.tickets.note(ticket.id, by, words, once)


async def _rcr(desk: Desk, ticket: Ticket, words: str, by: str, once: str) -> Ticket:
    return await desk.escalation.record_rcr(ticket.id, by, words, once)


async def _wait(desk: Desk, ticket: Ticket, words: str, by: str, once: str) -> Ticket:
    return await desk.reminders.wait(ticket.id, by, words, once)


_ACTS: dict[Verb, Act] = {
    Verb.TAKE: _take,
    Verb.TAKE_OVER: _move(Move.TAKE_OVER),
    Verb.ACCEPT: _move(Move.ACCEPT),
    Verb.CONFIRM: _move(Move.CONFIRM),
    Verb.RESOLVE: _resolve,
    Verb.NOTE: _note,
    Verb.RCR: _rcr,
    Verb.WAIT: _wait,
}
