"""Evidence of a letter is kept with the ticket, shown before it is sent, and recorded in the history."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Conflict, Invalid, NotNow, NotYours
from bot.core.i18n import Language, speaking
from bot.escalation.evidence import OVERRIDE_REASON
from bot.escalation.status_page import StatusPageReading, StatusPageWatch
from bot.model.contact import EndCustomer
from bot.model.notice import NoticeKind, Place, Sent
from bot.model.ticket import Affected, Attachment, Kind, Ticket
from bot.tickets.attachments import FILES
from bot.tickets.ports import Batch, Query
from tests.factories import ANNA, BEN, DESK, GUS, NEMO, NOW, RAISED, RETARUS, World, a_contact, a_world

LOG = Attachment(id="F1", name="trace.log", size=1200, type="text/plain")
SHOT = Attachment(id="F2", name="screen.png", size=80_000, type="image/png")


class Page:
    """A status page with a set answer."""

    def __init__(self, *trouble: str) -> None:
        self.trouble = trouble

    async def look(self) -> StatusPageReading:
        return StatusPageReading(self.trouble)


async def save_place(w: World, ticket: Ticket, place: Place) -> None:
    """Some message of the ticket was delivered, and created this place."""
    (claim, *_) = await w.store.claim(NOW, timedelta(minutes=1), 1)
    assert claim.notice.ticket_id == ticket.id
    await w.store.settle(claim, Sent(place), NOW)


async def test_files_are_kept_as_references_and_told_in_the_history() -> None:
    w = await a_world()
    ticket = await w.raised()
    ticket = await w.desk.evidence.attach(ticket.id, ANNA, [LOG, SHOT], w.form())
    assert [(each.id, each.by, each.sent_at) for each in ticket.attachments] == [("F1", ANNA, None), ("F2", ANNA, None)]
    last = (await w.store.history(ticket.id))[-1]
    assert (last.kind, last.detail["files"]) == ("attach", "trace.log (1.2 kB), screen.png (80 kB)")
    assert await w.notices_of_kind(ticket, NoticeKind.CARD)
    assert not await w.notices_of_kind(ticket, NoticeKind.THREAD)


@pytest.mark.parametrize("way", ["thread", "form"])
async def test_files_have_a_line_in_the_thread_while_retarus_has_the_ticket(way: str) -> None:
    w = await a_world()
    ticket = await w.sent()
    if way == "thread":
        ticket = await w.desk.evidence.attach(ticket.id, ANNA, [LOG], w.form())
    else:
        ticket = await w.desk.answers.fill_in(ticket.id, ANNA, {}, w.form(), ticket.version, [LOG])
    assert await w.notices_of_kind(ticket, NoticeKind.THREAD)


async def test_delivery_that_is_repeated_adds_nothing() -> None:
    w = await a_world()
    ticket = await w.raised()
    first = await w.desk.evidence.attach(ticket.id, ANNA, [LOG], "event 1")
    assert await w.desk.evidence.attach(ticket.id, ANNA, [LOG], "event 1") == first
    assert await w.desk.evidence.attach(ticket.id, ANNA, [], "event 2") == first


async def test_too_much_is_refused_beside_the_file_field() -> None:
    w = await a_world(files={"max_total_mb": 1})
    ticket = await w.raised()
    big = LOG.model_copy(update={"size": 1_000_001})
    with pytest.raises(Invalid) as refused:
        await w.desk.evidence.attach(ticket.id, ANNA, [big], w.form())
    assert list(refused.value.errors) == [FILES]
    with pytest.raises(Invalid) as refused:
        await w.desk.tickets.create(ANNA, Kind.INCIDENT, RAISED, w.form(), files=[big])
    assert list(refused.value.errors) == [FILES]
    assert await w.store.count(Query()) == 1


async def test_refused_answers_keep_the_files_of_the_same_form_off_the_ticket() -> None:
    w = await a_world()
    ticket = await w.raised()
    with pytest.raises(Invalid):
        await w.desk.answers.fill_in(ticket.id, ANNA, {"tenants": "n/a"}, w.form(), ticket.version, [LOG])
    assert await w.store.get(ticket.id) == ticket
    with pytest.raises(Invalid):
        await w.desk.tickets.create(ANNA, Kind.INCIDENT, {**RAISED, "start": "later"}, w.form(), files=[LOG])
    assert await w.store.count(Query()) == 1


async def test_answers_and_files_of_one_form_are_one_version_and_one_event() -> None:
    w = await a_world()
    ticket = await w.raised()
    form = w.form()
    for _ in range(2):  # the second is a redelivery
        filled = await w.desk.answers.fill_in(ticket.id, ANNA, {"tenants": "12345RS"}, form, ticket.version, [LOG])
    assert filled.version == ticket.version + 1
    assert (filled.answer("tenants"), [each.id for each in filled.attachments]) == ("12345RS", ["F1"])
    last = (await w.store.history(ticket.id))[-1]
    assert (last.detail["answer.tenants"], last.detail["files"]) == ("12345RS", "trace.log (1.2 kB)")
    assert not await w.notices_of_kind(filled, NoticeKind.THREAD)


async def test_files_alone_are_reported_as_attached() -> None:
    w = await a_world()
    ticket = await w.raised()
    filled = await w.desk.answers.fill_in(ticket.id, ANNA, {}, w.form(), ticket.version, [LOG])
    assert [each.id for each in filled.attachments] == ["F1"]
    assert (await w.store.history(ticket.id))[-1].kind == "attach"


async def test_files_are_added_by_the_support_team_to_open_tickets_only() -> None:
    w = await a_world()
    ticket = await w.closed()
    for person in (GUS, NEMO):
        with pytest.raises(NotYours):
            await w.desk.evidence.attach(ticket.id, person, [LOG], w.form())
    with pytest.raises(NotNow, match="is closed"):
        await w.desk.evidence.attach(ticket.id, ANNA, [LOG], w.form())


async def test_file_posted_below_the_card_goes_along_and_elsewhere_it_does_not() -> None:
    w = await a_world()
    ticket = await w.raised()
    await save_place(w, ticket, Place(ticket_id=ticket.id, role="card", channel=DESK, ts="1.1"))
    ticket = await w.desk.tickets.note(ticket.id, ANNA, "seen", w.form())
    await save_place(w, ticket, Place(ticket_id=ticket.id, role="retarus", channel=RETARUS, ts="2.2"))
    for channel, thread in ((DESK, ""), (DESK, "9.9"), (RETARUS, "1.1"), (RETARUS, "2.2")):
        await w.desk.evidence.attach_below(channel, thread, ANNA, [LOG], w.form())
    assert (await w.desk.queries.ticket(ticket.id)).attachments == ()
    await w.desk.evidence.attach_below(DESK, "1.1", ANNA, [LOG], w.form())
    assert [each.id for each in (await w.desk.queries.ticket(ticket.id)).attachments] == ["F1"]


async def test_file_can_be_taken_away_until_it_is_sent() -> None:
    w = await a_world()
    ticket = await w.complete()
    await w.desk.evidence.attach(ticket.id, BEN, [LOG, SHOT], w.form())
    ticket = await w.desk.evidence.detach(ticket.id, BEN, "F1", w.form())
    assert [each.id for each in ticket.attachments] == ["F2"]
    ticket = await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    with pytest.raises(NotNow):
        await w.desk.evidence.detach(ticket.id, BEN, "F2", w.form())


async def test_letter_takes_its_files_along_on_every_way_and_once() -> None:
    w = await a_world()
    ticket = await w.complete()
    ticket = await w.desk.evidence.attach(ticket.id, BEN, [LOG], w.form())
    ticket = await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    for kind in (NoticeKind.LETTER_POST, NoticeKind.LETTER_MAIL):
        (letter,) = await w.notices_of_kind(ticket, kind)
        files = letter.body["files"]
        assert isinstance(files, list)
        assert [each["id"] for each in files if isinstance(each, dict)] == ["F1"]
    assert ticket.attachments[0].sent_at == NOW
    assert (await w.store.history(ticket.id))[-1].detail["files"] == "trace.log (1.2 kB)"


async def test_ticket_opened_in_the_portal_keeps_its_files_and_the_status_page() -> None:
    w = await a_world(a_contact(BEN, has_eas=True))
    ticket = await w.complete()
    ticket = await w.desk.evidence.attach(ticket.id, BEN, [LOG], w.form())
    opened = str(int(w.clock.forward(minutes=1).timestamp()))
    w.clock.forward(minutes=5)
    ticket = await w.desk.portal.opened(ticket.id, BEN, w.form(), ticket.version, opened, "RCR‑1 and rcr 2")
    assert ticket.rcr == ("RCR-1", "RCR-2")
    assert [each.sent_at for each in ticket.attachments] == [NOW + timedelta(minutes=1)]
    details = (await w.store.history(ticket.id))[-1].detail
    assert (details["files"], details["status"]) == ("trace.log (1.2 kB)", "unknown: Nobody has looked at it yet.")


async def test_portal_needs_a_reason_for_doubtful_answers_too() -> None:
    w = await a_world(a_contact(BEN, has_eas=True), services={"trace_days": {"Email Security": 30}})
    ticket = await w.complete(tenants="12345")
    w.clock.forward(days=31)
    assert len((await w.desk.portal.preview(ticket.id, BEN)).warnings) == 2
    opened = str(int(w.clock.at.timestamp()))
    with pytest.raises(Conflict):
        await w.desk.portal.opened(ticket.id, BEN, w.form(), ticket.version, opened, "")
    for reason in ("", "n/a"):
        with pytest.raises(Invalid) as refused:
            await w.desk.portal.opened(ticket.id, BEN, w.form(), ticket.version, opened, "", reason)
        assert list(refused.value.errors) == [OVERRIDE_REASON]
    ticket = await w.desk.portal.opened(ticket.id, BEN, w.form(), ticket.version, opened, "", "There is no newer one")
    assert (await w.store.history(ticket.id))[-1].detail["despite"] == "There is no newer one"


async def test_file_added_since_the_preview_shows_it_again_before_it_is_sent() -> None:
    w = await a_world()
    ticket = await w.complete()
    await w.desk.evidence.attach(ticket.id, ANNA, [LOG], w.form())
    with pytest.raises(Conflict):
        await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)


async def test_status_page_is_shown_before_and_kept_with_what_was_sent() -> None:
    w = await a_world()
    w = w.at(status_page=StatusPageWatch(Page("E-mail delayed"), w.clock))
    ticket = await w.complete()
    unknown = (await w.desk.escalation.preview(ticket.id, BEN)).status
    assert unknown
    assert unknown.health == "unknown"
    await w.desk.evidence.check_status_page(ticket.id, BEN, w.form())
    shown = (await w.desk.escalation.preview(ticket.id, BEN)).status
    assert shown
    assert (shown.health, shown.says, shown.at) == ("trouble", ("E-mail delayed",), NOW)
    ticket = await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    assert ticket.status == shown
    assert (await w.store.history(ticket.id))[-1].detail["status"] == "trouble: E-mail delayed"


async def test_status_page_read_by_a_person_is_kept_with_name_and_time() -> None:
    w = await a_world()
    ticket = await w.complete()
    ticket = await w.desk.evidence.check_status_page(ticket.id, BEN, w.form(), fine=True)
    assert ticket.status
    assert (ticket.status.health, ticket.status.by, ticket.status.at) == ("fine", BEN, NOW)
    assert (await w.desk.escalation.preview(ticket.id, BEN)).status == ticket.status


async def _doubtful() -> tuple[World, Ticket]:
    w = await a_world(services={"trace_days": {"Email Security": 30}})
    ticket = await w.complete()
    w.clock.forward(days=31)
    return w, ticket


async def test_old_example_is_sent_only_with_a_reason_which_is_kept() -> None:
    w, ticket = await _doubtful()
    assert len((await w.desk.escalation.preview(ticket.id, BEN)).warnings) == 1
    for reason in ("", "n/a"):
        with pytest.raises(Invalid) as refused:
            await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version, reason)
        assert list(refused.value.errors) == [OVERRIDE_REASON]
    ticket = await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version, "There is no newer one")
    assert (await w.store.history(ticket.id))[-1].detail["despite"] == "There is no newer one"


async def test_id_without_its_two_letters_is_sent_only_with_a_reason() -> None:
    world = await a_world()
    ticket = await world.accepted()
    for tenants, doubts in (("12345RS\n23456", 1), ("12345RS", 0), ("main account only", 0)):
        doubted = ticket.model_copy(update={"answers": {**ticket.answers, "tenants": tenants}})
        found = await world.desk.evidence.doubts(doubted, NOW)
        assert len(found) == doubts
        assert not found or "23456 has no two-letter suffix" in found[0]


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        (Language.ENGLISH, "Tenant 12345 has no", "Tenants 12345, 23456 have no"),
        (Language.GERMAN, "Bei Tenant 12345 fehlt", "Bei den Tenants 12345, 23456 fehlt"),
    ],
)
async def test_ids_without_their_two_letters_are_named_in_one_grammatical_sentence(
    language: Language, one: str, several: str
) -> None:
    world = await a_world()
    ticket = await world.accepted()
    with speaking(language):
        for tenants, words in (("12345", one), ("12345\n23456\n34567RS", several)):
            doubted = ticket.model_copy(update={"answers": {**ticket.answers, "tenants": tenants}})
            (found,) = await world.desk.evidence.doubts(doubted, NOW)
            assert found.startswith(words)


async def test_every_end_customer_of_a_ticket_is_looked_at_for_an_agreement_and_named_without_one() -> None:
    w = await a_world()
    ticket = await w.complete()
    customers = [EndCustomer(id="c1", name="MÜLLER GmbH"), EndCustomer(id="c2", name="Adler AG", agreement="MSA-7")]
    customers.append(EndCustomer(id="c3", name="Fink KG"))
    await w.store.apply(Batch(customers=customers))
    joined = [Affected(customer=name, by=ANNA, at=NOW) for name in ("Adler AG", "Fink KG", "fink kg")]
    found = await w.desk.evidence.doubts(ticket.model_copy(update={"affected": tuple(joined)}), NOW)
    assert [each.partition(":")[0] for each in found] == ["Müller GmbH", "Fink KG"]


async def test_unlisted_end_customer_has_no_agreement_once_a_list_exists() -> None:
    w = await a_world()
    ticket = await w.complete()
    assert await w.desk.evidence.doubts(ticket, NOW) == ()
    await w.store.apply(Batch(customers=[EndCustomer(id="c2", name="Adler AG", agreement="MSA-7")]))
    (doubt,) = await w.desk.evidence.doubts(ticket, NOW)
    assert doubt.startswith("Müller GmbH: No agreement reference")


async def test_sender_who_has_not_seen_the_warning_gets_the_preview_again() -> None:
    w, ticket = await _doubtful()
    with pytest.raises(Conflict):
        await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version, None)
