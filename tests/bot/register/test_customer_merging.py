"""Two entries of one end-customer are merged by an admin, and nothing of either is lost."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid
from bot.core.i18n import Language
from bot.model.contact import EndCustomer
from bot.tickets.ports import Batch
from tests.factories import CARLA, World, a_world

LEARNED = EndCustomer(
    id="c1",
    name="Mueller GmbH",
    tenants=("12345RS",),
    agreement="MSA-7",
    language=Language.GERMAN,
    also=("Müller Logistik",),
    is_learned=True,
)
SAVED = EndCustomer(id="c2", name="Müller Deutschland", agreement="MSA-8")


async def merged(also: str, **typed: str) -> World:
    w = await a_world()
    await w.store.apply(Batch(customers=[LEARNED, SAVED]))
    values = {"name": SAVED.name, "agreement": SAVED.agreement, "also": also, **typed}
    await w.desk.customers.save(values, SAVED.id, CARLA, w.form())
    return w


@pytest.mark.parametrize("also", ["Mueller GmbH", "mueller gmbh", "Müller GmbH", "Müller GmbH\nMueller GmbH"])
async def test_merged_entry_has_the_names_and_what_it_lacked_itself(also: str) -> None:
    w = await merged(also)
    (saved,) = await w.store.customers((), limit=5)
    assert (saved.name, saved.tenants, saved.agreement) == (SAVED.name, ("12345RS",), "MSA-8")
    assert saved.language is Language.GERMAN
    for name in ("Müller GmbH", "Mueller GmbH", "Müller Logistik"):
        assert await w.desk.customers.named(name) == saved


async def test_merged_entry_keeps_its_own_tenants() -> None:
    w = await merged("Mueller GmbH", tenants="23456RS")
    (saved,) = await w.store.customers((), limit=5)
    assert saved.tenants == ("23456RS",)


async def test_other_name_of_a_third_entry_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        await merged("Müller Logistik")
    assert "another name of “Mueller GmbH” already" in refused.value.errors["also"]
