"""Taking, sending back, waiting, resolving, reopening: one owner, one party that must act, one winner of a race."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.errors import NotYours
from bot.model.ticket import Party, Stage
from bot.model.transitions import Move
from tests.handlers.world import DESK, World


async def test_take_that_lost_the_race_names_the_owner(w: World) -> None:
    card = await w.raised()
    await asyncio.gather(w.anna.click(card, "Take"), w.alex.click(card, "Take"))
    await w.anna.reply(card, "took it")
    owner = (await w.ticket()).owner
    loser, winner = (w.alex, "Anna Arnold") if owner == "U0ANNA" else (w.anna, "Alex Adler")
    message = await loser.message(DESK, "was a moment quicker")
    assert message["is_ephemeral"]
    assert winner in message["text"]


async def test_double_click_takes_it_once(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    assert len([each for each in await w.anna.thread(card) if "took it" in each["text"]]) == 1
    assert (await w.ticket()).version == 2


async def test_second_level_sends_it_back_with_a_reason_and_the_first_owner_is_notified(w: World) -> None:
    card = await w.handed_off()
    await w.ben.click(card, "Send back")
    await w.ben.submit(await w.ben.modal("Send back"), {"word": "Which connector version is it?"})
    await w.anna.message("@partner-desk", "sent it back to you")
    ticket = await w.ticket()
    assert (ticket.stage, ticket.owner, ticket.bounces) == (Stage.FIRST, "U0ANNA", 1)


async def test_reason_that_says_nothing_is_refused_beside_its_field(w: World) -> None:
    card = await w.handed_off()
    await w.ben.click(card, "Send back")
    done = await w.ben.submit(await w.ben.modal("Send back"), {"word": "n/a"})
    assert set(done["errors"]) == {"word"}


async def test_person_not_on_the_level_is_refused_in_words(w: World) -> None:
    card = await w.handed_off()
    await w.anna.click(card, "Accept")
    message = await w.anna.message(DESK, "not on that team")
    assert message["is_ephemeral"]
    assert (await w.ticket()).stage is Stage.HANDED_OFF


async def test_external_person_cannot_move_anything(w: World) -> None:
    await w.escalated()
    before = await w.ticket()
    with pytest.raises(NotYours, match="Only the partner's people"):
        await w.running.desk.tickets.act(before.id, Move.RETARUS_ANSWERED, "U0RITA", "click")
    assert await w.ticket() == before


async def test_end_customer_has_the_ball_while_they_are_asked(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    card = await w.anna.message(DESK, "1st level: ")
    await w.anna.click(card, "Wait for customer")
    await w.anna.submit(await w.anna.modal("Wait for customer"), {"word": "Which recipients are affected?"})
    card = await w.anna.message(DESK, "waiting for the end-customer: ")
    assert (await w.ticket()).ball is Party.CUSTOMER
    await w.anna.click(card, "Customer answered")
    await w.anna.submit(await w.anna.modal("Customer answered"), {"word": "All of target.example"})
    await w.anna.message(DESK, "1st level: ")


async def test_colleague_takes_over_a_waiting_ticket_and_resumes_it_without_an_answer(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Wait for customer")
    await w.ben.submit(await w.ben.modal("Wait for customer"), {"word": "Which recipients are affected?"})
    card = await w.bea.message(DESK, "waiting for the end-customer: ")
    await w.bea.click(card, "Take over")
    await w.bea.reply(card, "took it over")
    await w.bea.click(await w.bea.again(card), "Go on without an answer")
    form = await w.bea.modal("Go on without an answer")
    assert set((await w.bea.submit(form, {"word": "-"}))["errors"]) == {"word"}
    await w.bea.submit(form, {"word": "Nobody there since Monday"})
    message = await w.bea.reply(card, "went on without the end-customer's answer")
    assert "Nobody there since Monday" in str(message["blocks"])
    ticket = await w.ticket()
    assert (ticket.stage, ticket.owner) == (Stage.SECOND, "U0BEA")


async def test_remedy_form_at_the_second_level_becomes_that_of_closing_without_one(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Resolve")
    await w.ben.click(await w.ben.modal("Resolve"), "Close without remedy")
    await w.ben.submit(await w.ben.modal("Close without remedy"), {"word": "The customer withdrew it"})
    await w.ben.reply(card, "closed it without a remedy")
    assert (await w.ticket()).stage is Stage.CLOSED


async def test_remedy_that_did_not_hold_is_reopened_at_the_first_level(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Resolve")
    await w.ben.submit(await w.ben.modal("Resolve"), {"word": "Rolled the connector back"})
    card = await w.anna.message(DESK, "to be confirmed: ")
    await w.anna.click(card, "Reopen")
    await w.anna.submit(await w.anna.modal("Reopen"), {"word": "Still rejected since 13:00"})
    await w.anna.reply(card, "reopened it")
    ticket = await w.ticket()
    assert (ticket.stage, ticket.owner) == (Stage.FIRST, "U0ANNA")


async def test_form_that_comes_too_late_keeps_its_text_and_offers_it_as_a_note(w: World) -> None:
    card = await w.handed_off()
    await w.ben.click(card, "Send back")
    late = await w.ben.modal("Send back")
    await w.bea.click(card, "Accept")
    await w.bea.reply(card, "accepted it")
    await w.bea.click(await w.bea.again(card), "Resolve")
    await w.bea.submit(await w.bea.modal("Resolve"), {"word": "Rolled the connector back"})
    await w.bea.reply(card, "resolved it")

    done = await w.ben.submit(late, {"word": "Which connector version is it, please?"})
    assert done["outcome"] == "updated"
    read_catalogue = await w.ben.modal("The ticket moved on")
    assert read_catalogue.view["blocks"][1]["element"]["initial_value"] == "Which connector version is it, please?"
    await w.ben.submit(read_catalogue)
    await w.ben.reply(card, "noted")


async def test_outdated_button_says_that_it_is_of_an_older_version(w: World) -> None:
    card = await w.raised()
    button = {"type": "button", "text": {"type": "plain_text", "text": "Old"}, "action_id": "gone"}
    posted = await w.running.dispatcher.client.chat_postMessage(
        channel=card["channel"],
        text="old",
        blocks=[{"type": "actions", "elements": [button]}],
    )
    old = next(each for each in await w.anna.messages(DESK) if each["ts"] == posted["ts"])
    await w.anna.click(old, "Old")
    await w.anna.message(DESK, "older version")


async def test_question_back_to_the_customer_is_drafted_from_what_is_missing(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Wait for customer")
    modal = await w.anna.modal("Wait for customer")
    drafted = next(block["element"]["initial_value"] for block in modal.view["blocks"] if block["type"] == "input")
    assert "- The exact error message, copied or as a picture" in drafted
    assert "- How many people or sites are affected?" in drafted
    assert "Related" not in drafted


async def test_changed_priority_is_reported_in_the_thread_and_to_the_owner(w: World) -> None:
    card = await w.accepted()
    ticket = await w.ticket()
    changed = {"priority": "P2", "priority_reason": "Only one customer after all"}
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", changed, "a form", ticket.version)
    message = await w.anna.reply(card, "changed the priority to P2")
    assert "Only one customer after all" in message["text"]
    await w.ben.message("@partner-desk", "changed its priority")
