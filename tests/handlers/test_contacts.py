"""The register in the App Home: authorised contacts, suspended ones, and the guides they have."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from blocks import contacts
from bot.model.contact import Person
from bot.model.ticket import Stage
from localslack import Modal
from tests.handlers.homes import at, gone, opened, press, shown
from tests.handlers.test_escalation import previewed
from tests.handlers.world import Json, World
from tests.timeouts import TIMEOUT

DM = "@partner-desk"
BEN = "contact.U0BEN"
ALEX: Json = {
    "person": "U0ALEX",
    "name": "Alex Adler",
    "email": "alex@nordlicht.example",
    "phone": "089 12345672",
    "levels": ["first", "second"],
    "authorised_since": "2024-01-01",
    "attested_on": "2024-01-01",
}


async def add(w: World) -> Modal:
    await w.carla.click(await at(w.carla, "Contacts", "Can send to Retarus"), "Add a contact")
    return await w.carla.modal("Add a contact")


async def test_admin_adds_a_contact_who_gets_both_guides_and_acknowledges_them(w: World) -> None:
    await w.decide(w.carla, await add(w), "person", "U0ALEX")
    modal = await w.carla.modal("Add a contact", containing="Name and e-mail are from Slack")
    typed = {key: value for key, value in ALEX.items() if key not in {"name", "email"}}
    assert (await w.carla.submit(modal, typed))["outcome"] == "closed"
    await shown(w.carla, "Can send to Retarus: Alex Adler, Ben Brandt, Carla Conrad")
    message = await w.alex.message(DM, "Please read both guides")
    await w.alex.click(message, "I have read both")
    await w.alex.wait_for(lambda: knows(w, "U0ALEX"), "the acknowledgement")
    alex = await w.running.desk.register.contact("U0ALEX")
    assert alex
    assert (alex.phone, alex.changed_by) == ("+49 89 12345672", "U0CARLA")
    assert (alex.name, alex.email) == (ALEX["name"], ALEX["email"])


async def knows(w: World, user: str) -> bool:
    contact = await w.running.desk.register.contact(user)
    return contact is not None and contact.guides_known == w.running.desk.config.guides.edition


async def test_contact_form_marks_every_fault_at_once(w: World) -> None:
    modal = await add(w)
    wrong = {"email": "alex", "phone": "12", "attested_on": "2999-01-01", "eas": "yes", "employee": "no"}
    done = await w.carla.submit(modal, ALEX | wrong)
    assert set(done["errors"]) == {"email", "phone", "attested_on", "reference", "approver", "expires"}


@pytest.mark.parametrize("person", ["U0GUS", "U0RITA", "U0BEN"])
async def test_guests_others_and_those_who_are_in_it_already_cannot_be_added(w: World, person: str) -> None:
    done = await w.carla.submit(await add(w), ALEX | {"person": person})
    assert set(done["errors"]) == {"person"}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("U0GUS", "Gus Gast: Only full, active members"),
        ("U0RITA", "Rita Reuter: Only full, active members"),
        ("U0BEN", "Ben Brandt: This colleague is in the register already"),
    ],
)
async def test_chosen_colleague_who_cannot_be_added_is_named_at_once(w: World, person: str, expected: str) -> None:
    await w.decide(w.carla, await add(w), "person", person)
    modal = await w.carla.modal("Add a contact", containing=expected)
    name = next(each["element"].get("initial_value") for each in modal.view["blocks"] if "Name, as" in str(each))
    assert name is None


def test_colleague_without_an_address_in_slack_is_not_said_to_have_one() -> None:
    shown = str(contacts.modal(None, Person(id="U0NIA", name="Nia Noack")))
    assert "The name is from Slack, which gives no e-mail address of this colleague." in shown
    assert "Name and e-mail are from Slack" not in shown


async def test_entry_says_what_is_not_in_order_until_it_is_changed(w: World) -> None:
    home = await at(w.carla, "Contacts", "attestation for sections 2–4")
    await press(w.carla, home, "contact.U0BEA", contacts.CHANGE)
    modal = await w.carla.modal("Change a contact")
    days = {"authorised_since": "2024-01-01", "attested_on": "2024-01-01", "webinars_on": "2024-01-02"}
    assert (await w.carla.submit(modal, days))["outcome"] == "closed"
    await shown(w.carla, "Can send to Retarus: Bea Bauer")
    bea = await w.running.desk.register.contact("U0BEA")
    assert bea
    assert (bea.webinars_on, bea.phone) == (date(2024, 1, 2), "+49 89 12345671")


async def test_contact_suspended_after_the_preview_cannot_send(w: World) -> None:
    card = await w.filled()
    preview = await previewed(w, card)
    await press(w.carla, await at(w.carla, "Contacts", "Can send to Retarus"), BEN, contacts.SUSPEND)
    home = await shown(w.carla, "suspended: by Carla Conrad")
    await w.ben.submit(preview)
    await w.ben.modal(containing="Your entry in the register is suspended: by Carla Conrad")
    assert (await w.ticket()).stage is Stage.SECOND
    await press(w.carla, home, BEN, contacts.REINSTATE)
    await shown(w.carla, "Can send to Retarus: Ben Brandt")


async def test_contact_deactivated_in_slack_is_suspended_and_cannot_be_reinstated(w: World) -> None:
    await at(w.carla, "Contacts", "Can send to Retarus: Ben Brandt")
    await w.carla.control("POST", "people/ben", deactivated=True)
    async with asyncio.timeout(TIMEOUT):
        while not await is_suspended(w, "U0BEN"):  # noqa: ASYNC110  nobody is told
            await asyncio.sleep(0.02)
    home = await at(w.carla, "Contacts", "suspended: deactivated in Slack")
    await press(w.carla, home, BEN, contacts.REINSTATE)
    await w.carla.modal(containing="they stay suspended")


async def is_suspended(w: World, user: str) -> bool:
    contact = await w.running.desk.register.contact(user)
    return contact is not None and contact.suspended_on is not None


async def test_contact_acknowledges_the_guides_in_their_home_too(w: World) -> None:
    await w.ben.click(await opened(w.ben, "have not acknowledged them yet"), "I have read both")
    await w.ben.wait_for(lambda: knows(w, "U0BEN"), "the acknowledgement")


async def test_contact_is_reminded_of_the_webinars_until_an_admin_has_noted_the_day(w: World) -> None:
    await opened(w.ben, "You have not taken part in the onboarding webinars yet")
    await press(w.carla, await at(w.carla, "Contacts", "Can send to Retarus"), BEN, contacts.CHANGE)
    done = await w.carla.submit(await w.carla.modal("Change a contact"), {"webinars_on": "2024-01-02"})
    assert done["outcome"] == "closed"
    await opened(w.ben, "Both guides")
    await gone(w.ben, "onboarding webinars")


async def test_admin_parts_are_hidden_and_closed_for_others(w: World) -> None:
    home = await opened(w.anna, "Open tickets")
    assert "Contacts" not in str(home)
    assert "Settings" not in str(home)
