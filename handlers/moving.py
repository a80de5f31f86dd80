"""Somebody moves a ticket, or says something about it."""

from __future__ import annotations

from blocks import moving
from blocks.kit import Json
from bot.desk import Desk
from bot.letter import reference
from bot.moves import Move, Step
from handlers.boundary import Boundary
from handlers.payload import Click, Submission


def register(desk: Desk, edge: Boundary) -> None:
    async def move(click: Click) -> None:
        what = Move(click.action.removeprefix(moving.MOVE))
        await desk.act(click.value, what, click.user, click.id)

    async def ask(click: Click) -> None:
        what = _asked(click.action)
        ticket = await desk.allowed(click.value, what, click.user)
        view = moving.modal(what, ticket, reference(ticket, desk.config))
        await edge.client.views_open(trigger_id=click.trigger, view=view)

    async def submit(form: Submission) -> Json | None:
        what, word = _asked(form.callback), form.typed.get(moving.WORD, "")
        if isinstance(what, Step):
            await desk.note(form.ticket, form.user, word, form.view)
        else:
            await desk.say(form.ticket, what, form.user, form.view, moving.ASKED[what].detail, word)
        return None

    for what in moving.ONE_CLICK:
        edge.clicks[moving.action_of(what)] = move
    for word in moving.ASKED:
        edge.clicks[moving.action_of(word)] = ask
        edge.submissions[moving.action_of(word)] = submit


def _asked(action: str) -> Move | Step:
    name = action.removeprefix(moving.ASK)
    return Step(name) if name in set(Step) else Move(name)
