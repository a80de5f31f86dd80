"""End-customers: maintained by admins, found by typing, and optional for a name."""

from __future__ import annotations

import pytest

from blocks import customers
from blocks.form import ANSWER
from bot.core.errors import Invalid, NotYours
from localslack import Modal
from tests.handlers.homes import at, gone, press, shown
from tests.handlers.test_escalation import previewed
from tests.handlers.world import DESK, Json, World, picked

MUELLER: Json = {"name": "Müller GmbH", "tenants": "12345rs, 23456RS", "agreement": "MSA-7", "contacts": "Frau Müller"}


async def read_catalogue(w: World, **more: str) -> Json:
    """Carla's list, with Müller GmbH in it."""
    await w.carla.click(await at(w.carla, "End-customers", "None yet"), "Add an end-customer")
    modal = await w.carla.modal("Add an end-customer")
    assert (await w.carla.submit(modal, MUELLER | more))["outcome"] == "closed"
    return await shown(w.carla, "Müller GmbH")


async def test_admin_adds_changes_and_removes_a_customer(w: World) -> None:
    home = await read_catalogue(w, agreement="")
    assert "no agreement reference" in str(home)
    (customer,) = await w.running.store.customers((), limit=9)
    assert customer.tenants == ("12345RS", "23456RS")
    await press(w.carla, home, f"customer.{customer.id}", customers.CHANGE)
    modal = await w.carla.modal("Change end-customer")
    assert (await w.carla.submit(modal, {"agreement": "MSA-7"}))["outcome"] == "closed"
    home = await shown(w.carla, "agreement MSA-7")
    await press(w.carla, home, f"customer.{customer.id}", customers.REMOVE)
    await gone(w.carla, "Müller GmbH")
    assert await w.running.store.count_customers() == 0


async def test_customer_form_marks_every_fault_at_once(w: World) -> None:
    await read_catalogue(w)
    await w.carla.click(await shown(w.carla, "Müller GmbH"), "Add an end-customer")
    modal = await w.carla.modal("Add an end-customer")
    assert set((await w.carla.submit(modal, {"name": "–", "tenants": "12"}))["errors"]) == {"name", "tenants"}
    done = await w.carla.submit(modal, {"name": "müller gmbh", "tenants": ""})
    assert "in the list already" in done["errors"]["name"]


async def offered(w: World, text: str) -> list[str]:
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    options = await w.anna.act(
        "options",
        container={"type": "view", "view_id": modal.id},
        block_id="customer",
        action_id=ANSWER,
        query=text,
    )
    return [each["value"] for each in options["options"]]


async def test_customer_is_found_by_typing_and_any_other_name_will_do(w: World) -> None:
    await read_catalogue(w)
    assert await offered(w, "mül") == ["Müller GmbH", "mül"]
    assert await offered(w, "12345rs") == ["Müller GmbH", "12345rs"]
    assert await offered(w, "Somebody else") == ["Somebody else"]
    assert await offered(w, "") == ["Müller GmbH"]


async def test_tenants_of_a_customer_are_those_of_their_entry(w: World) -> None:
    await read_catalogue(w)
    await w.raised()
    assert (await w.ticket()).answer("tenants") == "12345RS\n23456RS"


async def test_chosen_customer_shows_open_tickets_tenants_and_people(w: World) -> None:
    await read_catalogue(w)
    await w.raised()
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    await w.decide(w.anna, modal, "customer", picked("müller gmbh"))
    modal = await w.anna.modal(containing="1 open, last: PD-1001 Outbound mail is rejected")
    assert "12345RS, 23456RS · Their contacts: Frau Müller" in modal.text


async def test_member_who_may_not_read_tickets_sees_no_tickets_of_a_customer(w: World) -> None:
    await read_catalogue(w)
    await w.raised()
    overview = await w.running.desk.raising.overview("Müller GmbH", "U0NIA")
    assert overview
    assert (overview.open, overview.last, overview.contacts) == (0, None, "")


