"""All messages to Retarus are checked against Slack's current answers, whatever was cached (guide 2.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.core.errors import Refused
from bot.model.contact import Person
from bot.model.notice import Dead, NoticeKind
from bot.model.ticket import Level, Ticket
from bot.tickets.notifications import TO_RETARUS
from tests.factories import ANNA, BEN, CARLA, PEOPLE, Cast, World, a_contact, a_world

_LEASE = timedelta(minutes=1)


class RememberingCast(Cast):
    """A directory that answers as before Ben was deactivated, until it is told to ask again."""

    def __init__(self) -> None:
        self.is_asked_again = False
        self.has_left = False

    async def person(self, user_id: str) -> Person:
        if user_id == BEN and self.has_left and self.is_asked_again:
            return PEOPLE[BEN].model_copy(update={"is_active": False})
        return await super().person(user_id)

    async def levels(self, person: Person) -> frozenset[Level]:
        return frozenset({Level.SECOND}) if person.id == BEN else await super().levels(person)

    def forget(self, user_id: str) -> None:
        self.is_asked_again |= user_id == BEN


@pytest.fixture
async def world() -> World:
    world = await a_world(a_contact(BEN, has_eas=True))
    return world.at(directory=RememberingCast())


async def letter(world: World, ticket: Ticket) -> object:
    return await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)


async def portal(world: World, ticket: Ticket) -> object:
    opened = str(int(world.clock().timestamp()))
    return await world.desk.portal.opened(ticket.id, BEN, world.form(), ticket.version, opened, "RCR-5")


async def portal_text(world: World, ticket: Ticket) -> object:
    return await world.desk.portal.preview(ticket.id, BEN)


async def chaser(world: World, ticket: Ticket) -> object:
    return await world.desk.reminders.chase(ticket.id, BEN, "How does it stand?", world.form())


async def chaser_draft(world: World, ticket: Ticket) -> object:
    return await world.desk.reminders.chaser(ticket.id, BEN)


async def monthly_request(world: World, ticket: Ticket) -> object:
    await world.desk.reports.request("2019-07", BEN, "Please send us the view of July", world.form())
    return True


async def dead_letter_again(world: World, ticket: Ticket) -> object:
    (row,) = [each for each in await world.notices(ticket) if each.notice.kind is NoticeKind.LETTER_MAIL]
    claim = next(each for each in await world.store.claim(world.clock(), _LEASE, 50) if each.notice == row.notice)
    await world.store.settle(claim, Dead("refused"), world.clock())
    return await world.desk.resend.try_again(row.notice.key, BEN)


async def message(world: World, ticket: Ticket) -> object:
    shown = await world.desk.outbound.preview(ticket.id, BEN, "It is connector 4.2.")
    return await world.desk.outbound.send(
        ticket.id, BEN, "It is connector 4.2.", world.form(), ticket.version, shown.digest
    )


async def message_form(world: World, ticket: Ticket) -> object:
    return await world.desk.outbound.draft(ticket.id, BEN)


async def monthly_request_draft(world: World, ticket: Ticket) -> object:
    return await world.desk.reports.draft("2019-07", BEN)


async def rewritten_letter(world: World, ticket: Ticket) -> object:
    (row,) = [each for each in await world.notices(ticket) if each.notice.kind is NoticeKind.LETTER_MAIL]
    claim = next(each for each in await world.store.claim(world.clock(), _LEASE, 50) if each.notice == row.notice)
    await world.store.settle(claim, Dead("refused"), world.clock())
    answers = {"error": "451 4.7.0 greylisted"}
    changed = await world.desk.answers.fill_in(ticket.id, ANNA, answers, world.form(), ticket.version)
    return await world.desk.resend.send_rewritten(row.notice.key, BEN, world.form(), changed.version)


Leave = Callable[[World, Ticket], Awaitable[object]]
EVERYTHING = [
    letter,
    portal,
    portal_text,
    chaser,
    chaser_draft,
    message,
    message_form,
    monthly_request,
    monthly_request_draft,
    dead_letter_again,
    rewritten_letter,
]


async def outgoing(world: World, ticket: Ticket) -> int:
    """Number of messages to Retarus."""
    return sum(each.notice.kind in TO_RETARUS for each in await world.notices(ticket))


@pytest.mark.parametrize("leave", EVERYTHING)
async def test_person_who_was_deactivated_a_moment_ago_sends_nothing(world: World, leave: Leave) -> None:
    ticket = await (world.complete() if leave in {letter, portal, portal_text} else world.sent())
    cast = world.parts["directory"]
    cast.has_left, cast.is_asked_again = True, False
    before = await outgoing(world, ticket)
    with pytest.raises(Refused):
        await leave(world, ticket)
    assert cast.is_asked_again
    assert await outgoing(world, ticket) == before
    (ben,) = [each for each in await world.store.contacts() if each.slack_user == BEN]
    assert ben.suspended_on is not None


@pytest.mark.parametrize("leave", EVERYTHING)
async def test_authorised_contact_sends_each_of_them(world: World, leave: Leave) -> None:
    ticket = await (world.complete() if leave in {letter, portal, portal_text} else world.sent())
    assert await leave(world, ticket) is not False


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ((), "in the absence of an authorised support contact"),
        ((a_contact(BEN),), "as no authorised support contact could be reached"),
        ((a_contact(BEN, attested_on=None),), "in the absence of an authorised support contact"),
    ],
)
async def test_broken_glass_says_whether_there_is_an_authorised_contact(others: tuple[object, ...], words: str) -> None:
    world = await a_world(a_contact(CARLA, attested_on=None), *others)  # type: ignore[arg-type]
    ticket = await world.complete()
    shown = await world.desk.escalation.preview(ticket.id, CARLA)
    assert shown.may_break_glass
    assert words in shown.letter.opening[1]


async def test_glass_is_not_offered_to_an_admin_who_is_an_authorised_contact() -> None:
    world = await a_world(a_contact(CARLA, levels=(Level.FIRST,)), a_contact(BEN))
    ticket = await world.complete()
    shown = await world.desk.escalation.preview(ticket.id, CARLA)
    assert shown.refusal
    assert not shown.may_break_glass
