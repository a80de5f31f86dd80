"""From the 1st to the 2nd level."""

from __future__ import annotations

import pytest

from bot.core.errors import NotNow
from bot.model.ticket import Stage
from bot.model.transitions import Move
from localslack import Modal
from localslack.visible import Json, labels
from tests.handlers.world import DESK, FIRST_TASKS, World
from tests.timeouts import TIMEOUT


async def test_question_that_depends_on_an_answer_comes_and_goes_with_it(w: World) -> None:
    card = await w.raised()
    await w.anna.click(card, "Hand off to 2nd level")
    modal = await w.anna.modal("Hand off to 2nd level")
    assert "What is missing or wrong?" not in modal.text
    await w.decide(w.anna, modal, "info", "missing")
    await w.anna.modal("Hand off to 2nd level", containing="What is missing or wrong?")


async def test_priority_1_is_taken_at_the_second_level_without_a_handoff_and_the_reason_is_logged(w: World) -> None:
    card = await w.raised()
    ticket = await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", {"priority": "P1"}, "a form", ticket.version)
    card = await w.ben.message(DESK, "🔴 P1 · ")
    await w.ben.click(card, "Take at 2nd level")
    done = await w.ben.submit(await w.ben.modal("Take at 2nd level"), {"word": "Nobody of the 1st level is awake"})
    assert done["outcome"] == "closed"
    await w.ben.reply(card, "without a handoff")
    ticket = await w.ticket()
    assert (ticket.stage, ticket.owner, ticket.first_owner) == (Stage.SECOND, "U0BEN", "U0ANNA")
    missing = {each.key for each in (await w.running.desk.escalation.preview(ticket.id, "U0BEN")).missing}
    assert {"info", "triage", "summary_first"} <= missing


async def test_lower_priority_keeps_its_handoff(w: World) -> None:
    await w.raised()
    ticket = await w.ticket()
    with pytest.raises(NotNow, match="Only a ticket of P1"):
        await w.running.desk.tickets.act(ticket.id, Move.COMPRESS, "U0BEN", "a click", reason="in a hurry")


async def test_highest_priority_is_called_out_in_the_channel_and_taken_by_one_click(w: World) -> None:
    card = await w.handed_off()
    called = await w.bea.message(DESK, "Take now")
    assert called["thread_ts"] == card["ts"]
    assert "P1 · Müller GmbH · Email Security" in str(called["blocks"])
    assert "{ago}" in str(called["blocks"])
    message = await w.carla.message("@partner-desk", "Please make sure that somebody takes it at once.")
    assert "Take now" in str(message["blocks"])
    await w.bea.click(called, "Take now")
    await w.bea.reply(card, "accepted it at the 2nd level")
    assert (await w.ticket()).owner == "U0BEA"


async def test_handoff_asks_for_the_summary_first_and_only_for_what_is_not_answered(w: World) -> None:
    card = await w.raised(priority="P1", priority_reason="No outbound mail")
    ticket = await w.ticket()
    await w.running.desk.answers.check(ticket.id, "U0ANNA", {"info": "correct"}, "a form", ticket.version)
    await w.anna.click(card, "Hand off to 2nd level")
    form = await w.anna.modal("Hand off to 2nd level", containing="Already answered")
    assert asked_in(form) == ["summary_first", "triage", "remote", "known", "searched"]
    await w.anna.click(form, "Edit these answers")
    form = await w.anna.modal("Hand off to 2nd level", containing="Why this priority?")
    assert {"info", "priority", "priority_reason", "help_desk_first"} <= set(asked_in(form))
    await w.decide(w.anna, form, "info", "missing")
    form = await w.anna.modal("Hand off to 2nd level", containing="What is missing or wrong?")
    assert "priority" in asked_in(form)


def asked_in(form: Modal) -> list[str]:
    """Keys of the fields that a form asks for."""
    return [str(each["block_id"]) for each in form.view["blocks"] if each["type"] == "input"]


async def test_escalation_is_prefilled_from_the_customers_last_ticket_and_saves_it_only_when_submitted(
    w: World,
) -> None:
    await w.accepted()
    earlier = await w.ticket()
    lasting = {"system": "Connector 4.2, no custom rules", "interface": "smtp-de1.example.com, DE1"}
    await w.running.desk.answers.fill_in(earlier.id, "U0BEN", lasting, "a form", earlier.version)
    desk, again = w.running.desk, {**earlier.answers, "priority": "P1"}
    ticket = await desk.tickets.create("U0ANNA", earlier.kind, again, "another form")
    ticket = await desk.tickets.act(ticket.id, Move.COMPRESS, "U0BEN", "a click", reason="Nobody else is awake")

    async def escalable() -> Json | None:
        card = await w.ben.message(DESK, "PD-1002")
        return card if "Escalate to Retarus" in labels(card) else None

    card = await w.ben.wait_for(escalable, "a card with the button")
    await w.ben.click(card, "Escalate to Retarus")
    form = await w.ben.modal("Escalate to Retarus", containing="Prefilled from the last ticket of this customer")
    texts = {
        each["block_id"]: each["element"].get("initial_value") for each in form.view["blocks"] if "element" in each
    }
    assert {key: texts[key] for key in lasting} == lasting
    await w.ben.click(form, "Save for now")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert not lasting.keys() & (await w.ticket(1002)).answers.keys()


async def test_answer_of_a_colleague_meanwhile_takes_nothing_that_was_typed(w: World) -> None:
    card = await w.raised(priority="P1", priority_reason="No outbound mail")
    await w.anna.click(card, "Take")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Hand off to 2nd level")
    modal = await w.anna.modal("Hand off to 2nd level")
    ticket = await w.ticket()
    theirs = {"triage": "Restarted the queue", "info": "correct", "impact": "Four customers"}
    await w.running.desk.answers.fill_in(ticket.id, "U0ALEX", theirs, "form", ticket.version)
    typed = {key: text for key, text in FIRST_TASKS.items() if not key.startswith("priority")}
    done = await w.anna.submit(modal, typed)
    assert done["outcome"] == "updated", done
    modal = await w.anna.modal("Hand off to 2nd level", containing="Alex Adler answered this meanwhile: “Restarted the")
    inputs = {block["block_id"]: block["element"] for block in modal.view["blocks"] if "element" in block}
    assert inputs["triage"]["initial_value"] == FIRST_TASKS["triage"]
    assert inputs["summary_first"]["initial_value"] == FIRST_TASKS["summary_first"]
    done = await w.anna.submit(modal)
    assert done["outcome"] == "closed", done
    ticket = await w.ticket()
    assert (ticket.answer("triage"), ticket.answer("impact")) == (FIRST_TASKS["triage"], "Four customers")
    assert ticket.stage is Stage.HANDED_OFF
