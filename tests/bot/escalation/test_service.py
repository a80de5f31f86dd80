"""Only complete, previewed and authorised letters go to Retarus, and each is traced."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.errors import Conflict, Invalid, NotNow, NotYours, Refused
from bot.escalation.letter import as_text
from bot.forms.validation import Incomplete
from bot.model.letter_text import LetterText
from bot.model.notice import Claim, Notice, NoticeKind, Sent
from bot.model.ticket import Stage, Ticket
from bot.model.transitions import Move, Step
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
    SECOND,
    World,
    a_contact,
    a_world,
    without,
)


@pytest.fixture
async def world() -> World:
    return await a_world()


async def letters(world: World, ticket: Ticket) -> list[Notice]:
    return [
        *await world.notices_of_kind(ticket, NoticeKind.LETTER_POST),
        *await world.notices_of_kind(ticket, NoticeKind.LETTER_MAIL),
    ]


async def test_complete_ticket_goes_to_retarus_on_every_configured_way(world: World) -> None:
    ticket = await world.sent()
    assert (ticket.stage, ticket.owner, ticket.sent_by) == (Stage.RETARUS, BEN, BEN)
    assert [(notice.kind, notice.to) for notice in await letters(world, ticket)] == [
        (NoticeKind.LETTER_POST, RETARUS),
        (NoticeKind.LETTER_MAIL, MAIL),
    ]


@pytest.mark.parametrize(
    ("routes", "ways"),
    [
        (Routes(DESK, retarus=RETARUS), [(NoticeKind.LETTER_POST, RETARUS)]),
        (Routes(DESK, email=MAIL), [(NoticeKind.LETTER_MAIL, MAIL)]),
    ],
)
async def test_single_way_to_retarus_is_enough(
    world: World, routes: Routes, ways: list[tuple[NoticeKind, str]]
) -> None:
    ticket = await world.at(routes=routes).sent()
    assert [(notice.kind, notice.to) for notice in await letters(world, ticket)] == ways


async def test_escalation_without_a_way_to_retarus_says_what_an_admin_must_do(world: World) -> None:
    world = world.at(routes=Routes(DESK))
    ticket = await world.complete()
    with pytest.raises(Refused, match=r"\[retarus\] in desk\.toml"):
        await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)
    assert await world.desk.queries.ticket(ticket.id) == ticket


async def test_previewed_letter_is_the_one_sent_and_shown_later(world: World) -> None:
    ticket = await world.complete()
    shown = await world.desk.escalation.preview(ticket.id, BEN)
    sent = await world.desk.escalation.send(ticket.id, BEN, "V9", shown.ticket.version)
    for notice in await letters(world, sent):
        assert LetterText.model_validate(notice.body["letter"]) == shown.letter
    assert await world.desk.escalation.last_letter(sent) == as_text(shown.letter).strip()
    assert (shown.missing, shown.refusal) == ((), "")


async def test_form_sent_twice_is_one_letter(world: World) -> None:
    ticket = await world.complete()
    first = await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)
    assert await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version) == first
    assert len(await letters(world, first)) == 2


async def test_letter_that_differs_from_the_preview_is_not_sent(world: World) -> None:
    ticket = await world.complete()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"affected": "4"}, "V8", ticket.version)
    with pytest.raises(Conflict):
        await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)
    now = await world.desk.queries.ticket(ticket.id)
    assert (await world.desk.escalation.send(ticket.id, BEN, "V9", now.version)).stage is Stage.RETARUS


async def test_incomplete_ticket_is_not_sent_and_all_missing_answers_are_named(world: World) -> None:
    ticket = await world.accepted()
    with pytest.raises(Incomplete, match=r"guide 2\.5") as refusal:
        await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)
    assert [each.key for each in refusal.value.missing] == [
        "tenants", "interface", "error", "affected", "example", "related", "reproduced", "steps", "done", "test",
        "system", "why_retarus", "summary_second",
    ]  # fmt: skip
    shown = await world.desk.escalation.preview(ticket.id, BEN)
    assert shown.missing == refusal.value.missing
    assert await letters(world, await world.desk.queries.ticket(ticket.id)) == []


# --- the 2nd level's tasks


async def test_preparing_answers_the_tasks_and_moves_nothing(world: World) -> None:
    ticket = await world.accepted()
    prepared = await world.desk.escalation.prepare(ticket.id, BEN, SECOND, "V9", ticket.version)
    assert (prepared.stage, prepared.answers.items() >= SECOND.items()) == (Stage.SECOND, True)


async def test_every_task_left_empty_is_marked_beside_its_field(world: World) -> None:
    ticket = await world.accepted()
    with pytest.raises(Invalid) as wrong:
        await world.desk.escalation.prepare(ticket.id, BEN, dict.fromkeys(SECOND, ""), "V9", ticket.version)
    assert wrong.value.errors.keys() == set(without(SECOND, "test_terms"))


async def test_ticket_that_is_not_at_the_second_level_cannot_be_prepared(world: World) -> None:
    ticket = await world.handed_off()
    with pytest.raises(NotNow, match="handed off to the 2nd level"):
        await world.desk.escalation.prepare(ticket.id, BEN, SECOND, "V9", ticket.version)


# --- who may send


@pytest.mark.parametrize("user", [ANNA, NEMO, *NO_STAFF])
async def test_escalation_needs_the_second_level(world: World, user: str) -> None:
    ticket = await world.complete()
    with pytest.raises(NotYours):
        await world.desk.escalation.send(ticket.id, user, "V9", ticket.version)


async def test_second_level_engineer_who_is_no_authorised_contact_sees_the_preview_but_cannot_send(
    world: World,
) -> None:
    ticket = await world.complete()
    shown = await world.desk.escalation.preview(ticket.id, BEA)
    assert shown.refusal.startswith("You are not in the register of support contacts")
    assert "Who can: Ben Brandt." in shown.refusal
    assert "(Bea Bauer)" in shown.letter.opening[1]
    with pytest.raises(NotYours, match="not in the register"):
        await world.desk.escalation.send(ticket.id, BEA, "V9", ticket.version)


async def test_authorisation_is_checked_at_the_moment_of_sending(world: World) -> None:
    ticket = await world.complete()
    assert (await world.desk.escalation.preview(ticket.id, BEN)).refusal == ""
    await world.store.apply(Batch(contacts=[a_contact(BEN, attested_on=None)]))
    with pytest.raises(NotYours, match="attestation"):
        await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)


async def test_authorisation_begins_at_midnight_of_the_desks_own_zone() -> None:
    world = await a_world(a_contact(BEN, authorised_since=date(2019, 8, 28)))
    ticket = await world.complete()
    world.clock.forward(hours=12, minutes=39)  # 23:59 in Berlin
    with pytest.raises(NotYours, match="not begun"):
        await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)
    world.clock.forward(minutes=1)
    assert (await world.desk.escalation.send(ticket.id, BEN, "V9", ticket.version)).sent_by == BEN


async def test_admin_who_is_a_contact_of_the_second_level_may_send() -> None:
    world = await a_world(a_contact(CARLA))
    ticket = await world.complete()
    sent = await world.desk.escalation.send(ticket.id, CARLA, "V9", ticket.version)
    assert (sent.owner, sent.second_owner) == (CARLA, CARLA)


# --- what Retarus says


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("RCR-88123", "RCR-88123"),
        ("rcr 88123", "RCR-88123"),
        ("Your ticket: RCR#88123, thank you", "RCR-88123"),
        ("RCR‑88123", "RCR-88123"),
        ("[ＲＣＲ－８８１２３].", "RCR-88123"),
        ("Case 2019/4711", "Case 2019/4711"),
        ("RCR-88123, RCR-77", "RCR-88123, RCR-77"),
        ("RCR-88123 und 77901\n77902", "RCR-88123, RCR-77901, RCR-77902"),
        ("88123; 77901", "RCR-88123, RCR-77901"),
        ("88123", "RCR-88123"),
        ("(#88123).", "RCR-88123"),
        ("88123/88124", "RCR-88123, RCR-88124"),
        ("88123+88124 or 88125", "RCR-88123, RCR-88124, RCR-88125"),
        ("no. 88123, thank you", "RCR-88123"),
        ("88123 came at 14:30, 2 times", "RCR-88123"),
        ("Re: [RCR-88123] 550 5.7.1 rejected", "RCR-88123"),
        ("1. 88123\n2. 88124", "RCR-88123, RCR-88124"),
        ("SR4711/2", "SR-4711/2"),
        ("Case‑4711", "CASE-4711"),
        ("RCR–77 / rcr 88123 and RCR-77", "RCR-77, RCR-88123"),
    ],
)
async def test_all_numbers_of_retarus_are_recorded_in_one_spelling(world: World, typed: str, expected: str) -> None:
    ticket = await world.sent()
    recorded = await world.desk.escalation.record_rcr(ticket.id, BEN, typed, "V9")
    assert ", ".join(recorded.rcr) == expected
    assert (await world.desk.queries.history(ticket.id))[-1].detail["rcr"] == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "\x00",
        "RCR",
        "PD-1001",
        "https://eas.example/ticket/88123",
        "They will call back within 2 hours, and then we will see what is next",
    ],
)
async def test_text_without_a_number_is_refused(world: World, typed: str) -> None:
    ticket = await world.sent()
    with pytest.raises(Invalid) as wrong:
        await world.desk.escalation.record_rcr(ticket.id, BEN, typed, "V9")
    assert wrong.value.errors.keys() == {"rcr"}


async def test_several_numbers_are_kept_each_once_newest_last(world: World) -> None:
    ticket = await world.sent()
    for number, form in (("RCR-1", "V7"), ("RCR-2", "V8"), ("RCR-1", "V9")):
        ticket = await world.desk.escalation.record_rcr(ticket.id, BEN, number, form)
    assert ticket.rcr == ("RCR-1", "RCR-2")


async def test_ticket_that_never_went_to_retarus_has_no_number_of_theirs(world: World) -> None:
    ticket = await world.complete()
    with pytest.raises(NotNow, match="never went to Retarus"):
        await world.desk.escalation.record_rcr(ticket.id, BEN, "RCR-1", "V9")
    with pytest.raises(NotNow, match="Nothing was sent"):
        await world.desk.escalation.last_letter(ticket)


async def test_their_update_keeps_the_ball_with_them_and_their_answer_brings_it_back(world: World) -> None:
    ticket = await world.sent()
    ticket = await world.desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_UPDATE, BEN, "V8", "answer", "They look into it"
    )
    assert ticket.stage is Stage.RETARUS
    ticket = await world.desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_ANSWERED, BEN, "V9", "answer", "The policy is corrected"
    )
    assert (ticket.stage, ticket.owner) == (Stage.SECOND, BEN)


async def came_back(world: World) -> Ticket:
    """With Retarus once, with their number and their answer."""
    ticket = await world.sent()
    ticket = await world.desk.escalation.record_rcr(ticket.id, BEN, "RCR-88123", world.form())
    ticket = await world.desk.retarus_replies.record(
        ticket.id, BEN, {"their_remedy": "The policy was corrected"}, world.form(), ticket.version
    )
    return await world.desk.retarus_replies.record(ticket.id, BEN, {"verified": "no"}, world.form(), ticket.version)


async def test_second_letter_requires_a_new_summary_and_a_new_ask(world: World) -> None:
    ticket = await came_back(world)
    assert (ticket.answer("summary_second"), ticket.answer("why_retarus")) == ("", "")
    with pytest.raises(Incomplete) as refused:
        await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    assert [item.key for item in refused.value.missing] == ["why_retarus", "summary_second"]


async def test_second_letter_answers_the_first_in_mail_and_channel(world: World) -> None:
    ticket = await world.asked_again(await came_back(world))
    again = await world.desk.escalation.send(ticket.id, BEN, world.form(), ticket.version)
    first = [row.notice for row in await world.notices(again) if row.notice.version < again.version]
    for kind in (NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL):
        (notice,) = await world.notices_of_kind(again, kind)
        assert notice.names("after") == [each.key for each in first if each.kind is kind]


async def test_second_letter_keeps_the_subject_and_says_what_is_new(world: World) -> None:
    ticket = await came_back(world)
    ticket = await world.desk.answers.fill_in(
        ticket.id, BEN, {"priority": "P2", "priority_reason": "Half of it works"}, world.form(), ticket.version
    )
    ticket = await world.asked_again(ticket)
    shown = (await world.desk.escalation.preview(ticket.id, BEN)).letter
    assert shown.subject == "Re: [PD-1001] P1 incident: Email Security, 73125 / 12345RS, 23456RS [RCR-88123]"
    assert shown.news[0].startswith("This follows our letter of 27.08.2019 - ")
    assert shown.news[1:] == ("Your remedy: The policy was corrected", "Verified by us: it does not help")
    text = as_text(shown)
    assert "Your ticket: RCR-88123" in text
    assert "What we ask of Retarus: Correct the second rule too" in text


async def test_ticket_opened_in_the_portal_is_chased_without_a_letter_to_answer(world: World) -> None:
    ticket = await world.complete()
    await world.store.apply(Batch(contacts=[a_contact(BEN, has_eas=True)]))
    opened = str(int(world.clock().timestamp()))
    ticket = await world.desk.portal.opened(ticket.id, BEN, world.form(), ticket.version, opened, "RCR-5")
    chased = await world.desk.reminders.chase(ticket.id, BEN, "How does it stand?", world.form())
    (notice,) = await world.notices_of_kind(chased, NoticeKind.CHASE_MAIL)
    assert (notice.names("after"), notice.body["subject"]) == (
        [],
        "[PD-1001] P1 incident: Email Security, 73125 / 12345RS, 23456RS [RCR-5]",
    )


async def test_story_tells_who_sent_what(world: World) -> None:
    ticket = await world.sent()
    event = await world.desk.queries.event_at(ticket, ticket.version)
    assert (event.kind, event.by, event.detail["summary"]) == (Move.ESCALATE, BEN, SECOND["summary_second"])
    assert event.kind not in set(Step)


# --- deliveries


async def test_letter_that_arrived_redraws_the_line_of_the_escalation(world: World) -> None:
    ticket = await world.sent()
    (mail,) = await world.notices_of_kind(ticket, NoticeKind.LETTER_MAIL)
    (receipt,) = await world.desk.receipts.follow_up(Claim(notice=mail, attempt=1), Sent())
    assert (receipt.kind, receipt.to, receipt.body["delivered"]) == (NoticeKind.LINE, DESK, "letter_mail")


async def test_notice_without_its_ticket_has_no_follow_up(world: World) -> None:
    ticket = await world.sent()
    (mail,) = await world.notices_of_kind(ticket, NoticeKind.LETTER_MAIL)
    gone = mail.model_copy(update={"ticket_id": "gone"})
    assert await world.desk.receipts.follow_up(Claim(notice=gone, attempt=1), Sent()) == []


async def test_two_hundred_tenants_reach_retarus_whole(world: World) -> None:
    tenants = [f"{number}RS" for number in range(20000, 20200)]
    ticket = await world.complete(tenants=", ".join(tenants))
    assert ticket.answer("tenants").split("\n") == tenants
    text = as_text((await world.desk.escalation.preview(ticket.id, BEN)).letter)
    assert ", ".join(tenants) in text
