"""Retarus's replies and tasks of the 3rd level are recorded, notified to both levels, and move the ticket."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid, NotNow, NotYours
from bot.model.notice import NoticeKind
from bot.model.ticket import Stage, Ticket
from bot.model.timestamps import of
from bot.model.transitions import Move
from bot.reminders.chaser import draft
from tests.factories import ANNA, BEA, BEN, NEMO, NOW, RITA, World, a_config, a_contact, a_world

SOON = str(int(NOW.timestamp()) + 3600)
LATER = str(int(NOW.timestamp()) + 7200)


@pytest.fixture
async def world() -> World:
    return await a_world()


async def record_reply(
    world: World, ticket: Ticket, move: Move = Move.RETARUS_UPDATE, by: str = BEN, **typed: str
) -> Ticket:
    return await world.desk.retarus_replies.record_reply(
        ticket.id, by, move, "They wrote to us", typed, world.form(), ticket.version
    )


async def test_caused_by_retarus_is_recorded_and_the_ball_stays_with_them(world: World) -> None:
    ticket = await record_reply(world, await world.sent(), caused_by="retarus")
    assert (ticket.stage, ticket.answer("caused_by")) == (Stage.RETARUS, "retarus")


@pytest.mark.parametrize(("key", "found"), [("caused_by", "other"), ("their_remedy", "Policy corrected on DE1")])
async def test_not_caused_by_retarus_and_a_remedy_of_theirs_bring_it_back_to_the_second_level(
    world: World, key: str, found: str
) -> None:
    ticket = await world.sent()
    text, move = {key: found}, Move.RETARUS_UPDATE
    ticket = await world.desk.retarus_replies.record_reply(
        ticket.id, BEN, move, "They wrote", text, world.form(), ticket.version
    )
    assert (ticket.stage, ticket.owner) == (Stage.SECOND, BEN)
    assert (await world.store.history(ticket.id))[-1].kind == Move.RETARUS_ANSWERED


async def test_single_task_of_retarus_moves_the_ticket(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.retarus_replies.record(
        ticket.id, BEN, {"caused_by": "undetermined"}, world.form(), ticket.version
    )
    assert ticket.stage is Stage.RETARUS
    ticket = await world.desk.retarus_replies.record(
        ticket.id, BEN, {"caused_by": "other"}, world.form(), ticket.version
    )
    assert ticket.stage is Stage.SECOND


async def test_workaround_of_theirs_is_reported_to_both_levels_while_they_go_on(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.retarus_replies.record(
        ticket.id, BEA, {"their_workaround": "Use DE2"}, world.form(), ticket.version
    )
    assert ticket.stage is Stage.RETARUS
    notices = await world.notices_of_kind(ticket, NoticeKind.DIRECT)
    assert {notice.to for notice in notices} == {ANNA, BEN}
    assert {tuple(notice.names("news")) for notice in notices} == {("their_workaround",)}


async def test_remedy_of_theirs_is_reported_to_both_levels(world: World) -> None:
    ticket = await record_reply(
        world, await world.sent(), Move.RETARUS_ANSWERED, by=BEA, their_remedy="Policy corrected"
    )
    assert {notice.to for notice in await world.notices_of_kind(ticket, NoticeKind.DIRECT)} == {ANNA, BEN}


async def test_findings_of_the_last_time_are_asked_again_after_a_second_escalation(world: World) -> None:
    ticket = await world.asked_again(await record_reply(world, await world.sent(), caused_by="other"))
    ticket = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    assert ticket.answer("caused_by") == ""
    ticket = await record_reply(world, ticket, caused_by="other")
    assert ticket.stage is Stage.SECOND


async def test_remedy_that_did_not_hold_is_asked_for_again_and_stays_in_the_history(world: World) -> None:
    ticket = await record_reply(world, await world.sent(), Move.RETARUS_ANSWERED, their_remedy="Policy corrected")
    ticket = await world.desk.retarus_replies.record(ticket.id, BEN, {"verified": "no"}, world.form(), ticket.version)
    assert [notice.names("news") for notice in await world.notices_of_kind(ticket, NoticeKind.THREAD)] == [["verified"]]
    ticket = await world.asked_again(ticket)
    ticket = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    assert (ticket.answer("their_remedy"), ticket.answer("verified")) == ("", "")
    detail = (await world.store.history(ticket.id))[-1].detail
    assert (detail["answer.their_remedy"], detail["answer.verified"]) == ("", "")


async def test_their_next_update_and_their_expected_duration_are_kept_beside_each_other(world: World) -> None:
    ticket = await record_reply(world, await world.sent(), update_due=SOON, eta=LATER)
    assert ticket.times.update_due
    assert ticket.times.eta
    assert (str(int(ticket.times.update_due.timestamp())), str(int(ticket.times.eta.timestamp()))) == (SOON, LATER)
    ticket = await record_reply(world, ticket)
    assert ticket.times.eta, "an update without a time takes none away"
    assert ticket.times == of(await world.store.history(ticket.id))


async def test_promise_in_the_past_is_refused_beside_its_field(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        await record_reply(world, await world.sent(), eta="1")
    assert set(refused.value.errors) == {"eta"}


async def test_expected_duration_they_never_told_is_asked_for(world: World) -> None:
    ticket = await world.sent()
    ask = "by when you expect it to be solved"
    assert ask in draft(ticket, a_contact(), a_config(), NOW)
    assert ask not in draft(await record_reply(world, ticket, eta=LATER), a_contact(), a_config(), NOW)


async def test_technical_note_is_asked_for_where_they_caused_it(world: World) -> None:
    ticket = await world.sent()
    ask = "technical note of yours"
    assert ask not in draft(ticket, a_contact(), a_config(), NOW)
    ticket = await world.desk.retarus_replies.record(
        ticket.id, BEN, {"caused_by": "retarus"}, world.form(), ticket.version
    )
    assert ask in draft(ticket, a_contact(), a_config(), NOW)
    ticket = await world.desk.retarus_replies.record(ticket.id, BEN, {"their_note": "no"}, world.form(), ticket.version)
    assert ask not in draft(ticket, a_contact(), a_config(), NOW)


async def test_ticket_that_never_went_to_retarus_takes_no_answer_of_theirs(world: World) -> None:
    ticket = await world.accepted()
    with pytest.raises(NotNow, match="never went to Retarus"):
        await world.desk.retarus_replies.record(ticket.id, BEN, {"caused_by": "other"}, world.form(), ticket.version)


@pytest.mark.parametrize("by", [NEMO, RITA])
async def test_answers_of_retarus_are_recorded_by_the_support_team_only(world: World, by: str) -> None:
    ticket = await world.sent()
    with pytest.raises(NotYours):
        await world.desk.retarus_replies.record(ticket.id, by, {"caused_by": "retarus"}, world.form(), ticket.version)


async def test_first_level_cannot_bring_it_back_by_recording(world: World) -> None:
    ticket = await world.sent()
    with pytest.raises(NotYours):
        await world.desk.retarus_replies.record(ticket.id, ANNA, {"caused_by": "other"}, world.form(), ticket.version)


async def test_retarus_form_records_their_tasks_only(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.retarus_replies.record(ticket.id, BEN, {"priority": "P2"}, world.form(), ticket.version)
    assert ticket.answer("priority") == "P1"


async def test_technical_note_of_theirs_is_flagged_with_its_day(world: World) -> None:
    at = str(int(NOW.timestamp()) - 60)
    ticket = await world.sent()
    typed = {"their_note": "yes", "their_note_at": at}
    ticket = await world.desk.retarus_replies.record(ticket.id, BEN, typed, world.form(), ticket.version)
    assert (ticket.answer("their_note"), ticket.answer("their_note_at")) == ("yes", at)


# --- what the 2nd level gives the 1st


async def test_workaround_is_reported_to_the_first_level_and_in_the_thread(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.answers.check(ticket.id, BEN, {"workaround": "Send by DE2"}, world.form(), ticket.version)
    assert [notice.to for notice in await world.notices_of_kind(ticket, NoticeKind.DIRECT)] == [ANNA]
    assert [notice.names("news") for notice in await world.notices_of_kind(ticket, NoticeKind.THREAD)] == [
        ["workaround"]
    ]


async def test_no_workaround_is_no_news(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.answers.check(ticket.id, BEN, {"workaround": "none"}, world.form(), ticket.version)
    assert await world.notices_of_kind(ticket, NoticeKind.DIRECT) == []
    assert await world.notices_of_kind(ticket, NoticeKind.THREAD) == []


async def test_first_level_says_whether_it_helps(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.answers.check(ticket.id, BEN, {"workaround": "Send by DE2"}, world.form(), ticket.version)
    typed = {"workaround": "Send by DE2", "workaround_helps": "yes"}
    ticket = await world.desk.answers.check(ticket.id, ANNA, typed, world.form(), ticket.version)
    assert ticket.answer("workaround_helps") == "yes"


async def test_remedy_is_kept_as_an_answer_with_its_cause(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.tickets.resolve(
        ticket.id, BEN, world.form(), "Policy corrected", {"cause": "A wrong policy"}
    )
    assert (ticket.stage, ticket.owner) == (Stage.RESOLVED, ANNA)
    assert (ticket.answer("remedy"), ticket.answer("cause")) == ("Policy corrected", "A wrong policy")


async def test_remedy_that_did_not_hold_is_none_any_more(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.tickets.resolve(ticket.id, BEN, world.form(), "Policy corrected", {})
    ticket = await world.desk.tickets.act_with_text(ticket.id, Move.REOPEN, ANNA, world.form(), "reason", "It is back")
    assert ticket.answer("remedy") == ""
    assert (await world.store.history(ticket.id))[-1].detail["answer.remedy"] == ""


async def test_filler_is_no_remedy(world: World) -> None:
    ticket = await world.accepted()
    with pytest.raises(Invalid):
        await world.desk.tickets.resolve(ticket.id, BEN, world.form(), "n/a", {})


@pytest.mark.parametrize("key", ["remedy", "plan"])
async def test_remedy_or_a_plan_stops_the_clock_of_the_sla_however_it_is_recorded(world: World, key: str) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.answers.check(
        ticket.id, BEN, {key: "Ben corrects the policy at 12:00"}, world.form(), ticket.version
    )
    assert ticket.times.planned == NOW


async def test_workaround_does_not_stop_it(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.answers.check(ticket.id, BEN, {"workaround": "Send by DE2"}, world.form(), ticket.version)
    assert ticket.times.planned is None


async def test_action_plan_is_kept_as_an_answer(world: World) -> None:
    ticket = await world.accepted()
    ticket = await world.desk.reminders.record_plan(ticket.id, BEN, "Ben corrects the policy at 12:00", world.form())
    assert ticket.answer("plan") == "Ben corrects the policy at 12:00"


# --- telephone calls


async def test_phone_call_is_logged_and_is_no_report(world: World) -> None:
    ticket = await world.complete()
    ticket = await world.desk.tickets.note(
        ticket.id, BEN, "Called Retarus: they look at it", world.form(), called="retarus"
    )
    assert (ticket.sent_at, ticket.stage) == (None, Stage.SECOND)
    last = (await world.store.history(ticket.id))[-1]
    assert (last.kind, last.detail["called"]) == ("call", "retarus")


async def test_phone_call_while_it_is_with_retarus_moves_no_clock_of_theirs(world: World) -> None:
    ticket = await world.sent()
    before = ticket.times.word
    world.clock.forward(hours=1)
    ticket = await world.desk.tickets.note(ticket.id, BEN, "Called Retarus: no news", world.form(), called="retarus")
    assert ticket.times.word == before
