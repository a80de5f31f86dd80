"""A person is exported whole, erased everywhere, and an old ticket keeps its statistics only."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.core.errors import Refused
from bot.model.contact import EndCustomer
from bot.model.notice import NoticeKind, Sent
from bot.model.ticket import NOBODY, Kind, Stage
from bot.model.transitions import Move
from bot.privacy.erasure import PersonalDataArchive
from bot.privacy.redaction import MARK, someone, statistics_of
from bot.tickets.ports import Batch
from tests.factories import ALEX, ANNA, BEN, CARLA, DESK, GUS, RAISED, RITA, World, a_contact, a_world

ERIKA = "Erika Muster"
ABOUT_ERIKA = {"happens": f"{ERIKA} (erika@mueller.example, 089 765432-10) gets 550"}


def an_archive(w: World) -> PersonalDataArchive:
    return PersonalDataArchive(w.store, w.drafts, w.clock, by="root")


async def everything(w: World) -> str:
    """All records as text."""
    stored = [row.notice.model_dump_json() for row in await w.store.letters(limit=1000) if not row.notice.ticket_id]
    for number in range(1001, 1010):
        ticket = await w.store.numbered(number)
        if ticket:
            letters = [row.notice for row in await w.store.letters(ticket_id=ticket.id, limit=1000)]
            stored += [each.model_dump_json() for each in (ticket, *await w.store.history(ticket.id), *letters)]
    stored += [each.model_dump_json() for each in await w.store.contacts()]
    stored += [each.model_dump_json() for each in await w.store.customers([], limit=100)]
    stored += [json.dumps([key, await w.drafts.get(key)]) for key in await w.drafts.keys()]
    return "\n".join(stored)


async def deliver_all(w: World) -> None:
    """Delivers all waiting notices."""
    while claims := await w.store.claim(w.clock(), timedelta(minutes=1), 100):
        for claim in claims:
            await w.store.settle(claim, Sent(), w.clock())


# --- who is meant


@pytest.mark.parametrize("terms", [(), ("",), ("An",)])
def test_term_too_short_for_one_person_is_refused(terms: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        someone(terms, [])


def test_register_adds_what_it_knows_of_somebody() -> None:
    person = someone([BEN], [a_contact(BEN)])
    for text in ("by Ben Brandt.", "ben@nordlicht.example", "+49 89 12345679", "089/1234 5679", "0049 (0)89 123456-79"):
        assert person.is_in(text), text
    for text in ("Benno Brandtner", "+49 89 123456790", "Brandt"):
        assert not person.is_in(text), text
    assert someone(["Ben Brandt"], [a_contact(BEN)]).user == BEN


def test_fingerprint_is_the_same_for_the_same_person_and_does_not_name_them() -> None:
    first, again = someone([ERIKA], []), someone([ERIKA], [])
    assert first.fingerprint == again.fingerprint
    assert "erika" not in first.fingerprint


# --- a person


async def test_export_holds_every_ticket_message_entry_and_draft_that_names_a_person() -> None:
    w = await a_world()
    ticket = await w.raised(**ABOUT_ERIKA)
    await w.raised()
    await w.store.apply(Batch(customers=[EndCustomer(id="c1", name="Müller GmbH", contacts=f"{ERIKA}, IT")]))
    await w.desk.tickets.save_draft(BEN, Kind.INCIDENT, {"happens": f"{ERIKA} again"})
    archive = an_archive(w)
    found = await archive.export(await archive.find(ERIKA))
    assert isinstance(found["tickets"], list)
    (exported_ticket,) = found["tickets"]
    assert isinstance(exported_ticket, dict)
    assert ticket.id in json.dumps(exported_ticket["ticket"])
    assert found["end_customers"]
    assert found["drafts"]
    assert found["contacts"] == []


async def test_end_customers_contact_is_erased_from_answers_history_and_messages() -> None:
    w = await a_world()
    ticket = await w.complete(**ABOUT_ERIKA)
    await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    await w.store.apply(Batch(customers=[EndCustomer(id="c1", name="Müller GmbH", contacts=f"{ERIKA}, IT")]))
    await w.desk.tickets.save_draft(BEN, Kind.INCIDENT, {"happens": f"{ERIKA} again"})
    await deliver_all(w)
    archive = an_archive(w)
    person = await archive.find(ERIKA, "erika@mueller.example", "+49 89 76543210")
    assert await archive.erase(person) == 1
    stored = await everything(w)
    for text in (ERIKA, "erika@", "765432"):
        assert text not in stored, text
    now = await w.desk.queries.ticket(ticket.id)
    assert now.answer("happens") == f"{MARK} ({MARK}, {MARK}) gets 550"
    assert (now.stage, now.owner, now.answer("customer")) == (Stage.RETARUS, BEN, "Müller GmbH")
    assert await archive.erase(person) == 0


async def test_person_is_erased_from_every_version_of_a_note_and_from_the_search() -> None:
    w = await a_world()
    notes = w.desk.notes
    note = await notes.write({"symptom": f"{ERIKA} sees 550", "remedy": f"{ERIKA} restarts it"}, BEN, "form")
    await notes.change(note.id, {"symptom": "550", "remedy": f"Ask {ERIKA}"}, BEN, "form", 1)
    archive = an_archive(w)
    person = await archive.find(ERIKA)
    exported = await archive.export(person)
    assert isinstance(exported["technical_notes"], list)
    assert len(exported["technical_notes"]) == 2
    await archive.erase(person)
    stored = [each.model_dump_json() for each in await w.store.note_versions(note.id)]
    assert len(stored) == 2
    assert not [each for each in stored if ERIKA in each]
    assert (await w.desk.search.find(ERIKA, BEN)).hits == []
    assert [hit.found.id for hit in (await w.desk.search.find("550", BEN)).hits] == [note.id]


async def test_person_who_joined_an_old_ticket_is_erased_and_the_customer_stays() -> None:
    w = await a_world()
    ticket = await w.raised()
    await w.desk.known_issues.join(ticket.id, ALEX, {"customer": "Adler AG", "happens": f"{ERIKA} gets 550"}, "click")
    (joined,) = statistics_of(await w.desk.queries.ticket(ticket.id), w.clock()).affected
    assert (joined.customer, joined.impact, joined.by) == ("Adler AG", "", NOBODY)


async def test_colleague_is_erased_from_the_register_and_everything_they_did() -> None:
    w = await a_world(a_contact(BEN), a_contact(ALEX, email="alex@nordlicht.example", phone="+498911112222"))
    ticket = await w.desk.tickets.create(ALEX, Kind.INCIDENT, RAISED, w.form())
    ticket = await w.desk.tickets.act(ticket.id, Move.TAKE, ALEX, f"{ALEX}:1.1:take")
    await w.desk.tickets.save_draft(ALEX, Kind.INCIDENT, {"happens": "later"})
    await hand_over(w, ALEX, ANNA)
    await hand_over(w, ANNA, ALEX)
    await w.desk.tickets.act(ticket.id, Move.TAKE_OVER, ANNA, w.form())
    await deliver_all(w)
    archive = an_archive(w)
    assert await archive.erase(await archive.find(ALEX)) == 1
    stored = await everything(w)
    for text in (ALEX, "Alex Adler", "alex@", "11112222"):
        assert text not in stored, text
    now = await w.desk.queries.ticket(ticket.id)
    assert (now.raised_by, now.owner) == (NOBODY, ANNA)
    assert [each.slack_user for each in await w.store.contacts()] == [BEN]
    assert not await w.store.used(f"{ALEX}:1.1:take:take")


async def hand_over(w: World, giver: str, colleague: str) -> None:
    """A handover of everything the giver has, with a word that names both, accepted by the colleague."""
    form = w.form()
    await w.desk.handovers.offer(giver, "Alex Adler knows more", form)
    rows = [row.notice for row in await w.store.letters(limit=500) if row.notice.kind is NoticeKind.HANDOVER]
    await w.desk.handovers.accept(str(rows[0].body["handover"]), colleague)


async def test_handover_goes_with_its_giver_and_loses_the_name_of_the_colleague() -> None:
    w = await a_world()
    await w.taken()
    await hand_over(w, ANNA, ALEX)
    (key,) = [each for each in await w.drafts.keys() if each.startswith("handover:")]
    archive = an_archive(w)
    await w.desk.tickets.act((await w.desk.handovers.mine(ALEX))[0][0].id, Move.TAKE_OVER, ANNA, w.form())
    await archive.erase(await archive.find(ALEX, "Alex Adler"))
    draft = await w.drafts.get(key)
    assert draft
    assert (draft["giver"], draft["accepted_by"], draft["note"]) == (ANNA, NOBODY, f"{MARK} knows more")
    await archive.erase(await archive.find("Anna Arnold"))
    assert await w.drafts.get(key)
    await w.desk.tickets.act((await w.desk.handovers.mine(ANNA))[0][0].id, Move.TAKE_OVER, CARLA, w.form())
    await archive.erase(await archive.find(ANNA))
    assert await w.drafts.get(key) is None


async def test_contact_entered_by_an_erased_admin_stays_in_the_register() -> None:
    w = await a_world(a_contact(BEN, changed_by=CARLA), a_contact(CARLA))
    archive = an_archive(w)
    await archive.erase(await archive.find(CARLA))
    (left,) = await w.store.contacts()
    assert (left.slack_user, left.changed_by) == (BEN, NOBODY)


async def test_owner_of_an_open_ticket_is_not_erased_until_it_has_another_owner() -> None:
    w = await a_world()
    await w.raised()
    archive = an_archive(w)
    with pytest.raises(Refused, match="take them over first"):
        await archive.erase(await archive.find(ANNA))
    assert await archive.accesses() == []


async def test_reopened_ticket_of_an_erased_owner_belongs_to_its_reopener() -> None:
    w = await a_world()
    ticket = await w.closed()
    archive = an_archive(w)
    await archive.erase(await archive.find(ANNA))
    reopened = await w.desk.tickets.act(ticket.id, Move.REOPEN, BEN, w.form())
    assert reopened.owner == BEN


async def test_exports_and_erasures_are_logged_without_naming_the_person() -> None:
    w = await a_world()
    await w.raised(**ABOUT_ERIKA)
    archive = an_archive(w)
    person = await archive.find(ERIKA)
    await archive.export(person)
    await archive.erase(person)
    log = await archive.accesses()
    assert [(each.by, each.action, each.about) for each in log] == [
        ("root", "erase", person.fingerprint),
        ("root", "export", person.fingerprint),
    ]
    assert ERIKA not in str(log)
    assert [each.action for each in await archive.accesses()] == ["look at this log", "erase", "export"]


# --- time


async def test_ticket_closed_for_long_loses_its_personal_data_and_keeps_its_statistics() -> None:
    w = await a_world()
    ticket = await w.closed()
    w.clock.forward(minutes=10)
    await deliver_all(w)
    archive = an_archive(w)
    assert await archive.expire(timedelta(days=30)) == 0
    w.clock.forward(days=31)
    new = await w.raised()
    assert await archive.expire(timedelta(days=30)) == 1
    now = await w.desk.queries.ticket(ticket.id)
    assert now.is_erased
    assert (now.number, now.stage, now.since, now.bounces) == (ticket.number, Stage.CLOSED, ticket.since, 0)
    assert {key: now.answer(key) for key in ("customer", "services", "priority", "start")} == {
        key: ticket.answer(key) for key in ("customer", "services", "priority", "start")
    }
    assert now.answer("happens") == now.answer("contact") == now.answer("summary_first") == MARK
    assert {now.owner, now.raised_by, now.first_owner, now.second_owner} == {NOBODY}
    assert await w.store.letters(ticket_id=ticket.id) == []
    history = await w.store.history(ticket.id)
    assert [each.kind for each in history][:3] == ["raise", "take", "hand_off"]
    assert {each.by for each in history} <= {NOBODY, ""}
    assert "connector" not in str(history).lower()
    assert (await w.desk.queries.ticket(new.id)) == new


async def test_retention_applies_once_and_again_after_a_reopening() -> None:
    w = await a_world()
    ticket = await w.closed()
    archive = an_archive(w)
    w.clock.forward(days=31)
    assert [await archive.expire(timedelta(days=30)) for _ in range(2)] == [1, 0]
    w.clock.forward(hours=1)
    await w.desk.tickets.act_with_text(ticket.id, Move.REOPEN, BEN, w.form(), "reason", "It happens again at Erika's")
    await w.desk.tickets.act(ticket.id, Move.WITHDRAW, ANNA, w.form(), reason="Erika called it off")
    w.clock.forward(days=31)
    assert await archive.expire(timedelta(days=30)) == 1
    assert "Erika" not in await everything(w)


async def test_recently_closed_ticket_is_kept_whatever_its_age() -> None:
    w = await a_world()
    ticket = await w.resolved()
    w.clock.forward(days=400)
    await w.desk.tickets.act(ticket.id, Move.CONFIRM, ANNA, w.form())
    assert await an_archive(w).expire(timedelta(days=30)) == 0


# --- who reads along


async def test_guest_or_somebody_of_another_organisation_is_reported_once_and_a_colleague_never() -> None:
    w = await a_world()
    for user in (GUS, GUS, ANNA, RITA):
        await w.desk.membership.joined(user, DESK)
        w.clock.forward(days=1)
    reported = [(each.notice.body["joined"], each.notice.to) for each in await w.store.letters()]
    assert reported == [(RITA, CARLA), (GUS, CARLA)]
