"""Resending of undelivered notices; to Retarus only by authorised contacts, and only while it is current."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Conflict, NotNow, NotYours, Refused
from bot.core.i18n import Language, speaking
from bot.escalation import letter
from bot.escalation.letter import as_text
from bot.escalation.rewriting import rewritten
from bot.model.notice import Dead, Notice, NoticeKind, Sent
from bot.model.ticket import Attachment, Kind, Stage, Ticket
from bot.model.transitions import Move
from bot.privacy.erasure import PersonalDataArchive
from bot.tickets.ports import Batch
from bot.tickets.routes import Routes
from tests.factories import (
    ANNA,
    BEA,
    BEN,
    CARLA,
    DESK,
    MAIL,
    NEMO,
    NO_STAFF,
    RETARUS,
    World,
    a_config,
    a_contact,
    a_notice,
    a_world,
    an_incident,
)

TO_RETARUS = (NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL, NoticeKind.CHASE_POST, NoticeKind.CHASE_MAIL)


@pytest.fixture
async def world() -> World:
    """Two people who may send, and Bea, who is of the 2nd level and may not."""
    return await a_world(a_contact(BEN), a_contact(CARLA))


async def die(world: World, *says: NoticeKind) -> list[Notice]:
    """Delivers everything but these, which are dead letters from now on."""
    dead = []
    while claims := await world.store.claim(world.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            fails = claim.notice.kind in says
            await world.store.settle(claim, Dead("The mailbox is full.") if fails else Sent(), world.clock())
            dead += [claim.notice] if fails else []
    return dead


async def dead_letter(world: World, kind: NoticeKind = NoticeKind.LETTER_MAIL) -> tuple[Ticket, str]:
    """A ticket that is with Retarus, and a letter that never arrived there."""
    ticket = await world.sent()
    if kind in {NoticeKind.CHASE_POST, NoticeKind.CHASE_MAIL}:
        await world.desk.reminders.chase(ticket.id, BEN, "Please tell us how it stands.", world.form())
    (notice,) = await die(world, kind)
    return ticket, notice.key


async def state(world: World, key: str) -> str:
    letter = await world.store.letter(key)
    assert letter
    return letter.state


async def suspend(world: World, user: str) -> None:
    gone = a_contact(user, suspended_on=world.clock().date(), suspended_why="left")
    await world.store.apply(Batch(contacts=[gone]))


async def test_letter_that_is_dead_is_reported_and_can_be_tried_again(world: World) -> None:
    ticket = await world.sent()
    claims = await world.store.claim(world.clock(), timedelta(minutes=1), limit=100)
    claim = next(each for each in claims if each.notice.kind is NoticeKind.LETTER_MAIL)
    alarms = await world.desk.receipts.follow_up(claim, Dead("The mailbox is full."))
    await world.store.settle(claim, Dead("The mailbox is full."), world.clock(), alarms)
    (alarm,) = [notice for notice in await world.notices_of_kind(ticket, NoticeKind.THREAD) if "failed" in notice.body]
    assert await world.desk.resend.try_again(str(alarm.body["key"]), BEN)
    assert not await world.desk.resend.try_again(str(alarm.body["key"]), BEN)


@pytest.mark.parametrize("user", [NEMO, *NO_STAFF])
async def test_resend_needs_a_member_of_the_team(world: World, user: str) -> None:
    with pytest.raises(NotYours):
        await world.desk.resend.try_again("any", user)


@pytest.mark.parametrize("kind", TO_RETARUS)
async def test_resend_to_retarus_needs_an_authorised_contact(world: World, kind: NoticeKind) -> None:
    _, key = await dead_letter(world, kind)
    for user in (ANNA, BEA):
        with pytest.raises(NotYours, match="you cannot send to Retarus"):
            await world.desk.resend.try_again(key, user)
    assert await state(world, key) == "dead"
    assert await world.desk.resend.try_again(key, CARLA)
    assert await state(world, key) == "waiting"


@pytest.mark.parametrize("kind", TO_RETARUS)
async def test_letter_of_a_contact_who_is_no_longer_authorised_is_not_sent_again(
    world: World, kind: NoticeKind
) -> None:
    _, key = await dead_letter(world, kind)
    await suspend(world, BEN)
    with pytest.raises(
        NotYours, match=r"in the name of Ben Brandt, who may not send to Retarus any more. Who can: Carla Conrad."
    ):
        await world.desk.resend.try_again(key, CARLA)
    with pytest.raises(NotYours, match="suspended"):
        await world.desk.resend.try_again(key, BEN)
    assert await state(world, key) == "dead"


@pytest.mark.parametrize("kind", TO_RETARUS)
async def test_letter_of_a_returned_ticket_is_not_sent_again(world: World, kind: NoticeKind) -> None:
    ticket, key = await dead_letter(world, kind)
    await world.desk.tickets.act(ticket.id, Move.RETARUS_ANSWERED, BEN, world.form(), answer="Policy corrected")
    with pytest.raises(NotNow, match="PD-1001 is not with Retarus now"):
        await world.desk.resend.try_again(key, BEN)
    assert await state(world, key) == "dead"


async def test_letter_before_the_newest_one_was_sent_again_already(world: World) -> None:
    ticket, key = await dead_letter(world)
    ticket = await world.desk.tickets.act(
        ticket.id, Move.RETARUS_ANSWERED, BEN, world.form(), answer="Policy corrected"
    )
    ticket = await world.asked_again(ticket)
    ticket = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    (newest,) = await die(world, NoticeKind.LETTER_MAIL)
    assert not await world.desk.resend.try_again(key, BEN)
    assert await state(world, key) == "dead"
    assert await world.desk.resend.try_again(newest.key, BEN)


async def test_break_glass_letter_is_sent_again_by_a_person_with_that_right() -> None:
    world = await a_world(a_contact(BEN), a_contact(CARLA, attested_on=None))
    ticket = await world.complete()
    ticket = await world.desk.escalation.send(
        ticket.id, CARLA, world.form(), ticket.version, break_glass_reason="Ben is on a train"
    )
    (notice,) = await die(world, NoticeKind.LETTER_MAIL)
    with pytest.raises(NotYours):
        await world.desk.resend.try_again(notice.key, BEA)
    assert await world.desk.resend.try_again(notice.key, CARLA)


async def test_notice_that_is_not_for_retarus_is_resent_by_anybody_of_the_team(world: World) -> None:
    await world.raised()
    (card,) = await die(world, NoticeKind.CARD)
    assert await world.desk.resend.try_again(card.key, ANNA)


async def test_request_that_is_about_no_ticket_is_sent_again_by_an_authorised_contact_only(world: World) -> None:
    ticket = await world.raised()
    asked = a_notice(ticket, NoticeKind.REQUEST_MAIL).model_copy(update={"ticket_id": ""})
    await world.store.apply(Batch(notices=[asked]))
    await die(world, NoticeKind.REQUEST_MAIL)
    with pytest.raises(NotYours, match="you cannot send to Retarus"):
        await world.desk.resend.try_again(asked.key, ANNA)
    assert await world.desk.resend.try_again(asked.key, CARLA)


async def test_request_in_the_name_of_a_contact_who_is_no_longer_authorised_is_not_sent_again(world: World) -> None:
    await world.desk.reports.request("2019-07", BEN, "Please send us the view of July", world.form())
    (request,) = await die(world, NoticeKind.REQUEST_MAIL)
    await suspend(world, BEN)
    with pytest.raises(NotYours, match="in the name of Ben Brandt"):
        await world.desk.resend.try_again(request.key, CARLA)


async def dead_with_fallback(world: World) -> tuple[World, Notice]:
    """A desk with fallback, and a letter whose post failed: an e-mail waits in its place."""
    routes = Routes(desk=DESK, retarus=RETARUS, email=MAIL, fallback=True)
    world = world.at(routes=routes)
    await world.sent()
    while claims := await world.store.claim(world.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            if claim.notice.kind is NoticeKind.LETTER_POST:
                dead, outcome = claim.notice, Dead("The channel is archived.")
                await world.store.settle(
                    claim, outcome, world.clock(), await world.desk.receipts.follow_up(claim, outcome)
                )
                return world, dead
            await world.store.settle(claim, Sent(), world.clock())
    raise AssertionError


async def test_letter_that_went_by_the_other_way_is_not_sent_twice(world: World) -> None:
    world, post = await dead_with_fallback(world)
    assert not await world.desk.resend.try_again(post.key, BEN)
    assert await world.desk.home.dead() == []
    (mail,) = await die(world, NoticeKind.LETTER_MAIL)
    assert {each.notice.key for each in await world.desk.home.dead()} == {post.key, mail.key}
    assert await world.desk.resend.try_again(post.key, BEN)


# --- after a change of facts


async def corrected(world: World, ticket: Ticket) -> Ticket:
    ticket = await world.desk.queries.ticket(ticket.id)
    return await world.desk.answers.fill_in(
        ticket.id, BEN, {"error": "451 4.7.0 greylisted"}, world.form(), ticket.version
    )


async def newest(world: World, ticket: Ticket, kind: NoticeKind) -> Notice:
    found = [each.notice for each in await world.notices(ticket) if each.notice.kind is kind]
    return max(found, key=lambda notice: notice.version)


@pytest.mark.parametrize("kind", [NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL])
async def test_letter_with_other_facts_is_shown_before_it_is_sent_again(world: World, kind: NoticeKind) -> None:
    ticket, key = await dead_letter(world, kind)
    assert await world.desk.resend.rewritten(key, BEN) is None
    await corrected(world, ticket)
    with pytest.raises(Conflict):
        await world.desk.resend.try_again(key, BEN)
    shown = await world.desk.resend.rewritten(key, CARLA)
    assert shown
    assert "451 4.7.0 greylisted" in as_text(shown.letter)
    assert shown.letter.subject == shown.notice.body["letter"]["subject"]  # type: ignore[index,call-overload]
    await world.desk.resend.send_rewritten(key, CARLA, world.form(), shown.ticket.version)
    assert await state(world, key) == "dropped"
    again = await newest(world, ticket, kind)
    assert "451 4.7.0 greylisted" in str(again.body["letter"])
    assert await state(world, again.key) == "waiting"
    assert "451 4.7.0 greylisted" in await world.desk.escalation.last_letter(ticket)


async def test_rewritten_letter_is_sent_once_and_only_as_it_was_shown(world: World) -> None:
    ticket, key = await dead_letter(world)
    seen = (await corrected(world, ticket)).version
    await world.desk.answers.fill_in(ticket.id, BEN, {"error": "452 full"}, world.form(), seen)
    form = world.form()
    with pytest.raises(Conflict):
        await world.desk.resend.send_rewritten(key, BEN, form, seen)
    for _ in range(2):
        await world.desk.resend.send_rewritten(key, BEN, form, seen + 1)
    assert len([each for each in await world.notices(ticket) if each.notice.kind is NoticeKind.LETTER_MAIL]) == 2
    assert await world.desk.resend.rewritten(key, BEN) is None


async def test_rewritten_letter_keeps_its_files_and_what_was_new(world: World) -> None:
    ticket = await world.complete()
    trace = Attachment(id="F1", name="trace.log", size=10, by=BEN)
    await world.desk.evidence.attach(ticket.id, BEN, [trace], world.form())
    ticket = await world.desk.queries.ticket(ticket.id)
    ticket = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    (notice,) = await die(world, NoticeKind.LETTER_MAIL)
    assert await world.desk.resend.rewritten(notice.key, BEN) is None
    await corrected(world, ticket)
    shown = await world.desk.resend.rewritten(notice.key, BEN)
    assert shown
    assert "Attached: trace.log" in as_text(shown.letter)
    await world.desk.resend.send_rewritten(notice.key, BEN, world.form(), shown.ticket.version)
    again = await newest(world, ticket, NoticeKind.LETTER_MAIL)
    assert again.body["files"] == notice.body["files"]


async def test_second_letter_is_rewritten_with_its_news(world: World) -> None:
    ticket, _ = await dead_letter(world)
    ticket = await world.desk.tickets.act(
        ticket.id, Move.RETARUS_ANSWERED, BEN, world.form(), answer="Policy corrected"
    )
    ticket = await world.asked_again(ticket)
    ticket = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    (newest,) = await die(world, NoticeKind.LETTER_MAIL)
    assert await world.desk.resend.rewritten(newest.key, BEN) is None
    await corrected(world, ticket)
    shown = await world.desk.resend.rewritten(newest.key, BEN)
    assert shown
    assert "Policy corrected" in " ".join(shown.letter.news)


async def test_rewritten_letter_that_dies_too_can_be_tried_again(world: World) -> None:
    ticket, key = await dead_letter(world)
    seen = (await corrected(world, ticket)).version
    await world.desk.resend.send_rewritten(key, CARLA, world.form(), seen)
    (again,) = await die(world, NoticeKind.LETTER_MAIL)
    await suspend(world, BEN)
    with pytest.raises(NotYours, match="in the name of Ben Brandt"):
        await world.desk.resend.try_again(again.key, CARLA)


@pytest.mark.parametrize("user", [ANNA, BEA, NEMO])
async def test_rewritten_letter_is_sent_by_an_authorised_contact_only(world: World, user: str) -> None:
    ticket, key = await dead_letter(world)
    seen = (await corrected(world, ticket)).version
    with pytest.raises(NotYours):
        await world.desk.resend.rewritten(key, user)
    with pytest.raises(NotYours):
        await world.desk.resend.send_rewritten(key, user, world.form(), seen)
    assert await state(world, key) == "dead"


async def test_chaser_is_tried_again_as_it_was_written(world: World) -> None:
    ticket, key = await dead_letter(world, NoticeKind.CHASE_MAIL)
    await corrected(world, ticket)
    assert await world.desk.resend.try_again(key, BEN)


@pytest.mark.parametrize("letters", Language)
@pytest.mark.parametrize("reader", Language)
async def test_letter_in_either_language_is_tried_again_as_it_was_until_its_facts_change(
    letters: Language, reader: Language
) -> None:
    world = await a_world(a_contact(BEN), retarus={"language": letters})
    ticket, key = await dead_letter(world)
    with speaking(reader):
        assert await world.desk.resend.rewritten(key, BEN) is None
        await corrected(world, ticket)
        shown = await world.desk.resend.rewritten(key, BEN)
    assert shown
    assert shown.letter.language is letters
    assert "451 4.7.0 greylisted" in as_text(shown.letter)


async def test_letter_about_an_outage_is_tried_again_as_it_was_until_a_ticket_is_added(world: World) -> None:
    led = await world.raised(customer="Weber AG", tenants="77777RS")
    leading = await world.complete()
    leading = await world.desk.outages.gather(leading.id, BEN, [led.id], world.form())
    leading = await world.desk.escalation.send(leading.id, BEN, world.form(), leading.version)
    (notice,) = await die(world, NoticeKind.LETTER_MAIL)
    assert await world.desk.resend.rewritten(notice.key, BEN) is None
    late = await world.raised(customer="Huber KG", tenants="88888RS")
    leading = await world.desk.outages.gather(leading.id, BEN, [late.id], world.form())
    shown = await world.desk.resend.rewritten(notice.key, BEN)
    assert shown
    assert {"77777RS", "88888RS"} <= set(as_text(shown.letter).replace(",", " ").split())
    with pytest.raises(Conflict):
        await world.desk.resend.send_rewritten(notice.key, BEN, world.form(), leading.version - 1)
    await world.desk.resend.send_rewritten(notice.key, BEN, world.form(), leading.version)


@pytest.mark.parametrize("kind", [Kind.CHANGE, Kind.SERVICE_REQUEST])
def test_letter_of_each_kind_of_ticket_is_the_same_while_its_facts_are(kind: Kind) -> None:
    ticket, config = an_incident(Stage.RETARUS, kind=kind), a_config()
    body = {"letter": letter.write(ticket, a_contact(BEN), config).model_dump(mode="json")}
    notice = a_notice(ticket, NoticeKind.LETTER_MAIL, body=body)
    assert rewritten(notice, ticket, config) is None
    changed = ticket.model_copy(update={"answers": {**ticket.answers, "happens": "Add the domain weber.example"}})
    text = rewritten(notice, changed, config)
    assert text
    assert "Add the domain weber.example" in as_text(text)


@pytest.mark.parametrize("terms", [("Anna Arnold",), (BEN, "Ben Brandt")])
async def test_letter_that_was_forgotten_with_an_erased_person_is_not_sent_again(
    world: World, terms: tuple[str, ...]
) -> None:
    ticket, key = await dead_letter(world)
    await world.desk.tickets.act(ticket.id, Move.TAKE_OVER, BEA, world.form())
    archive = PersonalDataArchive(world.store, world.drafts, world.clock, by="root")
    await archive.erase(await archive.find(*terms))
    assert await world.desk.resend.rewritten(key, CARLA) is None
    with pytest.raises(Refused, match="This letter is no longer stored"):
        await world.desk.resend.try_again(key, CARLA)
