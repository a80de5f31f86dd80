"""The contract of the stores for end-customers, and for open tickets by stage."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.core.errors import Conflict
from bot.model.contact import Contact, EndCustomer
from bot.model.ticket import Party, Stage, Ticket, Times
from bot.ports import Store
from bot.register.customers import customer_called
from bot.register.ports import KnownForRaising
from bot.tickets.ports import Batch, Query
from tests.contracts.tickets_in_store import ids, save
from tests.doubles.records import START, a_ticket, minutes

MUELLER = EndCustomer(id="c1", name="Müller GmbH & Co", tenants=("12345RS",), agreement="MSA-7", contacts="Frau Müller")
ADLER = EndCustomer(id="c2", name="Adler Müller KG")


async def test_customer_is_found_by_word_prefixes_and_tenant_ids(store: Store) -> None:
    await store.apply(Batch(customers=[MUELLER, ADLER]))
    found = {
        text: [each.id for each in await store.customers(text.split(), limit=9)]
        for text in ("", "mü", "mül gm", "adler mü", "12345rs", "üller", "mü zz")
    }
    assert found == {
        "": ["c2", "c1"], "mü": ["c2", "c1"], "mül gm": ["c1"], "adler mü": ["c2"], "12345rs": ["c1"],
        "üller": [], "mü zz": [],
    }  # fmt: skip
    assert [each.id for each in await store.customers((), limit=1, skip=1)] == ["c1"]
    assert await store.count_customers() == 2


async def test_customer_is_found_in_each_spelling_of_the_name(store: Store) -> None:
    names = ("Café Rösti GmbH", "Gamma Limited", "Beta A.G.", "Hans Maier e.K.", "Müller AG", "Müller GmbH", "Müller")
    saved = {name: EndCustomer(id=f"c{number}", name=name) for number, name in enumerate(names)}
    saved["Gamma Limited"] = saved["Gamma Limited"].model_copy(update={"also": ("Omega Limited",)})
    await store.apply(Batch(customers=list(saved.values())))
    spelled = {
        "Cafe Rösti GmbH": "Café Rösti GmbH", "CAFÉ ROESTI G.m.b.H.": "Café Rösti GmbH", "Gamma Ltd.": "Gamma Limited",
        "Omega Ltd": "Gamma Limited", "Beta AG": "Beta A.G.", "Hans Maier eK": "Hans Maier e.K.",
        "Mueller AG": "Müller AG", "Mueller G.m.b.H.": "Müller GmbH", "Mueller": "Müller",
    }  # fmt: skip
    for name, known in spelled.items():
        assert await customer_called(store, name) == saved[known]
    for unknown in ("Cafe Rosti GmbH", "Gamma Inc", "Beta SE", "Müller KG", "Café"):
        assert await customer_called(store, unknown) is None


async def test_two_saved_spellings_are_each_found_by_their_own_name(store: Store) -> None:
    saved = [EndCustomer(id=f"c{number}", name=name) for number, name in enumerate(("Beta A.G.", "Beta AG"))]
    await store.apply(Batch(customers=saved))
    assert [await customer_called(store, each.name) for each in saved] == saved


async def test_customer_is_replaced_or_deleted(store: Store) -> None:
    await store.apply(Batch(customers=[MUELLER]))
    renamed = MUELLER.model_copy(update={"name": "Meier", "tenants": ()})
    await store.apply(Batch(customers=[renamed]))
    assert await store.customer("c1") == renamed
    assert await store.customer_named("meier") == renamed
    assert await store.customers(["mül"], limit=9) == await store.customers(["12345rs"], limit=9) == []
    await store.apply(Batch(forget_customers=["c1"]))
    assert await store.customer("c1") is None
    assert await store.customer_named("meier") is None
    assert await store.customers(["mei"], limit=9) == []


async def test_two_customers_cannot_have_the_same_name(store: Store) -> None:
    await store.apply(Batch(customers=[MUELLER]))
    with pytest.raises(Conflict):
        await store.apply(Batch(customers=[MUELLER.model_copy(update={"id": "c3", "name": "MÜLLER gmbh & co"})]))
    assert await store.count_customers() == 1


async def test_latest_tickets_of_a_customer_are_found_regardless_of_case_and_spaces(store: Store) -> None:
    old = a_ticket("old", answers={"customer": "Müller GmbH", "tenants": "1"})
    new = a_ticket("new", answers={"customer": " MÜLLER  gmbh", "tenants": "2"}, raised_at=START + minutes(1))
    await save(store, new, old, a_ticket("nobody"))
    assert [each.id for each in await store.tickets_of("müller gmbh", 9)] == ["new", "old"]
    assert [each.id for each in await store.tickets_of("müller gmbh", 1)] == ["new"]
    assert await store.tickets_of("", 9) == []


def with_retarus(**times: datetime) -> list[Ticket]:
    """Tickets with Retarus, each with an open question to somebody."""
    asked = [Times(), *(Times.model_validate({name: at}) for name, at in times.items())]
    return [a_ticket(f"r{number}", stage=Stage.RETARUS, times=each) for number, each in enumerate(asked)]


async def test_open_tickets_are_counted_by_stage_and_by_who_must_act(store: Store) -> None:
    stages = (Stage.NEW, Stage.NEW, Stage.CLOSED)
    await save(store, *(a_ticket(f"t{number}", stage=stage) for number, stage in enumerate(stages)))
    await save(store, *with_retarus(asked=START, customer_asked=START))
    assert await store.standing() == {
        (Stage.NEW, Party.FIRST): 2,
        (Stage.RETARUS, Party.RETARUS): 1,
        (Stage.RETARUS, Party.SECOND): 1,
        (Stage.RETARUS, Party.CUSTOMER): 1,
    }


async def test_open_tickets_are_counted_by_owner_and_stage(store: Store) -> None:
    owned = (
        ("a", "UANNA", Stage.NEW),
        ("b", "UANNA", Stage.FIRST),
        ("c", "UBEN", Stage.FIRST),
        ("d", "UBEN", Stage.FIRST),
    )
    await save(store, *(a_ticket(key, owner=owner, stage=stage) for key, owner, stage in owned))
    await save(store, a_ticket("e", owner="UBEN", stage=Stage.CLOSED))
    assert await store.loads() == {("UANNA", Stage.NEW): 1, ("UANNA", Stage.FIRST): 1, ("UBEN", Stage.FIRST): 2}


async def test_tickets_are_found_oldest_first(store: Store) -> None:
    await save(store, *(a_ticket(key, raised_at=START + minutes(at)) for key, at in (("b", 2), ("a", 1), ("c", 3))))
    assert await ids(store, stages=(Stage.NEW,), is_oldest_first=True, limit=2) == ["a", "b"]


@pytest.mark.parametrize(("ball", "found"), [(Party.RETARUS, "r0"), (Party.SECOND, "r1"), (Party.CUSTOMER, "r2")])
async def test_ticket_with_retarus_is_found_by_who_must_act(store: Store, ball: Party, found: str) -> None:
    await save(store, *with_retarus(asked=START, customer_asked=START))
    query = Query(open=True, stages=(Stage.RETARUS,), ball=ball)
    assert [each.id for each in await store.find(query)] == [found]
    assert await store.count(query) == 1
    assert await store.count(Query(open=True, owner="somebody else", ball=ball)) == 0


async def test_known_facts_for_raising_are_of_this_name_and_person_alone(store: Store) -> None:
    anna = Contact(slack_user="U1", name="Anna", email="a@example.com", phone="+498912345679")
    ben = anna.model_copy(update={"slack_user": "U2"})
    await store.apply(Batch(customers=[MUELLER, ADLER], contacts=[anna, ben]))
    named = {"t1": "Adler", "t2": MUELLER.name, "t3": MUELLER.name, "t4": MUELLER.name}
    await save(store, *(a_ticket(each, answers={"customer": name}) for each, name in named.items()))

    known = await store.known_for_raising(MUELLER.folded, "U2", 2)
    assert (known.customer, known.contact) == (MUELLER, ben)
    assert {each.id for each in known.tickets} == {"t3", "t4"}
    assert await store.known_for_raising("", "U9", 2) == KnownForRaising()
