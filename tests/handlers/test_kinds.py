"""Three kinds of ticket from the same table, and every way to begin one."""

from __future__ import annotations

from blocks.evidence import OFFERED
from bot.model.ticket import Kind, Stage
from tests.handlers.world import DESK, RETARUS, SECOND_TASKS, Json, World, picked

LIGHT = {
    "info": "correct",
    "priority": "P3",
    "priority_reason": "Nobody is held up by it",
    "summary_first": "Wanted until the end of the month",
}


async def test_service_request_completes_with_the_short_set_of_tasks(w: World) -> None:
    await w.anna.command(DESK, "/retarus-service-request", "Traffic report")
    modal = await w.anna.modal("Raise a service request")
    assert "What is requested?" in modal.text
    assert "START OF INCIDENT" not in modal.text
    known = {key: text for key, text in w.answers(happens="A traffic report for October").items() if key != "start"}
    assert (await w.anna.submit(modal, known))["outcome"] == "closed"
    card = await w.anna.message(DESK, "PD-1001 · Service request")
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level")
    assert "remote connection" not in form.text
    assert (await w.anna.submit(form, LIGHT))["outcome"] == "closed"
    await w.ben.reply(card, "please accept")
    await w.ben.click(await w.ben.again(card), "Accept")
    await w.ben.reply(card, "accepted it")
    await w.ben.click(await w.ben.again(card), "Escalate to Retarus")
    tasks = {"why_retarus": SECOND_TASKS["why_retarus"], "summary_second": "Please send the report"}
    details = {key: text for key, text in w.details().items() if key == "tenants" or key.startswith("example")}
    done = await w.ben.submit(await w.ben.modal("Escalate to Retarus"), tasks | details)
    assert done["outcome"] == "updated", done
    ready = await w.ben.modal("Preview", containing="This is what Retarus reads")
    assert (await w.ben.submit(ready))["outcome"] == "closed"
    letter = await w.rita.message(RETARUS, "SERVICE REQUEST · our reference PD-1001")
    assert "START OF INCIDENT" not in letter["text"]
    assert "Was it possible to reproduce" not in letter["text"]


async def test_change_asks_for_the_consent_to_test_transactions_and_for_no_example(w: World) -> None:
    await w.anna.command(DESK, "/retarus-change", "New domain")
    modal = await w.anna.modal("Raise a change")
    known = {key: text for key, text in w.answers(happens="Add a second domain").items() if key != "start"}
    await w.anna.submit(modal, known)
    await w.anna.message(DESK, "PD-1001 · Change")
    preview = await w.running.desk.escalation.preview((await w.ticket()).id, "U0BEN")
    missing = {each.key for each in preview.missing}
    assert "test" in missing
    assert not {"example", "reproduced", "done", "start"} & missing


async def test_short_command_asks_for_the_kind(w: World) -> None:
    await w.anna.command(DESK, "/retarus")
    await w.anna.click(await w.anna.modal("Raise a ticket"), "Change")
    await w.anna.modal("Raise a change")


async def test_global_shortcut_asks_for_the_kind(w: World) -> None:
    await w.anna.shortcut("raise_ticket")
    await w.anna.click(await w.anna.modal("Raise a ticket"), "Incident")
    await w.anna.modal("Raise an incident")


async def test_ticket_is_raised_from_a_message_with_its_words_and_its_link(w: World) -> None:
    posted = await w.alex.post(DESK, "Müller called: mail to @ben bounces & https://example.com/log is full of 550")
    await w.anna.shortcut("raise_from_message", posted)
    modal = await w.anna.modal("Raise an incident")
    await w.anna.wait_for(lambda: _has_its_link(w), "the permalink to be kept")
    modal = await w.anna.modal("Raise an incident")
    known = {key: text for key, text in w.answers().items() if key != "happens"}
    assert (await w.anna.submit(modal, known))["outcome"] == "closed"
    ticket = await w.ticket()
    words = "Müller called: mail to @Ben Brandt bounces & https://example.com/log is full of 550"
    assert ticket.answer("happens") == words
    assert posted["ts"].replace(".", "") in ticket.source
    card = await w.anna.message(DESK, "from a message")
    assert ticket.source in str(card["blocks"])


async def _has_its_link(w: World) -> bool:
    return any("http" in modal.view["private_metadata"] for modal in await w.anna.modals())


async def test_form_from_a_message_can_become_another_kind_without_losing_what_was_typed(w: World) -> None:
    posted = await w.alex.post(DESK, "Müller wants a second domain")
    await w.anna.shortcut("raise_from_message", posted)
    await w.anna.wait_for(lambda: _has_its_link(w), "the permalink to be kept")
    modal = await w.anna.modal("Raise an incident")
    w.anna.fill(
        modal, {"customer": picked("Müller GmbH"), "services": ["Email Security"], "impact": "The launch waits for it"}
    )
    await w.anna.click(modal, "Change to “change”")
    modal = await w.anna.modal("Raise a change")
    assert (await w.anna.submit(modal))["outcome"] == "closed"
    ticket = await w.ticket()
    assert (ticket.kind, ticket.stage) == (Kind.CHANGE, Stage.FIRST)
    assert ticket.answer("happens") == "Müller wants a second domain"
    assert ticket.source


