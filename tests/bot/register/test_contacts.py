"""The register of support contacts: valid entries, warnings, and the handover of the guides."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.core.errors import Invalid, NotYours, Refused
from bot.model.contact import Contact, ContractException
from bot.model.notice import NoticeKind
from bot.model.ticket import Level, Ticket
from bot.register.contacts import concerns, read
from bot.tickets.ports import Batch
from tests.doubles.memory_store import MemoryStore
from tests.factories import ALEX, ANNA, BEN, CARLA, GONE, GUS, NO_STAFF, RITA, World, a_contact, a_world

ON = date(2019, 8, 27)
GUIDES = {"partner_version": "1", "global_version": "2"}
EDITION = "1 / 2"
TYPED = {
    "person": ALEX,
    "name": "Alex Adler",
    "email": "alex@nordlicht.example",
    "phone": "089 12345672",
    "levels": "first\nsecond",
    "authorised_since": "2019-01-07",
    "attested_on": "2019-01-07",
    "eas": "no",
    "employee": "yes",
}


def faults(**changes: str) -> set[str]:
    with pytest.raises(Invalid) as error:
        read(TYPED | changes, None, "DE", ON)
    return set(error.value.errors)


# --- an entry


def test_an_entry_is_kept_as_it_is_meant() -> None:
    contact = read(TYPED, None, "DE", ON)
    assert (contact.slack_user, contact.phone) == (ALEX, "+49 89 12345672")
    assert contact.levels == (Level.FIRST, Level.SECOND)
    assert contact.is_authorised(Level.SECOND, ON)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("person", ""), ("name", " "), ("email", ""), ("email", "alex"), ("phone", "12"), ("phone", ""),
        ("attested_on", "2019-08-28"), ("webinars_on", "2019-08-28"), ("name", "x" * 151),
    ],
)  # fmt: skip
def test_impossible_value_is_refused_beside_its_field(key: str, text: str) -> None:
    assert faults(**{key: text}) == {key}


@pytest.mark.parametrize("key", ["reference", "approver"])
def test_contract_of_an_eas_exception_is_no_filler(key: str) -> None:
    other = {"eas": "yes", "employee": "no", "reference": "C-7", "approver": "Retarus Legal", "expires": "2019-08-27"}
    assert faults(**(other | {key: "wird nachgereicht"})) == {key}


def test_eas_for_others_than_employees_needs_the_contract_its_approver_and_its_end() -> None:
    other = {"eas": "yes", "employee": "no"}
    assert faults(**other) == {"reference", "approver", "expires"}
    assert faults(**other, reference="C-7", approver="Retarus Legal") == {"expires"}
    contact = read(TYPED | other | {"reference": "C-7", "approver": "L", "expires": "2019-08-27"}, None, "DE", ON)
    assert contact.may_use_eas(ON)
    assert not contact.may_use_eas(date(2019, 8, 28))


def test_values_outside_the_form_stay_unchanged() -> None:
    before = a_contact(BEN, guides_known=EDITION, suspended_on=ON)
    after = read(TYPED, before, "DE", ON)
    assert (after.slack_user, after.guides_known, after.suspended_on) == (BEN, EDITION, ON)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"attested_on": None}, "2.3"),
        ({"authorised_since": None}, "not authorised"),
        ({"authorised_since": date(2019, 9, 1)}, "authorised from 01.09.2019"),
        ({"webinars_on": None}, "2.6"),
        ({"guides_known": "0 / 2"}, "1.f"),
        ({"suspended_on": ON, "suspended_why": "left"}, "suspended: left"),
        ({"has_eas": True, "is_employee": False}, "2.2"),
        (
            {
                "has_eas": True,
                "is_employee": False,
                "exception": ContractException(reference="C", approver="L", expires=date(2019, 8, 26)),
            },
            "2.2",
        ),
    ],
)
def test_warnings_about_a_contact_are_shown(changes: dict[str, Any], word: str) -> None:
    good = a_contact(BEN, webinars_on=ON, guides_known=EDITION)
    assert concerns(good, EDITION, ON) == ()
    (text,) = concerns(good.model_copy(update=changes), EDITION, ON)
    assert word in text


@pytest.mark.parametrize(
    "changes", [{"webinars_on": None}, {"guides_known": ""}, {"has_eas": True, "is_employee": False}]
)
def test_webinars_guides_and_eas_never_stop_anybody_from_sending(changes: dict[str, Any]) -> None:
    assert a_contact(BEN).model_copy(update=changes).is_authorised(Level.SECOND, ON)


def test_suspended_contact_is_not_authorised() -> None:
    suspended = a_contact(BEN, suspended_on=ON, has_eas=True)
    assert not suspended.is_authorised(Level.SECOND, ON)
    assert not suspended.may_use_eas(ON)


# --- the register


async def handed_over(world: World) -> list[str]:
    return sorted(row.notice.to for row in await world.store.letters() if row.notice.kind is NoticeKind.GUIDES)


def of_file(user: str, name: str) -> dict[str, Any]:
    return {"slack_user": user, "name": name, "email": "a@n.example", "phone": "+49 89 12345678", "levels": ["first"]}


async def test_start_adds_contacts_of_the_file_that_are_not_in_the_register_yet() -> None:
    world = await a_world(a_contact(BEN), contacts=[of_file(BEN, "Another"), of_file(ALEX, "Alex Adler")])
    await world.desk.register.begin()
    assert [each.name for each in await world.store.contacts()] == ["Alex Adler", "Ben Brandt"]


async def test_guides_are_handed_over_once_and_again_when_their_version_changes() -> None:
    world = await a_world(a_contact(BEN), a_contact(ANNA, suspended_on=ON), guides=GUIDES)
    for _ in range(2):
        await world.desk.register.begin()
    assert await handed_over(world) == [BEN]
    newer = world.desk.config.model_copy(
        update={"guides": world.desk.config.guides.model_copy(update={"global_version": "3"})}
    )
    await world.at(config=newer).desk.register.begin()
    assert await handed_over(world) == [BEN, BEN]


async def test_no_guide_is_handed_over_that_is_not_set() -> None:
    world = await a_world(a_contact(BEN))
    await world.desk.register.begin()
    assert await handed_over(world) == []
    with pytest.raises(Refused, match="No guide is set"):
        await world.desk.register.hand_over(BEN, CARLA, "c1")


class Interfered(MemoryStore):
    """Another change is saved first, once, between reading and saving."""

    meanwhile: Contact | None = None

    async def apply(self, batch: Batch) -> tuple[Ticket, ...]:
        if self.meanwhile and batch.contacts:
            quicker, self.meanwhile = self.meanwhile, None
            await super().apply(Batch(contacts=[quicker]))
        return await super().apply(batch)


async def test_concurrent_changes_of_an_entry_are_both_kept() -> None:
    world = await a_world(guides=GUIDES)
    store = Interfered(world.clock)
    await store.apply(Batch(contacts=[a_contact(BEN, guides_asked=EDITION)]))
    register = world.at(store=store).desk.register
    store.meanwhile = a_contact(BEN, guides_asked=EDITION, guides_known=EDITION)
    await register.suspend(BEN, CARLA, "c1")
    ben = await register.one(BEN, CARLA)
    assert (ben.suspended_on, ben.guides_known) == (ON, EDITION)


async def test_concurrent_additions_of_a_colleague_add_one_and_refuse_one() -> None:
    world = await a_world()
    store = Interfered(world.clock)
    register = world.at(store=store).desk.register
    store.meanwhile = a_contact(ALEX, name="Alex A. Adler")
    with pytest.raises(Invalid, match="person"):
        await register.save(TYPED, "", CARLA, "V1")
    assert [each.name for each in await store.contacts()] == ["Alex A. Adler"]


async def test_a_new_contact_gets_the_guides_however_often_the_form_arrives() -> None:
    world = await a_world(a_contact(BEN, guides_asked=EDITION), guides=GUIDES)
    register = world.desk.register
    await register.save(TYPED, "", CARLA, "V1")
    await register.save(TYPED, "", CARLA, "V1")
    assert await handed_over(world) == [ALEX]
    with pytest.raises(Invalid):
        await register.save(TYPED, "", CARLA, "V2")


async def test_reinstated_contact_gets_the_missed_guides() -> None:
    world = await a_world(a_contact(BEN, suspended_on=ON), guides=GUIDES)
    await world.desk.register.begin()
    assert await handed_over(world) == []
    await world.desk.register.reinstate(BEN, CARLA, "c1")
    assert await handed_over(world) == [BEN]


async def test_an_acknowledgement_is_of_the_present_edition_by_a_contact() -> None:
    world = await a_world(a_contact(BEN), guides=GUIDES)
    register = world.desk.register
    with pytest.raises(Refused, match="newer version"):
        await register.acknowledge("0 / 2", BEN)
    with pytest.raises(Refused, match="not in the register"):
        await register.acknowledge(EDITION, ANNA)
    await register.acknowledge(EDITION, BEN)
    ben = await world.desk.register.contact(BEN)
    assert ben
    assert (ben.guides_known, ben.guides_known_on) == (EDITION, ON)


@pytest.mark.parametrize("user", [ANNA, BEN, *NO_STAFF])
async def test_register_is_kept_by_admins_only(user: str) -> None:
    world = await a_world(a_contact(BEN))
    register = world.desk.register
    for work in (
        register.all(user), register.one(BEN, user), register.save(TYPED, "", user, "V1"),
        register.suspend(BEN, user, "c1"), register.reinstate(BEN, user, "c2"), register.hand_over(BEN, user, "c3"),
    ):  # fmt: skip
        with pytest.raises(NotYours):
            await work
    assert await world.store.contacts() == [a_contact(BEN)]


@pytest.mark.parametrize("user", [GUS, RITA, GONE])
async def test_outsider_cannot_become_a_contact(user: str) -> None:
    world = await a_world(a_contact(BEN))
    with pytest.raises(Invalid) as error:
        await world.desk.register.save(TYPED | {"person": user}, "", CARLA, "V1")
    assert set(error.value.errors) == {"person"}


async def test_contact_who_left_is_suspended_at_the_next_check_and_stays_so() -> None:
    world = await a_world(a_contact(BEN))
    gone = Contact(**a_contact(BEN).model_dump() | {"slack_user": GONE, "name": "Gone Gruber"})
    await world.store.apply(Batch(contacts=[gone]))
    register = world.desk.register
    await register.refreshed_actor(GONE)
    stored = await register.one(GONE, CARLA)
    assert (stored.suspended_on, stored.suspended_why) == (ON, "deactivated in Slack")
    with pytest.raises(Refused, match="stay suspended"):
        await register.reinstate(GONE, CARLA, "c1")
    await register.refreshed_actor(BEN)
    assert (await register.one(BEN, CARLA)).suspended_on is None


async def test_contact_is_suspended_and_reinstated_by_an_admin() -> None:
    world = await a_world(a_contact(BEN))
    register = world.desk.register
    await register.suspend(BEN, CARLA, "c1")
    assert (await register.one(BEN, CARLA)).suspended_why == "by Carla Conrad"
    await register.reinstate(BEN, CARLA, "c2")
    assert (await register.one(BEN, CARLA)).is_authorised(Level.SECOND, ON)
