"""Raising: tenants and interface are filled in for the chosen end-customer, and follow a customer that is corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import create
from bot.config.custom_fields import Template
from bot.model.ticket import Kind
from localslack import Modal
from tests.handlers.world import DESK, Json, World, picked, world

LUMEN, RHEIN, NEW = "Lumen Optik AG", "Rhein Hafen GmbH", "Ganz Neu KG"
FACTS = {LUMEN: ("44444XY, 44445XY", "SMTP de2"), RHEIN: ("55555ZZ", "API")}
SMTP_FAILS = Template(
    name="SMTP fails", kind=Kind.INCIDENT, services=("Email Security",), happens="SMTP fails", interface="SMTP de1"
)


async def has_customers(w: World) -> None:
    """A ticket of each customer, with tenants and interface."""
    for number, (name, (tenants, interface)) in enumerate(FACTS.items(), 1001):
        await w.anna.command(DESK, "/retarus-incident")
        modal = await w.anna.modal("Raise an incident")
        assert (await w.anna.submit(modal, w.answers(customer=picked(name))))["outcome"] == "closed"
        await w.anna.message(DESK, f"PD-{number}")
        ticket = await w.ticket(number)
        known = {"tenants": tenants, "interface": interface}
        await w.running.desk.answers.fill_in(ticket.id, "U0ANNA", known, f"V{number}", ticket.version)


async def opened(w: World, customer: str = "", *, more: bool = False, words: str = "") -> Modal:
    """Anna's form with this customer chosen, then all fields."""
    await w.anna.command(DESK, "/retarus-incident", words)
    modal = await w.anna.modal("Raise an incident")
    if customer:
        modal = await chosen(w, modal, customer)
    return await with_more(w, modal) if more else modal


async def chosen(w: World, modal: Modal, customer: str) -> Modal:
    """The form once it was redrawn for this customer."""
    w.anna.fill(modal, {"customer": picked(customer)})
    await w.anna.choose(modal, element(modal, "customer")["action_id"], picked(customer))
    return await changed(w, modal)


async def changed(w: World, modal: Modal) -> Modal:
    async def redrawn() -> Modal | None:
        top = await w.anna.modal("Raise an incident")
        return top if top.view["hash"] != modal.view["hash"] else None

    found: Modal = await w.anna.wait_for(redrawn, "the form to be redrawn")
    return found


async def with_more(w: World, modal: Modal) -> Modal:
    await w.anna.click(modal, "More fields")
    return await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")


def element(modal: Modal, key: str) -> Json:
    found: Json = next(each["element"] for each in modal.view["blocks"] if each.get("block_id") == key)
    return found


def filled(modal: Modal) -> tuple[str, str]:
    """Tenants and interface as the form fills them in."""
    tenants, interface = (element(modal, key).get("initial_value", "") for key in ("tenants", "interface"))
    return tenants, interface


async def raised_with(w: World, modal: Modal, customer: str, **more: str) -> tuple[str, str]:
    """Tenants and interface of the ticket raised from this form."""
    assert (await w.anna.submit(modal, w.answers(customer=picked(customer), **more)))["outcome"] == "closed"
    await w.anna.message(DESK, "PD-1003")
    ticket = await w.ticket(1003)
    assert ticket.answer("customer") == customer
    return ticket.answer("tenants").replace("\n", ", "), ticket.answer("interface")


@pytest.mark.parametrize(("customer", "facts"), [(RHEIN, FACTS[RHEIN]), (NEW, ("", ""))], ids=["known", "new"])
async def test_tenants_and_interface_follow_a_corrected_customer(
    w: World, customer: str, facts: tuple[str, str]
) -> None:
    await has_customers(w)
    first = await opened(w, LUMEN, more=True)
    assert filled(first) == FACTS[LUMEN]
    second = await chosen(w, first, customer)
    assert filled(second) == facts
    for key in ("tenants", "interface"):  # Slack shows what was there before under the same id
        assert element(first, key)["action_id"] != element(second, key)["action_id"]
    assert await raised_with(w, second, customer) == facts


async def test_tenants_and_interface_are_filled_in_again_for_the_first_customer(w: World) -> None:
    await has_customers(w)
    first = await opened(w, LUMEN, more=True)
    second = await chosen(w, first, RHEIN)
    third = await chosen(w, second, LUMEN)
    assert filled(third) == FACTS[LUMEN]
    assert len({element(each, "tenants")["action_id"] for each in (first, second, third)}) == 3
    assert await raised_with(w, third, LUMEN) == FACTS[LUMEN]