async def _from_message(w: World, text: str) -> None:
    """Types into a form that was begun with a message everything but the words themselves."""
    await w.anna.shortcut("raise_from_message", await w.alex.post(DESK, text))
    await w.anna.wait_for(lambda: _has_its_link(w), "the permalink to be kept")
    known = {key: value for key, value in w.answers().items() if key != "happens"}
    w.anna.fill(await w.anna.modal("Raise an incident"), known)


async def test_draft_survives_what_is_raised_without_it(w: World) -> None:
    await w.running.desk.tickets.save_draft(
        "U0ANNA", Kind.INCIDENT, {"customer": "Alpha AG", "happens": "Half an hour"}
    )
    await _from_message(w, "Beta has no mail")
    assert (await w.anna.submit(await w.anna.modal("Raise an incident")))["outcome"] == "closed"
    await w.anna.message(DESK, "PD-1001")
    await w.anna.command(DESK, "/retarus-incident", "Gamma has no mail either")
    assert (await w.anna.submit(await w.anna.modal(), w.answers(happens="Gamma has none")))["outcome"] == "closed"
    await w.anna.message(DESK, "PD-1002")
    await w.anna.command(DESK, "/retarus-incident")
    assert "Half an hour" in str((await w.anna.modal(containing="Continued from your draft")).view)


async def test_draft_remembers_the_message_it_was_begun_with(w: World) -> None:
    await _from_message(w, "Müller has no mail")
    await w.anna.click(await w.anna.modal("Raise an incident"), "Save as draft")
    await w.anna.dismiss(await w.anna.modal(containing="Saved as a draft."))
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal(containing="Continued from your draft")
    w.anna.fill(modal, w.answers(happens="Müller has no mail"))
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    assert (await w.anna.submit(modal, {"tenants": "main account only"}))["outcome"] == "closed"
    assert "/archives/" in (await w.ticket()).source
    await w.anna.wait_for(lambda: _is_thrown_away(w), "the draft to be used up")


async def _is_thrown_away(w: World) -> bool:
    return await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT) == {}


async def test_putting_aside_asks_before_it_takes_another_draft_s_place(w: World) -> None:
    await w.running.desk.tickets.save_draft(
        "U0ANNA", Kind.INCIDENT, {"customer": "Alpha AG", "happens": "Half an hour"}
    )
    await _from_message(w, "Beta has no mail")
    await w.anna.click(await w.anna.modal("Raise an incident"), "Save as draft")
    modal = await w.anna.modal(containing="Alpha AG: Half an hour")
    await w.anna.click(modal, "Keep the old draft")
    await w.anna.wait_for(lambda: _asks_no_more(w), "the form to be as it was")
    assert (await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT))["happens"] == "Half an hour"
    await w.anna.click(await w.anna.modal("Raise an incident"), "Save as draft")
    await w.anna.click(await w.anna.modal(containing="Alpha AG: Half an hour"), "Replace it")
    await w.anna.modal(containing="Saved as a draft.")
    draft = await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT)
    assert (draft["happens"], draft["impact"]) == ("Beta has no mail", "No outbound mail for three customers")


async def _asks_no_more(w: World) -> bool:
    return "Alpha AG" not in (await w.anna.modal("Raise an incident")).text


async def test_form_of_another_kind_than_its_draft_asks_too(w: World) -> None:
    await w.running.desk.tickets.save_draft("U0ANNA", Kind.CHANGE, {"customer": "Alpha AG", "happens": "Half a change"})
    await _from_message(w, "Beta has no mail")
    await w.anna.click(await w.anna.modal("Raise an incident"), "Save as draft")
    await w.anna.dismiss(await w.anna.modal(containing="Saved as a draft."))
    await w.anna.command(DESK, "/retarus-incident")
    await w.anna.click(await w.anna.modal(containing="Continued from your draft"), "Change to “change”")
    await w.anna.click(await w.anna.modal("Raise a change"), "Save as draft")
    await w.anna.click(await w.anna.modal(containing="Alpha AG: Half a change"), "Replace it")
    await w.anna.modal(containing="Saved as a draft.")
    assert (await w.running.desk.queries.draft("U0ANNA", Kind.CHANGE))["happens"] == "Beta has no mail"
    assert await _is_thrown_away(w)


