"""Escalation: complete, authorised, exactly as previewed, and with its outcome reported to the owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.forms.template_fields import PREQUALIFICATION, TEMPLATE
from bot.model.notice import BLOCKED
from bot.model.ticket import Stage
from bot.model.transitions import Move
from localslack import Modal
from localslack.visible import text_of
from tests.handlers.world import DESK, RETARUS, Json, World, world


async def previewed(w: World, card: Json, *, by: str = "ben") -> Modal:
    person = getattr(w, by)
    await person.click(await person.again(card), "Escalate to Retarus")
    done = await person.submit(await person.modal("Escalate to Retarus"))
    assert done["outcome"] == "updated", done
    preview: Modal = await person.modal("Preview")
    return preview


async def test_escalation_form_asks_for_everything_missing_and_marks_it(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus", containing="Already answered")
    assert "Impact: No outbound mail for three customers" in modal.text
    assert "Fill in" not in modal.text
    await w.decide(w.ben, modal, "test", "yes")
    modal = await w.ben.modal("Escalate to Retarus", containing="To whom and when")
    w.ben.fill(modal, w.details() | {"tenants": "12345RS", "example.1.status": "not available"})
    done = await w.ben.submit(modal, {"affected": "n/a"})
    assert set(done["errors"]) == {"affected", "example.1.status"}
    done = await w.ben.submit(modal, {"affected": "3", "example.1.status": "550 5.7.1 rejected"})
    assert done["outcome"] == "updated", done
    ready = await w.ben.modal("Preview", containing="This is what Retarus reads")
    assert (await w.ben.submit(ready))["outcome"] == "closed"
    await w.ben.reply(card, "escalated it to Retarus")


async def test_escalation_without_a_transaction_asks_for_one_beside_its_status(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus")
    details = {key: text for key, text in w.details().items() if not key.startswith("example")}
    done = await w.ben.submit(modal, {key: text for key, text in details.items() if key != "test_terms"})
    assert set(done["errors"]) == {"example.1.status"}
    assert "At least one transaction is needed" in done["errors"]["example.1.status"]


async def test_save_for_now_keeps_what_was_typed_and_asks_for_the_rest(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus")
    w.ben.fill(modal, {"tenants": "12345RS", "error": "550 5.7.1 rejected"})
    await w.ben.click(modal, "Save for now")
    modal = await w.ben.modal("Escalate to Retarus", containing="Error pattern(s) / message(s): 550 5.7.1 rejected")
    ticket = await w.ticket()
    assert (ticket.answer("tenants"), ticket.answer("summary_second")) == ("12345RS", "")
    blocks = {block.get("block_id") for block in modal.view["blocks"]}
    assert "tenants" not in blocks
    assert {"affected", "summary_second"} <= blocks


async def test_save_for_now_names_the_questions_of_wrong_answers_and_loses_none(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus")
    w.ben.fill(modal, {"tenants": "1234", "done": "-", "error": "550 5.7.1 rejected"})
    await w.ben.click(modal, "Save for now")
    refusal = await w.ben.modal("Not possible", containing="Affected tenants: “1234” is not an ID")
    assert "What has been done so far: “-” leaves the question open" in refusal.text
    await w.ben.dismiss(refusal)
    modal = await w.ben.modal("Escalate to Retarus")
    w.ben.fill(modal, {"tenants": "12345RS", "done": "Restart: no change"})
    await w.ben.click(modal, "Save for now")
    await w.ben.modal("Escalate to Retarus", containing="Error pattern(s) / message(s): 550 5.7.1 rejected")


async def test_answer_of_a_colleague_meanwhile_is_replaced_when_the_form_is_sent_again(w: World) -> None:
    card = await w.accepted()
    await w.ben.click(card, "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus")
    ticket = await w.ticket()
    theirs = {"error": "451 try later", "affected": "4"}
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", theirs, "form", ticket.version)
    details = {key: text for key, text in w.details().items() if key not in {"affected", "test_terms"}}
    done = await w.ben.submit(modal, {**details, "affected": "4"})
    assert done["outcome"] == "updated", done
    modal = await w.ben.modal("Escalate to Retarus", containing="Anna Arnold answered this meanwhile: “451 try later”.")
    assert (await w.ben.submit(modal))["outcome"] == "updated"
    await w.ben.modal("Preview", containing="550 5.7.1 rejected by policy")
    ticket = await w.ticket()
    assert (ticket.answer("error"), ticket.answer("affected")) == ("550 5.7.1 rejected by policy", "4")


async def test_answers_that_are_there_can_be_edited_in_the_form_of_the_escalation(w: World) -> None:
    card = await w.filled()
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    modal = await w.ben.modal("Escalate to Retarus", containing="EXAMPLE: 1 transaction")
    assert not {"tenants", "why_retarus", "done"} & {block.get("block_id") for block in modal.view["blocks"]}
    await w.ben.click(modal, "Edit these answers")
    modal = await w.ben.modal("Escalate to Retarus", containing="Or upload them as a CSV file")
    done = await w.ben.submit(modal, {"affected": "4"})
    assert done["outcome"] == "updated", done
    await w.ben.modal("Preview", containing="Number of affected customers: 4")


async def test_preview_lists_what_was_taken_away_meanwhile_with_a_way_to_fill_it_in(w: World) -> None:
    card = await w.filled()
    preview = await previewed(w, card)
    ticket = await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", {"affected": ""}, "another form", ticket.version)
    assert (await w.ben.submit(preview))["outcome"] == "updated"
    preview = await w.ben.modal("Preview", containing="Number of affected customers · 1st level · guide sections 4")
    assert "submit" not in preview.view or not preview.view["submit"]
    await w.ben.click(preview, "Fill in")
    form = await w.ben.modal("Fill in")
    assert (await w.ben.submit(form, {"affected": "3"}))["outcome"] == "closed"
    await w.ben.modal("Preview", containing="This is what Retarus reads")


async def test_unauthorised_person_sees_why_and_who_can_send(w: World) -> None:
    card = await w.filled()
    await w.bea.click(card, "Take over")
    await w.bea.reply(card, "took it over")
    preview = await previewed(w, card, by="bea")
    assert "attestation" in preview.text or "authorisation" in preview.text
    assert "Ben Brandt, Carla Conrad" in preview.text
    assert not preview.view.get("submit")
    assert (await w.ticket()).stage is Stage.SECOND


async def test_letter_has_every_heading_in_order_in_the_channel_and_in_the_mail(w: World) -> None:
    await w.escalated()
    posted = await w.rita.message(RETARUS, "our reference PD-1001")
    mail = await w.ben.mail("PD-1001")
    headings = [heading.text for heading in (*TEMPLATE, *PREQUALIFICATION)]
    for text in (posted["text"].replace("&amp;", "&"), mail["text"]):
        places = [text.index(heading) for heading in headings]
        assert places == sorted(places)
    assert "Reported by Ben Brandt, authorised support contact, +49 89 12345672" in mail["text"]
    assert "BEGIN" not in mail["html"]
    assert "<h3>START OF INCIDENT</h3>" in mail["html"]
    assert "Reply-To: ben@nordlicht.example" in mail["raw"]
    assert "@nordlicht.example>" in mail["raw"].partition("Message-ID: ")[2].partition("\n")[0]


async def test_changes_since_the_preview_are_shown_before_sending(w: World) -> None:
    card = await w.filled()
    preview = await previewed(w, card)
    ticket = await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", {"affected": "5"}, "another form", ticket.version)
    done = await w.ben.submit(preview)
    assert done["outcome"] == "updated"
    again = await w.ben.modal("Preview", containing="changed since you looked")
    assert (await w.ben.submit(again))["outcome"] == "closed"


async def test_letter_is_sent_once_by_two_concurrent_senders(w: World) -> None:
    card = await w.filled()
    first = await previewed(w, card)
    await w.carla.click(card, "Escalate to Retarus")
    await w.carla.submit(await w.carla.modal("Escalate to Retarus"))
    second = await w.carla.modal("Preview")
    await w.carla.submit(second)
    await w.ben.submit(first)
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    assert len(await w.ben.mails()) == 1


async def test_full_mailbox_is_reported_in_the_thread_with_the_way_out(w: World) -> None:
    w.mail.faults.refuse_recipient("support@retarus.example")
    card = await w.filled()
    await w.ben.submit(await previewed(w, card))
    message = await w.ben.reply(card, "was not delivered")
    assert "full" in str(message["blocks"])
    w.mail.faults.clear()
    await w.ben.click(message, "Try again")
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    mended = await w.ben.reply(card, "It was not delivered at first; Ben Brandt sent it again.")
    assert mended["ts"] == message["ts"]
    assert "Try again" not in str(mended["blocks"])


async def test_letter_to_an_archived_channel_waits_and_is_sent_automatically(w: World) -> None:
    card = await w.filled()
    w.slack.admin.archive(RETARUS)
    await w.ben.submit(await previewed(w, card))
    message = await w.ben.reply(card, "The letter to the Retarus channel is waiting")
    assert "archived" in str(message["blocks"])
    alert = await w.carla.message("@partner-desk", "Sending to a channel is on hold")
    assert "archived" in str(alert["blocks"])
    assert f"<#{w.running.desk.routes.retarus}>" in alert["text"]
    w.slack.admin.archive(RETARUS, archived=False)
    await w.ben.advance(BLOCKED.total_seconds())
    await w.ben.reply(card, "Delivered to Retarus in ")


async def test_letter_to_an_archived_channel_goes_by_e_mail_where_that_is_the_fallback(tmp_path: Path) -> None:
    async with world(tmp_path, retarus={"fallback": True}) as w:
        card = await w.filled()
        w.slack.admin.archive(RETARUS)
        await w.ben.submit(await previewed(w, card))
        message = await w.ben.reply(card, "The letter to the Retarus channel was not delivered")
        assert "It goes by e-mail instead." in str(message["blocks"])
        await w.ben.reply(card, "Delivered to Retarus by e-mail")
        assert len(await w.anna.mails()) == 1


async def test_letter_waits_for_the_invitation_and_is_sent_automatically(w: World) -> None:
    card = await w.filled()
    w.slack.admin.remove_member(RETARUS, "Partner Desk")
    await w.ben.submit(await previewed(w, card))
    await w.ben.reply(card, "Invite it there")
    w.slack.admin.add_member(RETARUS, "Partner Desk")
    await w.ben.advance(BLOCKED.total_seconds())
    await w.ben.reply(card, "Delivered to Retarus in ")


async def test_very_long_letter_is_posted_in_pieces_in_one_thread(w: World) -> None:
    card = await w.filled()
    await w.ben.click(await w.ben.again(card), "Fill in")
    long = dict.fromkeys(("happens", "error", "example.1.log", "steps", "done"), "line of log\n" * 240)
    form = await w.ben.modal("Fill in")
    assert (await w.ben.submit(form, long))["outcome"] == "closed"
    await w.ben.submit(await previewed(w, card))
    posted = await w.rita.message(RETARUS, "PD-1001")
    await w.ben.reply(card, "Delivered to Retarus in ")
    assert len(await w.rita.thread(posted)) > 1


@pytest.mark.parametrize("typed", ["no number", "x" * 61])
async def test_rcr_field_refuses_what_is_no_number(w: World, typed: str) -> None:
    card = await w.escalated()
    await w.ben.click(card, "RCR number")
    done = await w.ben.submit(await w.ben.modal("RCR number"), {"rcr": typed})
    assert set(done["errors"]) == {"rcr"}


async def test_letter_can_be_read_again(w: World) -> None:
    card = await w.escalated()
    await w.further(w.anna, card, "Show letter")
    shown = await w.anna.modal("Sent to Retarus")
    assert "PARTNERS' MAIN CUSTOMER ID" in shown.text
    assert await w.anna.messages(DESK)


async def test_second_letter_stands_in_the_threads_of_the_first(w: World) -> None:
    card = await w.escalated()
    first = await w.rita.message(RETARUS, "our reference PD-1001")
    mail = await w.ben.mail("PD-1001")
    ticket = await w.ticket()
    desk = w.running.desk
    ticket = await desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_ANSWERED, "U0BEN", "F1", "answer", "It is corrected"
    )
    await w.ben.reply(card, "It is corrected")
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    again = {"summary_second": "Still rejected after the correction.", "why_retarus": "Correct the second rule too"}
    await w.ben.submit(await w.ben.modal("Escalate to Retarus"), again)
    preview = await w.ben.modal("Preview", containing="This follows our letter of")
    assert "Your answer of" in preview.text
    assert (await w.ben.submit(preview))["outcome"] == "closed"
    reply = await w.rita.reply(first, "This follows our letter of")
    assert "Correct the second rule too" in text_of(reply)
    answer = await w.ben.mail("This follows our letter of")
    assert dict(answer["headers"])["In-Reply-To"] == dict(mail["headers"])["Message-ID"]
    assert answer["subject"] == f"Re: {mail['subject']}"