async def test_all_fields_that_are_open_already_are_filled_in_for_the_chosen_customer(w: World) -> None:
    await has_customers(w)
    empty = await opened(w, more=True)
    assert filled(empty) == ("", "")
    modal = await chosen(w, empty, LUMEN)
    assert filled(modal) == FACTS[LUMEN]
    assert element(modal, "tenants")["action_id"] != element(empty, "tenants")["action_id"]
    modal = await chosen(w, modal, RHEIN)
    assert filled(modal) == FACTS[RHEIN]
    assert await raised_with(w, modal, RHEIN) == FACTS[RHEIN]


async def test_typed_tenants_stay_when_the_customer_is_corrected(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, LUMEN, more=True)
    w.anna.fill(modal, {"tenants": "77777AB"})
    redrawn = await chosen(w, modal, RHEIN)
    assert filled(redrawn) == ("77777AB", "API")
    assert element(redrawn, "tenants")["action_id"] == element(modal, "tenants")["action_id"]
    assert await raised_with(w, redrawn, RHEIN) == ("77777AB", "API")


async def test_emptied_tenants_stay_empty_for_the_same_customer(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, LUMEN, more=True)
    w.anna.fill(modal, {"tenants": ""})
    await w.decide(w.anna, modal, "services", ["Email Security"])
    modal = await changed(w, modal)
    assert filled(modal) == ("", "SMTP de2")
    assert await raised_with(w, modal, LUMEN) == ("", "SMTP de2")


async def test_form_submitted_before_it_is_redrawn_takes_nothing_of_the_former_customer(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, LUMEN, more=True)
    assert await raised_with(w, modal, RHEIN) == FACTS[RHEIN]


async def test_form_submitted_at_once_with_all_fields_open_gets_the_facts_of_its_customer(w: World) -> None:
    await has_customers(w)
    assert await raised_with(w, await opened(w, more=True), LUMEN) == FACTS[LUMEN]


async def test_customer_corrected_without_all_fields_gets_their_own_facts(w: World) -> None:
    await has_customers(w)
    modal = await chosen(w, await opened(w, LUMEN), RHEIN)
    assert filled(await with_more(w, modal)) == FACTS[RHEIN]


async def test_tenants_read_from_pasted_words_stay_when_the_customer_is_corrected(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, LUMEN, more=True)
    w.anna.fill(modal, {"happens": "Outbound mail is rejected with 550.\nTenant: 77777AB"})
    await w.anna.click(modal, "Read the pasted text")
    modal = await changed(w, modal)
    assert filled(modal) == ("77777AB", "SMTP de2")
    modal = await chosen(w, modal, RHEIN)
    assert filled(modal) == ("77777AB", "API")


async def test_facts_of_a_customer_read_from_the_text_follow_a_correction(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, more=True, words=f"{LUMEN}: Outbound mail is rejected with 550 since 08:00")
    assert filled(modal) == FACTS[LUMEN]
    assert filled(await chosen(w, modal, RHEIN)) == FACTS[RHEIN]


async def test_facts_follow_the_customer_in_a_draft_that_is_taken_up(w: World) -> None:
    await has_customers(w)
    modal = await opened(w, LUMEN, more=True)
    await w.anna.click(modal, "Save as draft")
    await w.anna.dismiss(await w.anna.modal(containing="Saved as a draft."))
    modal = await opened(w)
    assert filled(modal) == FACTS[LUMEN]
    modal = await chosen(w, modal, RHEIN)
    assert filled(modal) == FACTS[RHEIN]
    assert await raised_with(w, modal, RHEIN) == FACTS[RHEIN]


async def test_facts_follow_the_customer_after_the_kind_is_changed(w: World) -> None:
    await has_customers(w)
    await w.anna.shortcut("raise_from_message", await w.alex.post(DESK, "Mail is rejected"))
    await w.anna.modal("Raise an incident")
    await w.anna.wait_for(lambda: _has_link(w), "the permalink to be kept")
    modal = await with_more(w, await chosen(w, await w.anna.modal(), LUMEN))
    await w.anna.click(modal, "Change to “change”")
    await w.anna.modal("Raise a change")
    await w.anna.click(await w.anna.modal("Raise a change"), "Change to “incident”")
    modal = await w.anna.modal("Raise an incident")
    assert filled(modal) == FACTS[LUMEN]
    assert filled(await chosen(w, modal, RHEIN)) == FACTS[RHEIN]


async def _has_link(w: World) -> bool:
    return "message=http" in str((await w.anna.modal()).view["private_metadata"])


async def test_interface_of_a_template_stays_when_the_customer_is_corrected(tmp_path: Path) -> None:
    async with world(tmp_path, templates=(SMTP_FAILS,)) as w:
        await has_customers(w)
        modal = await opened(w, LUMEN, more=True)
        await w.anna.choose(modal, create.TEMPLATE, SMTP_FAILS.name)
        modal = await changed(w, modal)
        assert filled(modal) == (FACTS[LUMEN][0], "SMTP de1")
        assert filled(await chosen(w, modal, RHEIN)) == ("55555ZZ", "SMTP de1")
