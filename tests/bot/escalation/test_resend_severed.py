"""`Try again` for what died because the channel is no longer shared: by e-mail, or a refusal with the way out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Conflict, NotNow, Refused
from bot.model.notice import Dead, Notice, NoticeKind, Sent
from bot.model.ticket import Ticket
from bot.tickets.routes import Routes
from tests.factories import BEN, DESK, MAIL, RETARUS, World, a_contact, a_world


async def settle(world: World) -> list[Notice]:
    """Delivers everything but messages in the severed channel; returns those."""
    dead = []
    while claims := await world.store.claim(world.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            fails = claim.notice.to == RETARUS
            await world.store.settle(claim, Dead("not shared") if fails else Sent(), world.clock())
            dead += [claim.notice] if fails else []
    return dead


async def severed(email: str = "") -> tuple[World, Ticket, Notice]:
    """A letter that waited for the channel when that was severed; the address was set up later, if at all."""
    world = (await a_world(a_contact(BEN))).at(routes=Routes(desk=DESK, retarus=RETARUS))
    ticket = await world.sent()
    [dead] = await settle(world)
    return world.at(routes=Routes(desk=DESK, severed=RETARUS, email=email)), ticket, dead


async def mails(world: World, ticket: Ticket) -> list[Notice]:
    rows = [row.notice for row in await world.notices(ticket)]
    return [each for each in rows if each.kind in {NoticeKind.LETTER_MAIL, NoticeKind.CHASE_MAIL}]


async def test_letter_to_a_severed_channel_goes_by_mail_once() -> None:
    world, ticket, dead = await severed(MAIL)
    assert await world.desk.resend.try_again(dead.key, BEN)
    assert not await world.desk.resend.try_again(dead.key, BEN)
    [mail] = await mails(world, ticket)
    assert (mail.to, mail.body["letter"], mail.body["instead_of"]) == (MAIL, dead.body["letter"], dead.key)
    assert await world.desk.home.dead() == []


async def test_letter_is_refused_with_the_ways_out_where_no_address_is_set_up() -> None:
    world, ticket, dead = await severed()
    with pytest.raises(Refused, match="no e-mail address is set up: nothing can be sent from here"):
        await world.desk.resend.try_again(dead.key, BEN)
    assert await mails(world, ticket) == []


async def test_letter_that_went_by_mail_at_first_is_not_sent_that_way_again() -> None:
    world = await a_world(a_contact(BEN))
    ticket = await world.sent()
    [dead] = await settle(world)
    world = world.at(routes=Routes(desk=DESK, severed=RETARUS, email=MAIL))
    with pytest.raises(NotNow, match="Its e-mail has a receipt of its own"):
        await world.desk.resend.try_again(dead.key, BEN)
    assert len(await mails(world, ticket)) == 1


async def test_letter_with_other_facts_is_shown_before_it_goes_by_mail() -> None:
    world, ticket, dead = await severed(MAIL)
    ticket = await world.desk.queries.ticket(ticket.id)
    answers = {"error": "451 4.7.0 greylisted"}
    ticket = await world.desk.answers.fill_in(ticket.id, BEN, answers, world.form(), ticket.version)
    with pytest.raises(Conflict):
        await world.desk.resend.try_again(dead.key, BEN)
    shown = await world.desk.resend.rewritten(dead.key, BEN)
    assert shown
    assert shown.way == f"by e-mail to {MAIL}"
    assert "451 4.7.0 greylisted" in str(shown.letter)
    await world.desk.resend.send_rewritten(dead.key, BEN, world.form(), ticket.version)
    [mail] = await mails(world, ticket)
    assert "451 4.7.0 greylisted" in str(mail.body["letter"])


async def test_chaser_and_request_to_a_severed_channel() -> None:
    world = (await a_world(a_contact(BEN))).at(routes=Routes(desk=DESK, retarus=RETARUS))
    ticket = await world.sent()
    await world.desk.reminders.chase(ticket.id, BEN, "Please tell us how it stands.", world.form())
    await world.desk.reports.request("2019-07", BEN, "Please send the view", world.form())
    _, chaser, request = sorted(await settle(world), key=lambda each: list(NoticeKind).index(each.kind))
    world = world.at(routes=Routes(desk=DESK, severed=RETARUS, email=MAIL))
    assert await world.desk.resend.try_again(chaser.key, BEN)
    [mail] = await mails(world, ticket)
    assert (mail.kind, mail.body["text"]) == (NoticeKind.CHASE_MAIL, "Please tell us how it stands.")
    with pytest.raises(NotNow, match="Request it again: it then goes by e-mail"):
        await world.desk.resend.try_again(request.key, BEN)
