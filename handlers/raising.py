"""Somebody raises a ticket."""

from __future__ import annotations

from blocks import raising
from blocks.kit import Json
from bot.answers import phone
from bot.desk import Desk
from bot.kept import Kept
from bot.ticket import Kind
from handlers.boundary import Boundary
from handlers.payload import Click, Command, Submission

COMMANDS = {"/retarus-incident": Kind.INCIDENT}

_FRESH = 60.0
"""Seconds a drawn form is used again: so much later, at most, a changed contact is prefilled."""


def register(desk: Desk, edge: Boundary) -> None:
    async def draw(asked: tuple[str, str]) -> Json:
        name, user = asked
        return raising.modal(COMMANDS[name], desk.config, await _known(desk, user))

    drawn = Kept(draw, _FRESH, most=500)

    async def open_form(asked: Command) -> None:
        view = await (_begun(desk, asked) if asked.text else drawn.get((asked.name, asked.user)))
        await edge.client.views_open(trigger_id=asked.trigger, view=view)

    async def show_more(click: Click) -> None:
        kind = Kind(click.value)
        view = raising.modal(kind, desk.config, {**await _known(desk, click.user), **click.typed}, more=True)
        await edge.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    async def redraw(click: Click) -> Json:
        return raising.modal(Kind(click.about), desk.config, click.typed, more=raising.shows_more(click.typed))

    async def submit(form: Submission) -> Json | None:
        await desk.raise_ticket(form.user, Kind(form.about), form.typed, form.view)
        return None

    for name in COMMANDS:
        edge.commands[name] = open_form
    edge.clicks[raising.MORE] = show_more
    edge.submissions[raising.RAISE] = submit
    edge.redraws[raising.RAISE] = redraw


async def _begun(desk: Desk, asked: Command) -> Json:
    """A form with what was typed behind the command."""
    answers = await _known(desk, asked.user) | {"happens": asked.text}
    return raising.modal(COMMANDS[asked.name], desk.config, answers)


async def _known(desk: Desk, user: str) -> dict[str, str]:
    """What nobody should have to type: the main customer ID, and oneself from the register."""
    contact = await desk.contact(user)
    known = {
        "main_id": desk.config.customer.main_id,
        "contact": f"{contact.name}, {phone(contact.phone, None)}" if contact else "",
    }
    return {key: text for key, text in known.items() if text}
