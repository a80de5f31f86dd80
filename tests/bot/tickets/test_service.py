"""Tickets are raised and filled in, once per form, without losing anybody's answers."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid, NotNow, NotYours, Refused, StoreDown
from bot.core.i18n import Language, speaking
from bot.model.notice import NoticeKind
from bot.model.ticket import Kind, Stage
from bot.model.transitions import Move
from tests.factories import (
    ALEX,
    ANNA,
    BEA,
    BEN,
    CARLA,
    DESK,
    HANDED_OFF,
    NEMO,
    NO_STAFF,
    NOW,
    RAISED,
    TEMPLATE,
    World,
    a_world,
    without,
)


@pytest.fixture
async def world() -> World:
    return await a_world()


# --- raising


async def test_raised_ticket_belongs_to_its_creator_until_it_is_taken(world: World) -> None:
    ticket = await world.raised(ANNA)
    assert (ticket.number, ticket.stage, ticket.owner, ticket.raised_by) == (1001, Stage.NEW, ANNA, ANNA)
    assert (ticket.raised_at, ticket.zone, ticket.answers) == (NOW, "Europe/Berlin", RAISED)


async def test_raised_ticket_is_saved_with_its_card_and_told_at_once(world: World) -> None:
    ticket = await world.raised()
    assert [(notice.kind, notice.to) for notice in await world.notices_of_kind(ticket, NoticeKind.CARD)] == [
        (NoticeKind.CARD, DESK)
    ]
    assert world.woken == [NOW]


async def test_form_delivered_again_creates_no_second_ticket(world: World) -> None:
    first = await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1")
    again = await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1")
    other = await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V2")
    assert again == first
    assert other.number == first.number + 1
    assert len(await world.store.history(first.id)) == 1


async def test_redelivered_form_does_not_undo_what_was_done_meanwhile(world: World) -> None:
    ticket = await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1")
    taken = await world.desk.tickets.act(ticket.id, Move.TAKE, ALEX, "C1")
    assert await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1") == taken


async def test_faults_are_reported_at_once_and_nothing_is_saved(world: World) -> None:
    with pytest.raises(Invalid) as wrong:
        await world.raised(main_id="12", happens="tbd", contact="Anna", start="9999999999")
    assert wrong.value.errors.keys() == {"main_id", "happens", "contact", "start"}
    assert await world.desk.queries.open_tickets(ANNA, "all") == ([], 0)


async def test_needed_answer_that_the_form_did_not_show_is_asked_for(world: World) -> None:
    with pytest.raises(Invalid) as wrong:
        await world.desk.tickets.create(ANNA, Kind.INCIDENT, without(RAISED, "contact", "impact"), "V1")
    assert wrong.value.errors.keys() == {"contact", "impact"}


async def test_any_member_of_the_workspace_may_raise(world: World) -> None:
    assert (await world.raised(NEMO)).owner == NEMO


@pytest.mark.parametrize("user", NO_STAFF)
async def test_people_from_outside_may_not_raise(world: World, user: str) -> None:
    with pytest.raises(NotYours):
        await world.raised(user)


async def test_text_of_any_kind_is_kept_as_typed_without_nul(world: World) -> None:
    typed = "<!channel> *b* _i_ ~s~ <b>&amp;</b> 👩‍👩‍👧 שלום\x00 " + "x" * 2900
    assert (await world.raised(happens=typed)).answer("happens") == typed.replace("\x00", "")


async def test_form_can_be_sent_again_after_the_database_was_down(world: World) -> None:
    world.store.down = True
    with pytest.raises(StoreDown):
        await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1")
    world.store.down = False
    assert (await world.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, "V1")).number == 1001


# --- filling in


async def test_answers_are_added_and_corrected(world: World) -> None:
    ticket = await world.raised()
    typed = {"error": "550", "impact": "four customers", "tenants": "12345rs"}
    filled = await world.desk.answers.fill_in(ticket.id, BEN, typed, "V9", ticket.version)
    assert filled.answers == RAISED | typed | {"tenants": "12345RS"}
    assert (filled.stage, filled.owner) == (ticket.stage, ticket.owner)


async def test_form_delivered_again_fills_in_nothing_twice(world: World) -> None:
    ticket = await world.raised()
    first = await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550"}, "V9", ticket.version)
    assert await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550"}, "V9", ticket.version) == first


async def test_optional_answer_can_be_taken_away(world: World) -> None:
    ticket = await world.raised(error="550")
    filled = await world.desk.answers.fill_in(ticket.id, ANNA, {"error": ""}, "V9", ticket.version)
    assert "error" not in filled.answers


async def test_answer_needed_to_raise_cannot_be_emptied(world: World) -> None:
    ticket = await world.raised()
    with pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(ticket.id, ANNA, {"impact": ""}, "V9", ticket.version)
    assert wrong.value.errors == {"impact": "This is needed now."}


async def test_answer_needed_for_the_handoff_cannot_be_emptied_after_it(world: World) -> None:
    ticket = await world.accepted()
    with pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(ticket.id, ANNA, {"triage": ""}, "V9", ticket.version)
    assert wrong.value.errors == {"triage": "This is needed now."}


async def test_answer_passed_over_in_a_hurry_can_wait_while_others_are_filled_in(world: World) -> None:
    ticket = await world.raised(priority="P1")
    urgent = await world.desk.tickets.act(ticket.id, Move.COMPRESS, BEN, "C1", word="Nothing goes out at all")
    shown = dict.fromkeys(("info", "triage", "remote", "known", "searched", "summary_first"), "")
    filled = await world.desk.answers.fill_in(ticket.id, BEN, shown | {"error": "550 5.7.1"}, "V9", urgent.version)
    assert (filled.answer("error"), filled.answer("triage")) == ("550 5.7.1", "")
    done = await world.desk.answers.fill_in(
        ticket.id, BEN, {"triage": "Restarted it, no change"}, "V10", filled.version
    )
    with pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(ticket.id, BEN, {"triage": "", "searched": ""}, "V11", done.version)
    assert wrong.value.errors == {"triage": "This is needed now."}


async def test_deciding_answer_still_asks_for_a_dependent_one_that_is_needed_at_once(
    world: World,
) -> None:
    ticket = await world.accepted()
    with pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(
            ticket.id, BEN, {"services": "Other", "service_other": ""}, "V9", ticket.version
        )
    assert wrong.value.errors.keys() == {"service_other"}


@pytest.mark.parametrize("user", [*NO_STAFF, NEMO])
async def test_answers_are_filled_in_by_the_team_only(world: World, user: str) -> None:
    ticket = await world.raised()
    with pytest.raises(NotYours):
        await world.desk.answers.fill_in(ticket.id, user, {"error": "550"}, "V9", ticket.version)


async def test_closed_ticket_is_answered_no_more(world: World) -> None:
    ticket = await world.closed()
    with pytest.raises(NotNow, match="PD-1001 is closed"):
        await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550"}, "V9", ticket.version)


async def test_unknown_ticket_is_reported(world: World) -> None:
    with pytest.raises(Refused, match="not in the desk's database"):
        await world.desk.answers.fill_in("nowhere", ANNA, {}, "V9", 1)


# --- two people at once


async def test_different_fields_of_two_people_are_both_kept(world: World) -> None:
    ticket = await world.raised()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550", "affected": ""}, "V8", ticket.version)
    both = await world.desk.answers.fill_in(ticket.id, BEN, {"error": "", "affected": "3"}, "V9", ticket.version)
    assert (both.answer("error"), both.answer("affected")) == ("550", "3")


async def test_field_left_as_it_was_does_not_undo_a_colleagues_correction(world: World) -> None:
    ticket = await world.raised()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"impact": "four customers"}, "V8", ticket.version)
    typed = {"impact": RAISED["impact"], "error": "550"}
    both = await world.desk.answers.fill_in(ticket.id, BEN, typed, "V9", ticket.version)
    assert (both.answer("impact"), both.answer("error")) == ("four customers", "550")


async def test_same_field_of_two_people_is_the_firsts_and_the_second_reads_whose(world: World) -> None:
    ticket = await world.raised()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550 rejected"}, "V8", ticket.version)
    with pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(ticket.id, BEN, {"error": "451", "affected": "3"}, "V9", ticket.version)
    assert wrong.value.errors.keys() == {"error"}
    assert wrong.value.errors["error"].startswith("Anna Arnold answered this meanwhile: “550 rejected”.")
    stored = await world.desk.queries.ticket(ticket.id)
    assert (stored.answer("error"), stored.answer("affected")) == ("550 rejected", "")
    with speaking(Language.GERMAN), pytest.raises(Invalid) as wrong:
        await world.desk.answers.fill_in(ticket.id, BEN, {"error": "451"}, "V10", ticket.version)
    assert "beantwortet: „550 rejected“." in wrong.value.errors["error"]


async def test_answer_taken_away_meanwhile_is_a_conflict_too(world: World) -> None:
    ticket = await world.raised(error="550")
    await world.desk.answers.fill_in(ticket.id, ANNA, {"error": ""}, "V8", ticket.version)
    with pytest.raises(Invalid, match="error"):
        await world.desk.answers.fill_in(ticket.id, BEN, {"error": "550 5.7.1"}, "V9", ticket.version)


async def test_same_answer_of_two_people_is_no_conflict(world: World) -> None:
    ticket = await world.raised()
    await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550"}, "V8", ticket.version)
    both = await world.desk.answers.fill_in(ticket.id, BEN, {"error": "550", "affected": "3"}, "V9", ticket.version)
    assert (both.answer("error"), both.answer("affected")) == ("550", "3")


async def test_form_opened_again_may_correct_what_a_colleague_wrote(world: World) -> None:
    ticket = await world.raised()
    seen = await world.desk.answers.fill_in(ticket.id, ANNA, {"error": "550"}, "V8", ticket.version)
    corrected = await world.desk.answers.fill_in(ticket.id, BEN, {"error": "451"}, "V9", seen.version)
    assert corrected.answer("error") == "451"


async def test_handoff_form_takes_nothing_away_from_others_either(world: World) -> None:
    ticket = await world.taken()
    await world.desk.answers.fill_in(ticket.id, ALEX, {"triage": "Restarted twice"}, "V8", ticket.version)
    with pytest.raises(Invalid, match="triage"):
        await world.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, "V9", ticket.version)


# --- notes and history


async def test_note_is_a_line_in_the_story_at_any_stage(world: World) -> None:
    ticket = await world.closed()
    noted = await world.desk.tickets.note(ticket.id, BEN, "The customer called again", "V9")
    (line,) = await world.notices_of_kind(noted, NoticeKind.THREAD)
    assert (await world.desk.queries.event_at(noted, line.version)).detail == {"note": "The customer called again"}
    assert noted.stage is Stage.CLOSED


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
async def test_empty_note_is_none(world: World, text: str) -> None:
    ticket = await world.raised()
    with pytest.raises(Invalid):
        await world.desk.tickets.note(ticket.id, ANNA, text, "V9")


async def test_history_alone_can_tell_all_answers(world: World) -> None:
    ticket = await world.complete()
    ticket = await world.desk.answers.fill_in(
        ticket.id, BEN, {"related": "RCR-7", "test_terms": ""}, "V9", ticket.version
    )
    answers: dict[str, str] = {}
    for event in await world.store.history(ticket.id):
        answers |= {key[7:]: text for key, text in event.detail.items() if key.startswith("answer.")}
    assert {key: text for key, text in answers.items() if text} == ticket.answers
    assert "test_terms" not in ticket.answers


async def test_every_version_has_exactly_one_event(world: World) -> None:
    ticket = await world.sent()
    assert [event.version for event in await world.store.history(ticket.id)] == list(range(1, ticket.version + 1))


# --- asking


async def test_open_tickets_are_mine_my_levels_or_all_and_closed_ones_are_none(world: World) -> None:
    await world.closed()
    mine, theirs = await world.raised(ANNA), await world.accepted()
    assert await world.desk.queries.open_tickets(ANNA, "mine") == ([mine], 1)
    assert await world.desk.queries.open_tickets(BEA, "level") == ([theirs], 1)
    assert await world.desk.queries.open_tickets(ALEX, "level") == ([mine], 1)
    assert await world.desk.queries.open_tickets(CARLA, "all") == ([theirs, mine], 2)


async def test_tickets_with_retarus_are_listed_for_the_second_level(world: World) -> None:
    ticket = await world.sent()
    assert await world.desk.queries.open_tickets(BEA, "level") == ([ticket], 1)


@pytest.mark.parametrize(
    "text", ["PD-1001", "pd-1001", "PD 1001", "pd1001", " 1001 ", "#1001", "#PD-1001", "Ticket 1001", "Nr. 1001"]
)
async def test_ticket_is_found_by_its_name_however_it_is_written(world: World, text: str) -> None:
    ticket = await world.raised()
    assert await world.desk.queries.by_reference(text, ALEX) == ticket


@pytest.mark.parametrize("text", ["PD-9999", "XX-1001", "", "help me", "9" * 30, "1001; DROP TABLE"])
async def test_name_no_ticket_has_is_reported(world: World, text: str) -> None:
    await world.raised()
    with pytest.raises(Refused, match="There is no ticket"):
        await world.desk.queries.by_reference(text, ALEX)


@pytest.mark.parametrize("user", NO_STAFF)
async def test_people_from_outside_are_shown_no_tickets(world: World, user: str) -> None:
    await world.raised()
    for scope in ("mine", "level", "all"):
        with pytest.raises(NotYours):
            await world.desk.queries.open_tickets(user, scope)
    with pytest.raises(NotYours):
        await world.desk.queries.by_reference("PD-1001", user)


async def test_right_to_submit_is_checked_before_a_form_is_shown(world: World) -> None:
    ticket = await world.raised()
    assert await world.desk.queries.allowed(ticket.id, Move.HAND_OFF, ANNA) == ticket
    with pytest.raises(NotYours):
        await world.desk.queries.allowed(ticket.id, Move.HAND_OFF, BEN)
    with pytest.raises(NotNow):
        await world.desk.queries.allowed(ticket.id, Move.RESOLVE, ANNA)


async def test_template_can_be_answered_at_any_level(world: World) -> None:
    ticket = await world.accepted()
    assert (
        await world.desk.answers.fill_in(ticket.id, ANNA, TEMPLATE, "V9", ticket.version)
    ).answers.items() >= TEMPLATE.items()


# --- put aside


async def test_unfinished_form_is_kept_as_it_was_typed_until_it_is_taken_up_or_thrown_away(world: World) -> None:
    await world.desk.tickets.save_draft(ANNA, Kind.INCIDENT, {"happens": "Outbound mail", "main_id": "7", "impact": ""})
    assert await world.desk.queries.draft(ANNA, Kind.INCIDENT) == {"happens": "Outbound mail", "main_id": "7"}
    await world.desk.tickets.discard_draft(ANNA, Kind.INCIDENT)
    assert await world.desk.queries.draft(ANNA, Kind.INCIDENT) == {}


async def test_draft_is_one_persons_and_one_kinds(world: World) -> None:
    await world.desk.tickets.save_draft(ANNA, Kind.INCIDENT, {"happens": "Outbound mail"})
    assert await world.desk.queries.draft(ALEX, Kind.INCIDENT) == {}
    assert await world.desk.queries.draft(ANNA, Kind.CHANGE) == {}


async def test_list_somebody_looked_at_last_is_shown_again(world: World) -> None:
    assert await world.desk.queries.last_scope(ANNA) == "mine"
    await world.desk.tickets.remember_scope(ANNA, "all")
    assert (await world.desk.queries.last_scope(ANNA), await world.desk.queries.last_scope(ALEX)) == ("all", "mine")
