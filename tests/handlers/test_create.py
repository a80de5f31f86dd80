"""Raising: within a minute, with all faults marked at once, and one ticket per submission."""

from __future__ import annotations

import asyncio

import pytest

from bot.model.ticket import Kind
from tests.handlers.world import DESK, World, picked


async def test_form_is_prefilled_with_what_is_known(w: World) -> None:
    await w.ben.command(DESK, "/retarus-incident", "Müller: mail rejected")
    modal = await w.ben.modal("Raise an incident")
    values = {
        block["block_id"]: block["element"].get("initial_value") for block in modal.view["blocks"] if "element" in block
    }
    assert values["happens"] == "Müller: mail rejected"
    assert not {"main_id", "contact"} & values.keys()
    await w.ben.click(modal, "More fields")
    modal = await w.ben.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    values = {
        block["block_id"]: block["element"].get("initial_value") for block in modal.view["blocks"] if "element" in block
    }
    assert values["main_id"] == "73125"
    assert values["contact"] == "Ben Brandt, +49 89 12345672"


async def test_second_level_is_told_that_the_first_takes_what_they_raise(w: World) -> None:
    await w.ben.command(DESK, "/retarus-incident")
    modal = await w.ben.modal("Raise an incident")
    assert "The 1st level takes this ticket." in modal.text
    assert "left_to_others" not in {block["block_id"] for block in modal.view["blocks"]}


async def test_form_marks_every_fault_at_once_and_loses_nothing_typed(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    await w.anna.click(await w.anna.modal(), "More fields")
    modal = await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    wrong = {
        "main_id": "7312",
        "start": int(w.now()) + 7200,
        "happens": "tbd",
        "impact": "n/a",
        "contact": "Anna Arnold, 12",
    }
    done = await w.anna.submit(modal, w.answers(**wrong))
    assert done["outcome"] == "errors"
    assert set(done["errors"]) == set(wrong)
    done = await w.anna.submit(modal, w.answers(main_id="73125", contact="Anna Arnold, +49 89 12345678"))
    assert done["outcome"] == "closed"
    assert (await w.ticket()).answer("customer") == "Müller GmbH"


async def test_headings_can_all_be_answered_at_once_and_typed_text_stays(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    w.anna.fill(modal, w.answers())
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    done = await w.anna.submit(modal, {"tenants": "main account only"})
    assert done["outcome"] == "closed"
    ticket = await w.ticket()
    assert ticket.answer("tenants") == "main account only"
    assert ticket.answer("happens").startswith("Outbound mail")


async def test_service_not_listed_is_asked_for_by_name(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    w.anna.fill(modal, w.answers())
    await w.decide(w.anna, modal, "services", ["Other"])
    modal = await w.anna.modal(containing="Which other service?")
    done = await w.anna.submit(modal, {"services": ["Other"]})
    assert set(done["errors"]) == {"service_other"}
    assert (await w.anna.submit(modal, {"service_other": "EDI"}))["outcome"] == "closed"


async def test_submission_is_idempotent(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    desk, answers = w.running.desk, {key: str(value) for key, value in w.answers(services="Email Security").items()}
    typed = answers | {"customer": "Müller GmbH", "main_id": "73125", "contact": "Anna Arnold, +49 89 12345678"}
    again = [desk.tickets.create("U0ANNA", Kind.INCIDENT, typed, modal.id) for _ in range(5)]
    tickets = await asyncio.gather(*again)
    assert {ticket.number for ticket in tickets} == {1001}
    await w.anna.message(DESK, "PD-1001")
    assert len([each for each in await w.anna.messages(DESK) if "PD-100" in str(each)]) == 1


async def test_guest_is_notified_at_once_and_fills_in_no_form(w: World) -> None:
    await w.gus.command(DESK, "/retarus-incident")
    await w.gus.message(DESK, "Guests and deactivated people cannot do this")
    assert await w.gus.modals() == []


@pytest.mark.parametrize(
    "text",
    [
        "long " * 599 + "mail",
        "mail " + "🙂" * 700 + " 👩‍👩‍👧‍👦",
        "שלום \u202eabc مرحبا",
        "a\x00b\ud800c",
        "<!channel> <@U0BEN> <https://evil.example|click> & <script>alert(1)</script>",
        "*bold* _it_ ~no~ `code` ```pre```",
        "Subject: x\r\nBcc: all@example.com\r\n\r\nbody",
    ],
    ids=["very_long", "emoji", "rtl", "nul", "mentions", "markup", "header"],
)
async def test_text_of_any_kind_reaches_the_card_as_text_only(w: World, text: str) -> None:
    safe = text.encode("utf-8", "replace").decode()  # what a browser can send
    card = await w.raised(customer=safe[:150], happens=safe, impact=safe[:1000])
    assert "<!channel>" not in card["text"]
    rich_texts = [block for block in card["blocks"] if block["type"] == "rich_text"]
    assert not [
        e
        for block in rich_texts
        for part in block["elements"]
        for e in part["elements"]
        if e["type"] in {"user", "broadcast"}
    ]
    ticket = await w.ticket()
    assert "\x00" not in ticket.answer("happens")


async def test_unfinished_form_is_put_aside_and_taken_up_again(w: World) -> None:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal()
    w.anna.fill(modal, {"customer": picked("Müller GmbH"), "happens": "Half a sent"})
    await w.anna.click(modal, "Save as draft")
    await w.anna.dismiss(await w.anna.modal(containing="Saved as a draft."))

    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal(containing="Continued from your draft")
    assert (await w.anna.submit(modal, w.answers(customer="Müller GmbH")))["outcome"] == "closed"
    await w.anna.message(DESK, "PD-1001")
    assert await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT) == {}


async def test_draft_can_be_thrown_away(w: World) -> None:
    await w.running.desk.tickets.save_draft("U0ANNA", Kind.INCIDENT, {"customer": "Müller GmbH"})
    await w.anna.command(DESK, "/retarus-incident")
    await w.anna.click(await w.anna.modal(containing="Continued from your draft"), "Discard draft")
    await w.anna.modal(containing="Discarded.")
    assert await w.running.desk.queries.draft("U0ANNA", Kind.INCIDENT) == {}