async def test_customer_is_learned_from_a_ticket_in_one_spelling(w: World) -> None:
    await w.raised(customer="Nordsee Reederei")
    await w.raised(customer="nordsee  reederei.")
    await w.raised(customer="Nordsee-Reederei")
    (customer,) = await w.running.store.customers((), limit=9)
    assert (customer.name, customer.is_learned) == ("Nordsee Reederei", True)
    assert [(await w.ticket(each)).answer("customer") for each in (1002, 1003)] == ["Nordsee Reederei"] * 2
    assert not await w.running.desk.customers.has_customer_list()
    await at(w.carla, "End-customers", "From a ticket; not checked by an admin yet")


async def test_admin_merges_two_names_of_a_customer(w: World) -> None:
    await read_catalogue(w)
    await w.raised(customer="Mueller Logistics")
    desk = w.running.desk
    mueller = await desk.customers.named("Müller GmbH")
    assert mueller
    await desk.customers.save(MUELLER | {"also": "Mueller Logistics"}, mueller.id, "U0CARLA", "V1")
    (customer,) = await w.running.store.customers((), limit=9)
    assert (customer.name, customer.also) == ("Müller GmbH", ("Mueller Logistics",))
    await w.raised(customer="mueller logistics")
    assert (await w.ticket(1002)).answer("customer") == "Müller GmbH"
    overview = await desk.raising.overview("Müller GmbH", "U0ANNA")
    assert overview
    assert overview.open == 2
    with pytest.raises(Invalid) as refused:
        await desk.customers.save({"name": "Alpha AG", "also": "Mueller Logistics"}, "", "U0CARLA", "V2")
    assert "another name of “Müller GmbH” already" in refused.value.errors["also"]


async def test_ticket_raised_with_another_name_gets_the_last_answers_under_every_name(w: World) -> None:
    await read_catalogue(w)
    desk = w.running.desk
    mueller = await desk.customers.named("Müller GmbH")
    assert mueller
    await desk.customers.save({"name": "Müller GmbH", "also": "Mueller Logistics"}, mueller.id, "U0CARLA", "V1")
    await w.raised(customer="Müller GmbH")
    await desk.answers.fill_in((await w.ticket(1001)).id, "U0ANNA", {"interface": "SMTP"}, "V2", 1)
    await w.raised(customer="mueller logistics")
    assert (await w.ticket(1002)).answer("interface") == "SMTP"


async def test_tenants_of_a_customer_are_prefilled_from_their_last_ticket(w: World) -> None:
    await w.filled()
    await w.anna.command(DESK, "/retarus-incident")
    modal = await w.anna.modal("Raise an incident")
    w.anna.fill(modal, {"customer": picked("müller gmbh")})
    await w.anna.click(modal, "More fields")
    modal = await w.anna.modal(containing="Tenant(s) or Dedicated Customer ID(s):")
    assert initial(modal, "tenants") == "12345RS, 23456RS"


def initial(modal: Modal, block: str) -> str | None:
    found = next(each for each in modal.view["blocks"] if each.get("block_id") == block)
    value: str | None = found["element"].get("initial_value")
    return value


async def test_guest_is_offered_no_customer(w: World) -> None:
    await read_catalogue(w)
    with pytest.raises(NotYours):
        await w.running.desk.customers.suggested("mül", "U0GUS")
    for user in ("U0ANNA", "U0GUS"):
        with pytest.raises(NotYours):
            await w.running.desk.customers.save(MUELLER, "", user, "V1")
        with pytest.raises(NotYours):
            await w.running.desk.customers.remove("c1", user, "V2")


async def test_ticket_without_an_agreement_is_sent_with_a_reason_only(w: World) -> None:
    await read_catalogue(w, agreement="")
    card = await w.filled()
    preview = await previewed(w, card)
    assert "Müller GmbH: No agreement reference is kept for this end-customer" in preview.text
    assert set((await w.ben.submit(preview, {"despite": ""}))["errors"]) == {"despite"}
    assert (await w.ben.submit(preview, {"despite": "The agreement is being signed"}))["outcome"] == "closed"
    await w.ben.reply(card, "despite a warning: The agreement is being signed")
