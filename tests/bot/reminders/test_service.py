"""Actions on a reminder: each is checked, posted once, and changes the time of the next reminder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clocks.timers import Timer, TimerState
from bot.core.errors import Conflict, Invalid, NotNow, NotYours, Refused
from bot.model.notice import NoticeKind
from bot.model.ticket import Attachment, Party, Ticket
from bot.model.transitions import Move
from bot.tickets.attachments import unpacked
from bot.tickets.routes import Routes
from tests.factories import ANNA, BEA, BEN, DESK, GUS, MAIL, RETARUS, World, a_world


@pytest.fixture
async def world() -> World:
    return await a_world(sla={"P1": {"action_plan": 120}})


def unix(world: World, **later: float) -> str:
    return str(int((world.clock.at + timedelta(**later)).timestamp()))


async def snoozed(world: World, ticket: Ticket, until: str, reason: str = "Ben is back tomorrow") -> Ticket:
    return await world.desk.reminders.snooze(ticket.id, ANNA, until, reason, world.form())


# --- snooze


async def test_a_snooze_is_silent_until_its_time(world: World) -> None:
    ticket = await snoozed(world, await world.raised(), unix(world, hours=20))
    world.clock.forward(hours=19, minutes=59)
    assert await world.desk.reminders.sweep() == 0
    world.clock.forward(minutes=1)
    assert await world.desk.reminders.sweep() == 1
    assert (await world.desk.queries.ticket(ticket.id)).times.snoozed_until is None


async def test_any_action_ends_a_snooze(world: World) -> None:
    ticket = await snoozed(world, await world.raised(), unix(world, days=9))
    taken = await world.desk.tickets.act(ticket.id, Move.TAKE, ANNA, world.form())
    assert taken.times.snoozed_until is None
    assert taken.due
    assert taken.due < world.clock.at + timedelta(days=1)


async def test_a_snooze_has_a_time_to_come_and_a_reason(world: World) -> None:
    ticket = await world.raised()
    for until in ("", "0", unix(world), unix(world, days=61)):
        with pytest.raises(Invalid) as error:
            await snoozed(world, ticket, until)
        assert list(error.value.errors) == ["until"]
    with pytest.raises(Invalid) as error:
        await snoozed(world, ticket, unix(world, hours=1), "tbd")
    assert list(error.value.errors) == ["word"]


async def test_closed_ticket_cannot_be_snoozed(world: World) -> None:
    with pytest.raises(NotNow):
        await snoozed(world, await world.closed(), unix(world, hours=1))


async def test_a_guest_puts_nothing_off(world: World) -> None:
    ticket = await world.raised()
    with pytest.raises(NotYours):
        await world.desk.reminders.snooze(ticket.id, GUS, unix(world, hours=1), "because I can", world.form())


# --- the action plan


async def test_an_action_plan_ends_the_clock_of_the_sla(world: World) -> None:
    ticket = await world.accepted()
    assert {run.timer: run.state(world.clock.at) for run in world.desk.reminders.runs(ticket)}[
        Timer.PLAN
    ] is TimerState.RUNNING
    planned = await world.desk.reminders.record_plan(ticket.id, BEN, "1. Ben rolls back by noon", world.form())
    assert {run.timer: run.state(world.clock.at) for run in world.desk.reminders.runs(planned)}[
        Timer.PLAN
    ] is TimerState.ENDED


# --- a cadence of its own


async def test_ticket_can_have_a_cadence_of_its_own(world: World) -> None:
    ticket = await world.raised()
    paced = await world.desk.reminders.pace(ticket.id, ANNA, "600", world.form())
    assert paced.due == world.clock.at + timedelta(minutes=600)
    again = await world.desk.reminders.pace(ticket.id, ANNA, "", world.form())
    assert again.due == ticket.due
    for wrong in ("0", "soon", "-5", "99999"):
        with pytest.raises(Invalid):
            await world.desk.reminders.pace(ticket.id, ANNA, wrong, world.form())


# --- what Retarus said


async def test_a_promised_update_is_when_it_is_reminded(world: World) -> None:
    ticket = await world.sent()
    await world.desk.escalation.record_rcr(ticket.id, BEN, "RCR-1", world.form())
    expecting = await world.desk.reminders.expect(ticket.id, BEN, {"update_due": unix(world, hours=9)}, world.form())
    due = {run.timer: run.due for run in world.desk.reminders.runs(expecting)}
    assert due[Timer.UPDATE] == world.clock.at + timedelta(hours=9)


async def test_ball_is_ours_until_the_question_of_retarus_is_answered(world: World) -> None:
    ticket = await world.sent()
    asked = await world.desk.reminders.expect(ticket.id, BEN, {"question": "Which connector version?"}, world.form())
    assert asked.ball is Party.SECOND
    answered = await world.desk.reminders.chase(ticket.id, BEN, "It is 4.2.", world.form())
    assert answered.ball is Party.RETARUS


async def test_announcement_needs_content_and_a_ticket_with_retarus(world: World) -> None:
    with pytest.raises(NotNow):
        await world.desk.reminders.expect((await world.raised()).id, ANNA, {"eta": unix(world, hours=1)}, world.form())
    ticket = await world.sent()
    for typed in ({}, {"eta": ""}, {"eta": unix(world, hours=-1)}):
        with pytest.raises(Invalid):
            await world.desk.reminders.expect(ticket.id, BEN, typed, world.form())


# --- chasing


async def test_a_chaser_takes_every_way_the_letter_took_and_names_the_letter_it_follows(world: World) -> None:
    sent = await world.sent()
    form = world.form()
    for _ in range(2):  # Slack may deliver it twice
        chased = await world.desk.reminders.chase(sent.id, BEN, "Please tell us how it stands.", form)
    post, mail = (
        await world.notices_of_kind(chased, NoticeKind.CHASE_POST),
        await world.notices_of_kind(chased, NoticeKind.CHASE_MAIL),
    )
    assert [(each.to, each.names("after")) for each in (*post, *mail)] == [
        (RETARUS, [f"{sent.id}:{sent.version}:letter_post:{RETARUS}"]),
        (MAIL, [f"{sent.id}:{sent.version}:letter_mail:{MAIL}"]),
    ]
    assert mail[0].body["text"] == "Please tell us how it stands."


async def test_files_that_wait_go_along_with_a_chaser_on_every_way_and_once() -> None:
    world = await a_world()
    ticket = await world.sent()
    for name in ("F1", "F2"):
        seen, ticket = (
            ticket,
            await world.desk.evidence.attach(
                ticket.id, ANNA, [Attachment(id=name, name=f"{name}.log", size=1200)], world.form()
            ),
        )
    with pytest.raises(Conflict):  # the second was not shown
        await world.desk.reminders.chase(ticket.id, BEN, "Please tell us how it stands.", world.form(), seen.version)
    chased = await world.desk.reminders.chase(
        ticket.id, BEN, "Please tell us how it stands.", world.form(), ticket.version
    )
    for kind in (NoticeKind.CHASE_POST, NoticeKind.CHASE_MAIL):
        (notice,) = await world.notices_of_kind(chased, kind)
        assert [each.id for each in unpacked(notice.body)] == ["F1", "F2"]
    assert [each.sent_at for each in chased.attachments] == [world.clock.at] * 2
    assert (await world.store.history(ticket.id))[-1].detail["files"] == "F1.log (1.2 kB), F2.log (1.2 kB)"
    again = await world.desk.reminders.chase(
        ticket.id, BEN, "Please tell us how it stands.", world.form(), chased.version
    )
    assert "files" not in (await world.notices_of_kind(again, NoticeKind.CHASE_MAIL))[0].body


async def test_the_draft_says_what_is_open_with_them(world: World) -> None:
    ticket = await world.sent()
    await world.desk.reminders.expect(ticket.id, BEN, {"update_due": unix(world, hours=2)}, world.form())
    world.clock.forward(hours=3)
    _, draft = await world.desk.reminders.chaser(ticket.id, BEN)
    assert "PD-1001 (P1), sent on 27.08.2019 - 11:20 UTC+2" in draft
    assert "You announced an update for 27.08.2019 - 13:20 UTC+2; it is overdue." in draft
    assert "no ticket number of yours yet" in draft
    assert draft.endswith("Ben Brandt, authorised support contact")


async def test_chaser_needs_an_authorised_contact_and_a_ticket_with_retarus(world: World) -> None:
    ticket = await world.sent()
    for user in (BEA, ANNA):
        with pytest.raises(NotYours):
            await world.desk.reminders.chase(ticket.id, user, "Please tell us how it stands.", world.form())
    with pytest.raises(NotNow):
        await world.desk.reminders.chaser((await world.accepted()).id, BEN)


async def test_chaser_is_refused_without_a_way_to_retarus(world: World) -> None:
    ticket = await world.sent()
    with pytest.raises(Refused):
        await world.at(routes=Routes(desk=DESK)).desk.reminders.chaser(ticket.id, BEN)
