"""Moves of a ticket: by one click, or by a form that asks for a reason."""

from __future__ import annotations

from blocks import priority_call, transitions
from blocks.kit import Json
from bot.desk import Desk
from bot.model.transitions import Move, Step
from bot.tickets.reference import reference
from handlers.conversation import recording
from handlers.dispatch import Dispatcher
from handlers.payload import Click, Submission

_FROM_RETARUS = (Move.RETARUS_UPDATE, Move.RETARUS_ANSWERED)


def register(desk: Desk, dispatcher: Dispatcher) -> None:
    async def make_move(click: Click) -> None:
        move = Move(click.action.removeprefix(transitions.MOVE))
        await desk.tickets.act(click.value, move, click.user, click.id)

    async def take_now(click: Click) -> None:
        await desk.tickets.take_now(click.value, click.user, click.id)

    async def ask(click: Click) -> None:
        move = _asked(click.action)
        ticket = await desk.queries.allowed(click.value, move, click.user)
        draft = await desk.customer_words.question(ticket) if move is Move.ASK_CUSTOMER else ""
        view = transitions.modal(move, ticket, reference(ticket, desk.config), desk.config, word=draft)
        if click.view and not click.is_home:  # clicked in another move's form, which is replaced by this one's
            await dispatcher.update_view(click.view, view)
        else:
            await dispatcher.open_for(click, view)

    async def submit(form: Submission) -> Json | None:
        await _carry_out(desk, _asked(form.callback), form, form.typed.get(transitions.WORD, ""))
        return None

    async def redraw(click: Click) -> Json:
        move, ticket = _asked(click.view_callback), await desk.queries.open_to(click.ticket, click.user)
        return transitions.modal(move, ticket, reference(ticket, desk.config), desk.config, click.typed)

    dispatcher.saving_clicks[priority_call.TAKE_NOW] = take_now
    for move in transitions.ONE_CLICK:
        dispatcher.saving_clicks[transitions.action_of(move)] = make_move
    for word in transitions.ASKED:
        dispatcher.clicks[transitions.action_of(word)] = ask
        dispatcher.submissions[transitions.action_of(word)] = submit
    for from_retarus in _FROM_RETARUS:
        dispatcher.redraws[transitions.action_of(from_retarus)] = redraw


async def _carry_out(desk: Desk, move: Move | Step, form: Submission, word: str) -> None:
    """Carries out the move with the typed word and the form's other answers."""
    if isinstance(move, Step):
        called, along = form.typed.get(transitions.CALLED, ""), recording(desk, form)
        await desk.tickets.note(form.ticket, form.user, word, form.view, called, along)
    elif move in _FROM_RETARUS:
        along = recording(desk, form)
        await desk.retarus_replies.record_reply(
            form.ticket, form.user, move, word, form.typed, form.view, form.version, along
        )
    elif move is Move.RESOLVE:
        await desk.tickets.resolve(form.ticket, form.user, form.view, word, form.typed)
    else:
        await desk.tickets.act_with_text(form.ticket, move, form.user, form.view, transitions.ASKED[move].detail, word)


def _asked(action: str) -> Move | Step:
    name = action.removeprefix(transitions.ASK)
    return Step(name) if name in set(Step) else Move(name)
