"""Routes of several replicas on one store: Slack tells one of them of a change, and all follow it."""

from __future__ import annotations

import pytest

from bot.conversation.channel_routes import remembered_routes
from bot.model.notice import NoticeKind
from bot.tickets.notifications import Routes
from bot.tickets.ports import Batch
from tests.factories import BEN, World, a_contact, a_notice, a_world

MAIL = "support@retarus.example"


def replica(world: World, retarus: str = "C-RET", email: str = MAIL) -> World:
    return world.at(routes=Routes("C-DESK", retarus, email, "C-REP"))


@pytest.fixture
async def world() -> World:
    return await a_world(a_contact(BEN))


async def test_every_replica_follows_a_channel_with_another_id(world: World) -> None:
    first, other = replica(world), replica(world)
    await first.desk.channel_routes.moved("C-RET", "C-NEW")
    assert other.desk.routes.retarus == "C-RET"
    await other.desk.channel_routes.follow()
    assert first.desk.routes == other.desk.routes == Routes("C-DESK", "C-NEW", MAIL, "C-REP")
    assert await remembered_routes(world.store) == first.desk.routes


@pytest.mark.parametrize(("old", "name"), [("C-DESK", "desk"), ("C-REP", "reports")])
async def test_each_channel_of_the_desk_is_followed_over_several_ids(world: World, old: str, name: str) -> None:
    first, other = replica(world), replica(world)
    await first.desk.channel_routes.moved(old, "C-2")
    await first.desk.channel_routes.moved("C-2", "C-3")
    await other.desk.channel_routes.follow()
    assert getattr(other.desk.routes, name) == "C-3"


async def test_channels_that_are_not_the_desks_are_not_followed(world: World) -> None:
    first = replica(world)
    await first.desk.channel_routes.moved("C-OTHER", "C-2")
    await first.desk.channel_routes.moved("", "C-2")
    assert first.desk.routes == Routes("C-DESK", "C-RET", MAIL, "C-REP")


async def test_notice_that_a_replica_wrote_before_it_followed_goes_to_the_new_id(world: World) -> None:
    ticket = await world.raised()
    first, other = replica(world), replica(world)
    await first.desk.channel_routes.moved("C-RET", "C-NEW")
    late = a_notice(ticket, NoticeKind.LETTER_POST, "C-RET")
    await world.store.apply(Batch(notices=[late]))
    await other.desk.channel_routes.follow()
    found = await world.store.letter(late.key)
    assert found
    assert found.notice.to == "C-NEW"


async def test_every_replica_sends_by_mail_while_the_channel_is_severed(world: World) -> None:
    first, other = replica(world), replica(world)
    await first.desk.channel_routes.severed("C-RET")
    for each in (first, other, replica(world)):  # the last one starts later
        await each.desk.channel_routes.follow()
        assert each.desk.routes.ways == (f"by e-mail to {MAIL}",)
    words = [each.notice for each in await world.store.letters() if each.notice.kind is NoticeKind.WORD]
    assert {each.body["about"] for each in words} == {"severed"}
    await other.desk.channel_routes.shared("C-RET")
    await first.desk.channel_routes.follow()
    assert first.desk.routes.retarus == other.desk.routes.retarus == "C-RET"


async def test_severed_channel_with_another_id_stays_severed_until_it_is_shared_again(world: World) -> None:
    first, other = replica(world), replica(world)
    await first.desk.channel_routes.severed("C-RET")
    await first.desk.channel_routes.moved("C-RET", "C-NEW")
    await other.desk.channel_routes.follow()
    assert first.desk.routes.retarus == other.desk.routes.retarus == ""
    await other.desk.channel_routes.shared("C-NEW")
    await first.desk.channel_routes.follow()
    assert first.desk.routes.retarus == other.desk.routes.retarus == "C-NEW"


async def test_severed_channel_stays_the_way_where_there_is_no_mail(world: World) -> None:
    first = replica(world, email="")
    await first.desk.channel_routes.severed("C-RET")
    assert first.desk.routes.retarus == "C-RET"
