"""Checks are answered one by one, by people of either level, with their names."""

from __future__ import annotations

from bot.model.ticket import Stage
from tests.handlers.world import DESK, World


async def test_checks_are_answered_one_by_one_by_either_level(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Start checks")
    shown = await w.anna.modal("1st-level checks", containing="0 of 7 done")
    await w.anna.click(shown, "Correct and complete")
    await w.anna.modal("1st-level checks", containing="1 of 7 done")
    await w.alex.click(await w.alex.message(DESK, "Continue checks (1/7)"), "Continue checks (1/7)")
    await w.alex.click(await w.alex.modal("1st-level checks"), "Works")
    shown = await w.alex.modal("1st-level checks", containing="2 of 7 done")
    assert "Anna Arnold" in shown.text
    assert "Alex Adler" in shown.text


async def test_check_that_needs_words_has_a_form_of_its_own_and_the_list_shows_the_answer(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    ticket = await w.ticket()
    await w.running.desk.answers.check(ticket.id, "U0ANNA", {"info": "correct"}, "a form", ticket.version)
    await w.anna.click(await w.anna.message(DESK, "Continue checks (1/7)"), "Continue checks (1/7)")
    await w.anna.click(await w.anna.modal("1st-level checks"), "Answer")
    form = await w.anna.modal("One check")
    assert "P1: A service is down for one or more customers" in form.text
    done = await w.anna.submit(form, {"priority": "P1", "priority_reason": "tbd"})
    assert done["outcome"] == "errors"
    done = await w.anna.submit(form, {"priority": "P1", "priority_reason": "No outbound mail"})
    assert done["outcome"] == "closed"
    await w.anna.modal("1st-level checks", containing="P1 · No outbound mail")


async def test_finding_of_retarus_is_recorded_and_the_ticket_returns_if_they_did_not_cause_it(w: World) -> None:
    card = await w.escalated()
    await w.further(w.ben, card, "Checks")
    await w.ben.click(await w.ben.modal("Retarus's tasks"), "Not caused by Retarus")
    await w.ben.reply(card, "it is back at the 2nd level")
    assert (await w.ticket()).stage is Stage.SECOND
    await w.ben.message(DESK, "Retarus found: Not caused by Retarus")


async def test_workaround_of_retarus_is_posted_and_shown_on_the_card(w: World) -> None:
    card = await w.escalated()
    await w.ben.click(card, "Log Retarus update")
    answers = {"word": "They are on it", "their_workaround": "Send by DE2", "eta": int(w.now()) + 7200}
    done = await w.ben.submit(await w.ben.modal("Update from Retarus"), answers)
    assert done["outcome"] == "closed"
    await w.ben.reply(card, "Workaround of Retarus: Send by DE2")
    await w.anna.message("@partner-desk", "Please verify that it helps")
    card = await w.ben.message(DESK, "Workaround of Retarus: Send by DE2")
    assert "Retarus expects it to be solved by" in str(card)


async def test_phone_call_is_logged_as_no_report(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Write a note")
    answers = {"word": "Called Retarus Support: they know nothing of it", "called": "retarus"}
    done = await w.anna.submit(await w.anna.modal("Write a note"), answers)
    assert done["outcome"] == "closed"
    await w.anna.reply(card, "logged a phone call with Retarus. Only a written report counts")
