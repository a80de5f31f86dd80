"""A reminder ends when somebody acts, and brings with it the buttons for that."""

from __future__ import annotations

from functools import partial

import pytest

from bot.model.ticket import Stage
from localslack.listening import Refusal
from localslack.mail.letter import Mail
from tests.handlers.world import DESK, RETARUS, Json, World

HALF_AN_HOUR = 31 * 60
HOURS = 3600


async def test_reminder_that_is_answered_is_struck_through_in_the_thread_and_in_the_direct_message(w: World) -> None:
    card = await w.handed_off()
    await w.anna.advance(HALF_AN_HOUR)
    reminder = await w.anna.reply(card, "with no activity")
    message = await w.anna.message("@partner-desk", "Not accepted yet")
    await w.ben.click(reminder, "Accept")
    await w.anna.wait_for(partial(_is_struck, w, reminder), "the thread's line struck through")
    await w.anna.wait_for(partial(_is_struck, w, message), "the direct message struck through")
    assert "handed off to the 2nd level for 31 min" in str((await w.anna.again(message))["blocks"])
    assert "actions" not in {block["type"] for block in (await w.anna.again(message))["blocks"]}


async def _is_struck(w: World, message: Json) -> bool:
    return "'strike': True" in str((await w.anna.again(message))["blocks"])


async def test_older_reminder_is_quiet_once_there_is_a_newer_one(w: World) -> None:
    card = await w.handed_off()
    await w.anna.advance(HALF_AN_HOUR)
    first = await w.anna.reply(card, "for 31 min with no activity")
    await w.anna.advance(HOURS + 60)
    await w.anna.reply(card, "for 1 h 32 min with no activity")
    await w.anna.wait_for(partial(_is_quiet, w, first), "the first one without buttons")
    assert not await _is_struck(w, first)


async def _is_quiet(w: World, message: Json) -> bool:
    return "actions" not in {block["type"] for block in (await w.anna.again(message))["blocks"]}


async def test_reminders_of_one_person_are_one_direct_message(w: World) -> None:
    for _ in range(3):
        await w.anna.command("#partner-desk", "/retarus-incident")
        await w.anna.submit(await w.anna.modal("Raise an incident"), w.answers())
    await w.anna.message("#partner-desk", "PD-1003")
    await w.anna.advance(HALF_AN_HOUR)
    message = await w.anna.message("@partner-desk", "3 tickets wait for you")
    assert [name in str(message["blocks"]) for name in ("PD-1001", "PD-1002", "PD-1003")] == [True] * 3


async def test_unanswered_reminder_goes_to_the_second_person_and_then_to_the_lead(w: World) -> None:
    card = await w.handed_off()
    await w.anna.advance(HALF_AN_HOUR)
    await w.anna.reply(card, "with no activity")
    await w.anna.advance(HOURS + 60)
    await w.bea.message("@partner-desk", "Nobody has answered")
    await w.anna.advance(HOURS + 60)
    message = await w.carla.message("@partner-desk", "Nobody has answered")
    assert "PD-1001" in str(message["blocks"])


async def test_snooze_is_silent_until_its_time_and_says_why(w: World) -> None:
    card = await w.handed_off()
    await w.anna.advance(HALF_AN_HOUR)
    reminder = await w.anna.reply(card, "with no activity")
    await w.anna.click(reminder, "Snooze")
    modal = await w.anna.modal("Snooze")
    (first,) = [block["element"] for block in modal.view["blocks"] if block.get("block_id") == "preset"]
    done = await w.anna.submit(modal, {"word": "Ben is back tomorrow, agreed by phone"})
    assert done["outcome"] == "closed", done
    line = await w.anna.reply(card, "snoozed the reminders until")
    assert "agreed by phone" in str(line["blocks"])
    offered = int(first["initial_option"]["value"])
    assert int((await w.ticket()).times.snoozed_until.timestamp()) == offered  # type: ignore[union-attr]
    await w.further(w.anna, card, "Snooze")  # the reminder may have been redrawn without it
    later = int(w.now()) + 20 * HOURS
    assert (await w.anna.submit(await w.anna.modal("Snooze"), {"until": later}))["outcome"] == "closed"
    assert int((await w.ticket()).times.snoozed_until.timestamp()) == later  # type: ignore[union-attr]


async def test_retarus_is_chased_in_the_same_mail_thread_and_under_the_letter_in_the_channel(w: World) -> None:
    card = await w.escalated()
    await w.ben.advance(4 * HOURS + 60)
    reminder = await w.ben.reply(card, "with no activity")
    await w.ben.click(reminder, "Chase Retarus")
    modal = await w.ben.modal("Chase Retarus")
    assert (await w.ben.submit(modal))["outcome"] == "closed"
    await w.ben.reply(card, "wrote to Retarus again")
    letter = await w.rita.message(RETARUS, "PD-1001")
    await w.rita.reply(letter, "have not heard from you")
    first, chaser = await w.ben.wait_for(partial(_mails, w), "the second e-mail")
    assert chaser.subject == f"Re: {first.subject}"
    assert chaser.header("In-Reply-To") == first.header("Message-ID")


