"""Somebody raises a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from blocks import kit, raising
from blocks.evidence import OFFERED
from blocks.kit import Json
from bot.answers import phone
from bot.attachments import read
from bot.customers import Customers
from bot.desk import Desk
from bot.kept import Kept
from bot.language import Language, spoken
from bot.ticket import Kind
from handlers.boundary import Boundary
from handlers.offering import Offering
from handlers.payload import Click, Command, Submission

COMMANDS = {
    "/retarus-incident": Kind.INCIDENT,
    "/retarus-service-request": Kind.SERVICE_REQUEST,
    "/retarus-change": Kind.CHANGE,
}
_FRESH = 60.0
"""Seconds a drawn form is used again: so much later, at most, a contact changed elsewhere is prefilled."""

Draft = tuple[tuple[str, str], ...]
"""What somebody put aside: it is asked for each time, as it may have been put aside through another replica."""


def register(desk: Desk, edge: Boundary) -> None:
    async def draw(asked: tuple[Kind, str, Language, Draft]) -> str:
        kind, user, _, draft = asked
        return await _begun(desk, kind, user, dict(draft))

    offering = Offering(desk)
    drawn = Kept(draw, _FRESH, most=500)

    async def open_form(asked: Command) -> None:
        await desk.require_staff(asked.user)
        kind = COMMANDS[asked.name]
        draft = await desk.draft(asked.user, kind)
        if asked.text:
            view = await _begun(desk, kind, asked.user, draft, asked.text)
        else:
            view = await drawn.get((kind, asked.user, spoken(), tuple(sorted(draft.items()))))
        await edge.client.views_open(trigger_id=asked.trigger, view=view)  # type: ignore[arg-type]  # Slack takes JSON

    async def show_more(click: Click) -> None:
        tenants = {"tenants": await Customers(desk).tenants_for(click.typed.get("customer", ""))}
        answers = {**await known(desk, click.user), **tenants, **click.typed}
        kind, source = Kind(click.value), source_in(click.about)
        shown = await offering.now(click)
        view = raising.modal(kind, desk.config, answers, more=True, source=source, offers=shown)
        await edge.client.views_update(view_id=click.view, hash=click.view_hash, view=view)

    async def redraw(click: Click) -> Json | None:
        shown = await offering.look(click)
        return None if shown is None else raising.again(click.about, desk.config, click.typed, shown)

    async def put_aside(click: Click) -> None:
        kind = Kind(click.value)
        await desk.put_aside(click.user, kind, click.typed)
        await edge.client.views_update(view_id=click.view, view=raising.put_aside(kind))

    async def throw_away(click: Click) -> None:
        kind = Kind(click.value)
        await desk.throw_away(click.user, kind)
        await edge.client.views_update(view_id=click.view, view=raising.thrown_away(kind))

    async def submit(form: Submission) -> Json | None:
        kind = Kind(form.ticket)
        await _raise(desk, kind, form)
        edge.tasks.start(desk.throw_away(form.user, kind), later=True)
        return None

    for name in COMMANDS:
        edge.commands[name] = open_form
    edge.clicks[raising.MORE] = show_more
    edge.clicks[raising.ASIDE] = put_aside
    edge.clicks[raising.AWAY] = throw_away
    edge.submissions[raising.RAISE] = submit
    edge.redraws[raising.RAISE] = redraw


async def _raise(desk: Desk, kind: Kind, form: Submission) -> None:
    """With the files that were added, or stood in the message it comes from."""
    files = (*form.files, *read(form.typed.get(OFFERED, "")))
    desk.require_fit(files)
    ticket = await desk.raise_ticket(form.user, kind, form.typed, form.view, source_in(form.about) or "")
    if files:
        await desk.attach(ticket.id, form.user, files, form.view)


def source_in(about: str) -> str | None:
    """The permalink a form keeps behind its kind; nothing where it does not come from a message."""
    _, bar, link = about.partition("|")
    return link if bar else None


async def _begun(desk: Desk, kind: Kind, user: str, draft: Mapping[str, str], text: str = "") -> str:
    """The form with what is known, what this person put aside, and what was typed behind the command."""
    answers = {**await known(desk, user), **draft, **({"happens": text} if text else {})}
    view = raising.modal(kind, desk.config, answers, more=raising.shows_more(draft), draft=bool(draft))
    return kit.serialised(view)


async def known(desk: Desk, user: str) -> dict[str, str]:
    """What nobody should have to type: the main customer ID, and oneself from the register."""
    contact = await desk.contact(user)
    prefilled = {
        "main_id": desk.config.customer.main_id,
        "contact": f"{contact.name}, {phone(contact.phone, None)}" if contact else "",
    }
    return {key: text for key, text in prefilled.items() if text}