async def test_draft_that_replaced_the_one_a_form_took_up_is_neither_overwritten_nor_used_up(w: World) -> None:
    await w.running.desk.tickets.save_draft("U0ANNA", Kind.INCIDENT, {"happens": "Half an hour"})
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal(containing="Continued from your draft")
    w.anna.fill(modal, w.answers(happens="A whole hour"))
    elsewhere = {"customer": "Alpha AG", "happens": "From the telephone"}
    await w.running.desk.tickets.save_draft("U0ANNA", Kind.INCIDENT, elsewhere)
    await w.anna.click(modal, "Save as draft")
    modal = await w.anna.modal(containing="Alpha AG: From the telephone")
    assert (await w.anna.submit(modal))["outcome"] == "closed"
    await w.anna.message(DESK, "PD-1001")
    await w.running.dispatcher.tasks.drain(1)
    assert await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT) == elsewhere


async def test_draft_can_be_saved_again_unasked(w: World) -> None:
    posted = await w.alex.post(DESK, "Beta has no mail")
    for _ in range(2):
        await w.anna.shortcut("raise_from_message", posted)
        await w.anna.wait_for(lambda: _has_its_link(w), "the permalink to be kept")
        await w.anna.click(await w.anna.modal("Raise an incident"), "Save as draft")
        await w.anna.dismiss(await w.anna.modal(containing="Saved as a draft."))


async def test_message_where_the_bot_is_no_member_says_what_cannot_be_had(w: World) -> None:
    posted = await w.alex.post("@anna", "Müller has no mail")
    await w.anna.shortcut("raise_from_message", posted)
    modal = await w.anna.modal("Raise an incident", containing="The bot is not in the channel of this message")
    assert (await w.anna.submit(modal, w.answers()))["outcome"] == "closed"
    assert (await w.ticket()).source == ""
    assert "went wrong" not in str(await w.anna.modals())


async def test_unchosen_files_of_a_message_stay_offered_when_the_form_is_redrawn(w: World) -> None:
    files = [(await w.alex.upload(f"{number}.log", b"550"))["files"][0]["id"] for number in range(12)]
    await w.anna.shortcut("raise_from_message", await w.alex.post(DESK, "Müller has no mail", files=files))
    await w.anna.wait_for(lambda: _has_its_link(w), "the permalink to be kept")
    modal = await w.anna.modal("Raise an incident", containing="2 more")
    offered = _options(modal.view)
    assert len(offered) == 10
    w.anna.fill(modal, {**w.answers(), OFFERED: offered[:1]})
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    assert "2 more" in modal.text
    assert _options(modal.view) == offered
    assert (await w.anna.submit(modal, {"tenants": "main account only"}))["outcome"] == "closed"
    await w.anna.wait_for(lambda: _has_files(w, 1), "the chosen file to be attached")


def _options(view: Json) -> list[str]:
    element = next(block["element"] for block in view["blocks"] if block.get("block_id") == OFFERED)
    return [option["value"] for option in element["options"]]


async def _has_files(w: World, count: int) -> bool:
    return len((await w.ticket()).attachments) == count


async def test_link_of_the_message_is_kept_by_a_form_that_was_never_redrawn_with_it(w: World) -> None:
    posted = await w.alex.post(DESK, "Mail to Müller bounces since this morning")
    await w.anna.control("POST", "faults", method="chat.getPermalink", fault="internal_error", times=1)
    await w.anna.shortcut("raise_from_message", posted)
    modal = await w.anna.modal("Raise an incident")
    await w.anna.wait_for(lambda: not w.slack.faults.listed(), "the call that fails")
    known = {key: text for key, text in w.answers().items() if key != "happens"}
    assert (await w.anna.submit(modal, known))["outcome"] == "closed"
    assert posted["ts"].replace(".", "") in (await w.ticket()).source


async def test_raising_from_an_alert_takes_the_words_of_its_blocks_and_attachments(w: World) -> None:
    desk = w.running.desk.routes.desk
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "FIRING: smtp-de1 & co"}}]
    attachments = [{"title": "Queue > 500", "text": f"since &lt;10:55&gt; in <#{desk}|>", "fallback": "Queue"}]
    alert = await w.running.app.client.chat_postMessage(
        channel=desk, text="FIRING", blocks=blocks, attachments=attachments
    )
    await w.anna.shortcut("raise_from_message", await w.anna.message(DESK, "FIRING"))
    modal = await w.anna.modal("Raise an incident")
    assert alert["ok"]
    block_of_happens = next(block for block in modal.view["blocks"] if block["block_id"] == "happens")
    assert (
        block_of_happens["element"]["initial_value"]
        == "FIRING: smtp-de1 & co\nQueue > 500\nsince <10:55> in #partner-desk"
    )


async def test_message_that_does_not_fit_says_how_much_of_it_stands_in_the_form(w: World) -> None:
    posted = await w.alex.post(DESK, "Outbound mail is rejected with 550. " * 100)
    await w.anna.shortcut("raise_from_message", posted)
    modal = await w.anna.modal("Raise an incident", containing="characters long: its first 3000 are shown here")
    assert "The ticket links to the whole message." in modal.text
