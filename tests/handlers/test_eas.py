"""The portal instead of the letter: text to copy, then when, by whom, and Retarus's number (guide 2.1, 2.2, L2.10)."""

from __future__ import annotations

from pathlib import Path

from bot.model.ticket import Stage
from bot.tickets.ports import Batch
from localslack import Modal
from tests.handlers.world import DESK, RETARUS, Json, World, world


async def previewed(w: World) -> tuple[Json, Modal]:
    card = await w.filled()
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    await w.ben.submit(await w.ben.modal("Escalate to Retarus"))
    preview: Modal = await w.ben.modal("Preview", containing="This is what Retarus reads")
    return card, preview


async def with_access(w: World) -> None:
    contacts = [each for each in await w.running.store.contacts() if each.slack_user == "U0BEN"]
    await w.running.store.apply(Batch(contacts=[contacts[0].model_copy(update={"has_eas": True})]))


async def test_ticket_is_opened_in_the_portal_and_recorded_with_its_number(w: World) -> None:
    await with_access(w)
    card, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    form = await w.ben.modal("Open it in EAS")
    assert "73125" in form.text
    assert "PARTNERS' MAIN CUSTOMER ID" in form.text
    done = await w.ben.submit(form, {"opened": int(w.now()), "rcr": "RCR-4711"})
    assert done["outcome"] == "cleared"
    await w.ben.reply(card, "opened it in EAS")
    ticket = await w.ticket()
    assert (ticket.stage, ticket.sent_by, ticket.rcr) == (Stage.RETARUS, "U0BEN", ("RCR-4711",))
    assert await w.ben.mails() == []


async def test_portal_refuses_a_contact_without_access(w: World) -> None:
    _, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    await w.ben.modal(containing="guide 2.2")
    assert (await w.ticket()).stage is Stage.SECOND


async def test_moment_that_has_not_come_is_refused_beside_its_field(w: World) -> None:
    await with_access(w)
    _, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    done = await w.ben.submit(await w.ben.modal("Open it in EAS"), {"opened": int(w.now()) + 7200})
    assert set(done["errors"]) == {"opened"}


async def test_portal_shows_doubts_and_asks_for_a_reason(tmp_path: Path) -> None:
    async with world(tmp_path, services={"trace_days": {"Email Security": 2}}) as w:
        await with_access(w)
        card = await w.filled()
        await w.ben.click(await w.ben.again(card), "Fill in")
        doubtful = {"example.1.when": int(w.now()) - 3 * 24 * 3600, "tenants": "12345"}
        await w.ben.submit(await w.ben.modal("Fill in"), doubtful)
        await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
        await w.ben.submit(await w.ben.modal("Escalate to Retarus"))
        preview = await w.ben.modal("Preview", containing="This is what Retarus reads")
        await w.ben.click(preview, "Open it in EAS instead")
        form = await w.ben.modal("Open it in EAS")
        assert "Email Security can be traced for 2 days" in form.text
        assert "12345 has no two-letter suffix" in form.text
        done = await w.ben.submit(form, {"opened": int(w.now())})
        assert set(done["errors"]) == {"despite"}
        assert (await w.ticket()).stage is Stage.SECOND
        done = await w.ben.submit(form, {"opened": int(w.now()), "despite": "There is no newer one"})
        assert done["outcome"] == "cleared", done
        await w.ben.reply(card, "despite a warning: There is no newer one")


async def test_portal_shows_changes_since_the_text_was_copied(w: World) -> None:
    await with_access(w)
    _, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    form = await w.ben.modal("Open it in EAS")
    ticket = await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", {"affected": "5"}, "another form", ticket.version)
    assert (await w.ben.submit(form))["outcome"] == "updated"
    again = await w.ben.modal("Open it in EAS", containing="changed since you looked")
    assert (await w.ben.submit(again))["outcome"] == "cleared"


async def test_portal_refuses_a_moment_before_the_ticket_was_raised(w: World) -> None:
    await with_access(w)
    _, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    done = await w.ben.submit(await w.ben.modal("Open it in EAS"), {"opened": int(w.now()) - 7200})
    assert set(done["errors"]) == {"opened"}
    assert "The ticket was raised later" in done["errors"]["opened"]
    assert (await w.ticket()).stage is Stage.SECOND


async def test_files_are_for_the_person_to_upload_and_the_text_to_copy_does_not_name_them(w: World) -> None:
    await with_access(w)
    card = await w.filled()
    file = (await w.anna.upload("trace.log", b"rejected\n"))["files"][0]
    await w.anna.post(DESK, "here it is", thread=card, files=[file["id"]])
    await w.ben.message(DESK, "📎 trace.log")
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    await w.ben.submit(await w.ben.modal("Escalate to Retarus"))
    preview = await w.ben.modal("Preview", containing="Attached: trace.log (9 B)")
    await w.ben.click(preview, "Open it in EAS instead")
    form = await w.ben.modal("Open it in EAS", containing="Upload these in the portal yourself")
    assert "Attached:" not in form.text
    assert (await w.ben.submit(form, {"opened": int(w.now())}))["outcome"] == "cleared"
    await w.ben.reply(card, "with trace.log (9 B), uploaded by hand")
    ticket = await w.ticket()
    assert ticket.attachments[0].sent_at == ticket.sent_at
    assert "Attached:" not in await w.running.desk.escalation.last_letter(ticket)


async def test_follow_ups_of_a_ticket_from_the_portal_are_one_thread_with_the_replies_of_retarus(w: World) -> None:
    await with_access(w)
    card, preview = await previewed(w)
    await w.ben.click(preview, "Open it in EAS instead")
    await w.ben.submit(await w.ben.modal("Open it in EAS"), {"opened": int(w.now())})
    await w.ben.reply(card, "opened it in EAS")
    for number in (1, 2):
        ticket, draft = await w.running.desk.reminders.chaser((await w.ticket()).id, "U0BEN")
        assert "our ticket PD-1001 (P1), opened in the EAS portal on " in draft
        await w.running.desk.reminders.chase(ticket.id, "U0BEN", f"{number}. {draft}", f"form {number}")
        await w.ben.mail(f"{number}. This is about")
    second, first = await w.ben.mails()
    assert first["subject"].startswith("[PD-1001] P1 incident")
    assert "In-Reply-To" not in dict(first["headers"])
    assert second["subject"] == f"Re: {first['subject']}"
    assert dict(second["headers"])["In-Reply-To"] == dict(first["headers"])["Message-ID"]
    post = await w.rita.message(RETARUS, "[PD-1001]")
    await w.rita.reply(post, "2. This is about")
    await w.rita.post(RETARUS, "We are looking into it.", thread=post)
    await w.ben.reply(card, "We are looking into it.")
