"""Routes of several replicas on one store: Slack tells one of them of a change, and all follow it."""

from __future__ import annotations

from datetime import datetime

import pytest

from blocks import eas, escalation
from bot.adapters.slack.closed_channel import SeveredChannelIsFinal
from bot.conversation.channel_routes import remembered_routes
from bot.core.errors import Refused
from bot.model.notice import Claim, Dead, NoticeKind, Outcome, Sent
from bot.tickets.ports import Batch
from bot.tickets.routes import Routes
from tests.factories import BEA, BEN, CARLA, World, a_contact, a_notice, a_world

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


async def test_severed_channel_without_an_address_is_no_way_and_the_refusal_says_the_ways_out() -> None:
    first = replica(await a_world(a_contact(BEN)), email="")
    ticket, sent = await first.complete(), await first.sent()
    await first.desk.channel_routes.severed("C-RET")
    assert await notified_admins(first) == [("lost", CARLA)]
    shown = await first.desk.escalation.preview(ticket.id, BEN)
    view = str(escalation.preview(shown, "PD-1001", first.desk.config))
    for words in ("no longer shared with Retarus", "no e-mail address is set up", "EAS portal", eas.ASK):
        assert words in view
    assert "to the Retarus channel" not in view
    assert "'submit'" not in view
    acts = (
        first.desk.escalation.send(ticket.id, BEN, first.form(), ticket.version),
        first.desk.reminders.chase(sent.id, BEN, "Any news?", first.form(), sent.version),
        first.desk.outbound.preview(sent.id, BEN, "It is worse"),
        first.desk.reports.request("2019-07", BEN, "Please send the view", first.form()),
    )
    for act in acts:
        with pytest.raises(Refused, match="no longer shared with Retarus, and no e-mail address is set up"):
            await act
    await first.desk.channel_routes.shared("C-RET")
    assert first.desk.routes.ways == ("to the Retarus channel",)
    again = await first.desk.escalation.preview(ticket.id, BEN)
    assert "submit" in escalation.preview(again, "PD-1001", first.desk.config)


async def test_desk_without_any_way_says_what_is_not_set(world: World) -> None:
    first = replica(world, retarus="", email="")
    ticket = await first.complete()
    view = escalation.preview(await first.desk.escalation.preview(ticket.id, BEN), "PD-1001", first.desk.config)
    assert "No way to Retarus is set up. An admin must enter `channel` or `email`" in str(view)
    assert eas.ASK in str(view)
    assert "submit" not in view


async def notified_admins(world: World) -> list[tuple[str, str]]:
    words = [each.notice for each in await world.store.letters() if each.notice.kind is NoticeKind.WORD]
    return sorted((str(each.body["about"]), each.to) for each in words)


async def test_admins_are_notified_each_time_the_channel_is_severed_and_once_for_each() -> None:
    first = replica(await a_world(a_contact(BEN), levels={"second": {"leads": [BEA], "members": [BEN]}}))
    for _ in range(2):
        await first.desk.channel_routes.severed("C-RET")
    assert await notified_admins(first) == [("severed", BEA), ("severed", CARLA)]
    await first.desk.channel_routes.shared("C-RET")
    first.clock.forward(minutes=5)
    await first.desk.channel_routes.severed("C-RET")
    assert await notified_admins(first) == [("severed", BEA)] * 2 + [("severed", CARLA)] * 2


async def test_workspace_that_leaves_while_another_stays_is_reported_and_changes_no_way(world: World) -> None:
    first = replica(world)
    await first.desk.channel_routes.left("C-RET")
    await first.desk.channel_routes.left("C-OTHER")
    assert await notified_admins(first) == [("left", CARLA)]
    assert first.desk.routes.retarus == "C-RET"


@pytest.mark.parametrize("is_frozen", [True, False])
async def test_severing_that_was_missed_is_found_and_so_is_its_end(world: World, *, is_frozen: bool) -> None:
    first = replica(world)
    await first.desk.channel_routes.observed("C-RET", is_shared=True)
    assert first.desk.routes.retarus == "C-RET"
    for _ in range(2):
        restarted = replica(world)
        await restarted.desk.channel_routes.observed("C-RET", is_shared=False, is_frozen=is_frozen)
        assert (restarted.desk.routes.retarus, restarted.desk.routes.severed) == ("", "C-RET")
    assert await notified_admins(first) == [("severed", CARLA)]
    await restarted.desk.channel_routes.observed("C-RET", is_shared=True)
    assert (restarted.desk.routes.retarus, restarted.desk.routes.severed) == ("C-RET", "")


async def test_channel_that_was_never_shared_is_used_as_it_is_unless_it_is_frozen(world: World) -> None:
    first = replica(world)
    await first.desk.channel_routes.observed("C-RET", is_shared=False)
    assert first.desk.routes.retarus == "C-RET"
    await first.desk.channel_routes.observed("C-RET", is_shared=False, is_frozen=True)
    assert first.desk.routes.severed == "C-RET"


class Posted:
    """A carrier that delivers everything."""

    async def deliver(self, claim: Claim, at: datetime) -> Outcome:
        return Sent()


@pytest.mark.parametrize("email", [MAIL, ""])
async def test_letter_that_waits_while_the_channel_is_severed_is_not_posted_until_it_is_shared(
    world: World, email: str
) -> None:
    first, ticket = replica(world, email=email), await world.raised()
    carrier = SeveredChannelIsFinal(Posted(), first.desk.routes)
    claim = Claim(notice=a_notice(ticket, NoticeKind.LETTER_POST, "C-RET"), attempt=1)
    assert await carrier.deliver(claim, world.clock()) == Sent()
    await first.desk.channel_routes.severed("C-RET")
    assert await carrier.deliver(claim, world.clock()) == Dead("The channel is no longer shared with Retarus.")
    await first.desk.channel_routes.moved("C-RET", "C-NEW")
    moved = Claim(notice=a_notice(ticket, NoticeKind.LETTER_POST, "C-NEW"), attempt=1)
    assert isinstance(await carrier.deliver(moved, world.clock()), Dead)
    await first.desk.channel_routes.shared("C-NEW")
    assert await carrier.deliver(moved, world.clock()) == Sent()