async def _mails(w: World) -> list[Mail]:
    """The letter and what follows on it, once both are there."""
    found = sorted(w.slack.mailbox.messages(), key=lambda mail: mail.subject.startswith("Re: "))  # type: ignore[union-attr]
    return found if len(found) == 2 else []


async def test_files_posted_while_retarus_has_it_go_along_with_the_next_word_to_them(w: World) -> None:
    card = await w.escalated()
    await _posted(w, card, "trace.log")
    await w.ben.reply(card, "attached trace.log")
    await w.ben.advance(4 * HOURS + 60)
    await w.ben.click(await w.ben.reply(card, "last activity"), "Chase Retarus")
    modal = await w.ben.modal("Chase Retarus", containing="Files to be sent: 1, 9 B of 20 MB")
    assert "trace.log (9 B)" in modal.text
    await _posted(w, card, "later.log")
    await w.ben.reply(card, "attached later.log")
    assert (await w.ben.submit(modal))["outcome"] == "updated"  # nothing goes that was not seen
    modal = await w.ben.modal("Chase Retarus", containing="later.log (9 B)")
    assert (await w.ben.submit(modal))["outcome"] == "closed"
    await w.ben.reply(card, "wrote to Retarus again · with trace.log (9 B), later.log (9 B)")
    _, chaser = await w.ben.wait_for(partial(_mails, w), "the second e-mail")
    assert [each.name for each in chaser.attachments] == ["trace.log", "later.log"]
    letter = await w.rita.message(RETARUS, "PD-1001")
    await w.ben.wait_for(partial(_are_there, w, letter), "the files below the letter")
    assert all(each.sent_at for each in (await w.ticket()).attachments)


async def _posted(w: World, card: Json, name: str) -> None:
    file = (await w.anna.upload(name, b"rejected\n"))["files"][0]
    await w.anna.post(DESK, "here it is", thread=card, files=[file["id"]])


async def _are_there(w: World, letter: Json) -> bool:
    thread = await w.rita.thread(letter)
    return [file["name"] for each in thread for file in each.get("files", [])] == ["trace.log", "later.log"]


async def test_chaser_is_sent_by_an_authorised_contact_only(w: World) -> None:
    card = await w.escalated()
    await w.ben.advance(4 * HOURS + 60)
    await w.bea.click(await w.bea.reply(card, "with no activity"), "Chase Retarus")
    await w.bea.reply(card, "you cannot send to Retarus")


async def test_promised_update_of_retarus_is_when_it_is_reminded(w: World) -> None:
    card = await w.escalated()
    await w.ben.advance(4 * HOURS + 60)
    await w.ben.click(await w.ben.reply(card, "with no activity"), "Set next update")
    promised = int(w.now()) + 9 * HOURS
    await w.ben.submit(await w.ben.modal("What Retarus said"), {"update_due": promised})
    await w.ben.reply(card, "recorded what Retarus said")
    assert int((await w.ticket()).times.update_due.timestamp()) == promised  # type: ignore[union-attr]


async def test_ticket_is_reassigned_to_a_colleague_of_the_level_only(w: World) -> None:
    card = await w.accepted()
    await w.ben.advance(5 * HOURS)
    await w.ben.click(await w.ben.reply(card, "with no activity"), "Assign to somebody")
    modal = await w.ben.modal("Assign to somebody")
    with pytest.raises(Refusal, match="has no option 'U0ANNA'"):
        await w.ben.submit(modal, {"to": "U0ANNA"})
    await w.ben.submit(modal, {"to": "U0BEA"})
    await w.bea.message("@partner-desk", "assigned it to you")
    assert (await w.ticket()).owner == "U0BEA"


async def test_reminder_of_a_silent_end_customer_has_a_button_to_stop_waiting(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Wait for customer")
    await w.ben.submit(await w.ben.modal("Wait for customer"), {"word": "Which recipients are affected?"})
    await w.ben.reply(card, "waits for the end-customer")
    await w.ben.advance(72 * HOURS)
    await w.ben.click(await w.ben.reply(card, "with no activity"), "Go on without an answer")
    await w.ben.submit(await w.ben.modal("Go on without an answer"), {"word": "Silent for three days"})
    await w.ben.reply(card, "went on without the end-customer's answer")
    assert (await w.ticket()).stage is Stage.SECOND


async def test_clocks_of_a_ticket_can_be_looked_at(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Clocks and more")
    modal = await w.ben.modal("Clocks")
    words = str(modal.view if hasattr(modal, "view") else modal)
    assert "remedy or an action plan" in words
