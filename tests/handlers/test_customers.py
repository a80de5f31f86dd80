"""End-customers: kept by admins, found by typing, never in the way of a name nobody kept."""

from __future__ import annotations

from blocks import customers
from tests.handlers.homes import at, gone, press, shown
from tests.handlers.world import Json, World

MUELLER: Json = {"name": "Müller GmbH", "tenants": "12345rs, 23456RS", "agreement": "MSA-7", "contacts": "Frau Müller"}


async def kept(w: World, **more: str) -> Json:
    """Carla's list, with Müller GmbH in it."""
    await w.carla.click(await at(w.carla, "End-customers", "None yet"), "Add an end-customer")
    modal = await w.carla.modal("Add an end-customer")
    assert (await w.carla.submit(modal, MUELLER | more))["outcome"] == "closed"
    return await shown(w.carla, "Müller GmbH")


async def test_an_admin_adds_changes_and_removes_a_customer(w: World) -> None:
    home = await kept(w, agreement="")
    assert "no agreement reference" in str(home)
    (customer,) = await w.running.desk.store.customers((), limit=9)
    assert customer.tenants == ("12345RS", "23456RS")
    await press(w.carla, home, f"customer.{customer.id}", customers.CHANGE)
    modal = await w.carla.modal("Change end-customer")
    assert (await w.carla.submit(modal, {"agreement": "MSA-7"}))["outcome"] == "closed"
    home = await shown(w.carla, "agreement MSA-7")
    await press(w.carla, home, f"customer.{customer.id}", customers.REMOVE)
    await gone(w.carla, "Müller GmbH")
    assert await w.running.desk.store.count_customers() == 0


async def test_every_fault_of_a_customer_is_marked_at_once(w: World) -> None:
    await kept(w)
    await w.carla.click(await shown(w.carla, "Müller GmbH"), "Add an end-customer")
    modal = await w.carla.modal("Add an end-customer")
    assert set((await w.carla.submit(modal, {"name": "–", "tenants": "12"}))["errors"]) == {"name", "tenants"}
    done = await w.carla.submit(modal, {"name": "müller gmbh", "tenants": ""})
    assert "in the list already" in done["errors"]["name"]
