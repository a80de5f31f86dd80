"""Evidence pack of a ticket: complete, the same in both forms, ordered once, and for the support team only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import NotYours
from bot.core.i18n import Language, speaking
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState, MessageId
from bot.model.notice import Dead, NoticeKind, Outcome, Place, Sent
from bot.model.ticket import Attachment, Kind, Party, Ticket
from bot.model.transitions import Move
from bot.reports.document import ReportDocument, ReportPart
from bot.reports.evidence_json import as_json
from bot.reports.evidence_pack import EvidencePack, spent
from bot.reports.evidence_paper import paper
from bot.reports.formatting import moment
from bot.tickets.ports import Batch
from tests.factories import ANNA, BEN, HANDED_OFF, MAIL, NEMO, RAISED, RETARUS, SECOND, TEMPLATE, World, a_world


async def answered() -> tuple[World, Ticket]:
    """A ticket that Retarus had for three hours and answered."""
    w = await a_world()
    ticket = await w.sent()
    w.clock.forward(hours=3)
    entry = Entry(
        id="e1", source=EntrySource.MAIL, kind="answer", state=EntryState.SHOWN, ticket_id=ticket.id, at=w.clock(),
        words="Policy 7 is corrected", message_id="<their@retarus.example>",
        author="Rita Reuter",
    )  # fmt: skip
    ours = MessageId(message_id="<ours@nordlicht.example>", ticket_id=ticket.id, is_sent=True, at=w.clock())
    await w.store.apply(Batch(conversation=ConversationChanges(new=(entry,), message_ids=(ours,))))
    await w.desk.tickets.act_with_text(
        ticket.id, Move.RETARUS_ANSWERED, BEN, w.form(), "answer", "Policy 7 is corrected"
    )
    w.clock.forward(hours=1)
    return w, await w.desk.queries.ticket(ticket.id)


async def test_time_of_each_party_goes_on_while_it_has_the_ball() -> None:
    w, ticket = await answered()
    times = spent(ticket, w.clock())
    assert times[Party.RETARUS] == timedelta(hours=3)
    assert times[Party.SECOND] >= timedelta(hours=1)


async def test_channel_of_a_delivery_is_called_by_its_name() -> None:
    w, ticket = await answered()
    pack = await w.desk.evidence_packs.gather(ticket.id)
    assert pack.channel_ids == {RETARUS}
    named = pack.with_channels({RETARUS: "#retarus-escalation"})
    found = json.loads(as_json(named, w.desk.config, w.clock()))
    assert {each["to"] for each in found["deliveries"]} == {MAIL, "#retarus-escalation"}
    printed = str(paper(named, w.desk.config, w.clock()))
    assert "#retarus-escalation" in printed
    assert RETARUS not in printed


async def test_json_holds_every_handover_delivery_message_id_and_received_text() -> None:
    w, ticket = await answered()
    found = json.loads(as_json(await w.desk.evidence_packs.gather(ticket.id), w.desk.config, w.clock()))
    assert [each["what"] for each in found["events"]] == [
        "raise", "take", "hand_off", "accept", "escalate", "retarus_answered",
    ]  # fmt: skip
    assert found["seconds_by_party"]["retarus"] == 3 * 3600
    assert {each["way"] for each in found["deliveries"]} == {"e-mail", "channel"}
    assert found["message_ids"][0]["message_id"] == "<ours@nordlicht.example>"
    assert found["received"][0]["text"] == "Policy 7 is corrected"
    assert found["received"][0]["author"] == "Rita Reuter"
    assert found["reference"] == f"PD-{ticket.number}"


async def test_document_tells_the_same_in_the_readers_language() -> None:
    w, ticket = await answered()
    pack = await w.desk.evidence_packs.gather(ticket.id)
    with speaking(Language.GERMAN):
        text = paper(pack, w.desk.config, w.clock()).model_dump_json()
    for words in ("Nachweise zu", "an Retarus gesendet", "Ben Brandt", "<ours@nordlicht.example>", "Policy 7"):
        assert words in text
    assert "3 h" in text


async def test_priorities_of_a_ticket_are_evidence_also_once_they_have_changed() -> None:
    w = await a_world()
    ticket = await w.raised(priority="P1", priority_reason="All mail is down")
    lower = {"priority": "P2", "priority_reason": "Only one mailbox after all"}
    ticket = await w.desk.answers.fill_in(ticket.id, ANNA, lower, w.form(), ticket.version)
    await w.desk.answers.fill_in(ticket.id, ANNA, {"affected": "3"}, w.form(), ticket.version)
    pack = await w.desk.evidence_packs.gather(ticket.id)
    rows = paper(pack, w.desk.config, w.clock()).parts[0].tables[0].rows
    assert [row[1] for row in rows] == ["raised, priority P1", "priority set to P2"]
    assert rows[1][3] == "Only one mailbox after all"
    found = json.loads(as_json(pack, w.desk.config, w.clock()))
    assert [each["priority"] for each in found["events"]] == ["P1", "P2"]


async def test_ticket_without_anything_from_retarus_has_a_document_too() -> None:
    w = await a_world()
    ticket = await w.raised()
    pack = await w.desk.evidence_packs.gather(ticket.id)
    document = paper(pack, w.desk.config, w.clock())
    assert [part.text for part in document.parts[1:]] == [(), *[("none",)] * 4]  # the clock of who takes it runs


async def test_pack_of_a_ticket_with_an_sla_holds_its_clock_plan_call_and_failed_delivery() -> None:
    w = await a_world(sla={"P1": {"action_plan": 240}})
    ticket = await w.sent()
    place = Place(ticket_id=ticket.id, role="retarus", channel=RETARUS, ts="17.1", link="https://x.example/p171")
    while claims := await w.store.claim(w.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            mail = claim.notice.kind is NoticeKind.LETTER_MAIL
            await w.store.settle(claim, Dead("550 unknown user") if mail else Sent(place), w.clock())
    w.clock.forward(hours=5)
    await w.desk.reminders.record_plan(ticket.id, BEN, "1. Ben switches to DE2 by noon", w.form())
    await w.desk.tickets.note(ticket.id, BEN, "They look into it", w.form(), called="retarus")
    ticket = await w.desk.tickets.act_with_text(ticket.id, Move.WITHDRAW, BEN, w.form(), "reason", "It is over")
    pack = await w.desk.evidence_packs.gather(ticket.id)
    found = json.loads(as_json(pack, w.desk.config, w.clock()))
    [clock] = found["clocks"]
    assert (clock["clock"], clock["state"]) == ("plan", "missed")
    assert clock["end"] > clock["due"]
    assert {each["reason"] for each in found["deliveries"]} == {"", "550 unknown user"}
    assert found["letter"] == "https://x.example/p171"
    assert {"plan": "1. Ben switches to DE2 by noon", "call": "They look into it"}.items() <= {
        each["what"]: each["said"] for each in found["events"]
    }.items()
    text = paper(pack, w.desk.config, w.clock()).model_dump_json()
    for words in ("missed", "not delivered · 550 unknown user", "Letter: https://x.example/p171", "action plan"):
        assert words in text


async def test_pack_is_ordered_once_for_one_click() -> None:
    w = await a_world()
    ticket = await w.raised()
    for _ in range(2):
        await w.desk.evidence_packs.ask(ticket.id, ANNA, "click")
    rows = [row.notice for row in await w.store.letters(limit=100) if row.notice.kind is NoticeKind.REPORT]
    assert [(row.to, row.body) for row in rows] == [(ANNA, {"evidence": ticket.id})]


async def test_packs_are_for_the_support_team_only() -> None:
    w = await a_world()
    with pytest.raises(NotYours):
        await w.desk.evidence_packs.ask((await w.raised()).id, NEMO, "click")


@pytest.mark.parametrize("kind", Kind)
async def test_pack_names_the_files_that_went_along_whatever_their_script(kind: Kind) -> None:
    w = await a_world()
    names = ("Größe – Übersicht.pdf", "日本語 😀.pdf", "דוח.pdf")
    files = [Attachment(id=f"F{number}", name=name, size=1200) for number, name in enumerate(names)]
    customer = {"customer": "שלום 😀 GmbH"}
    ticket = await w.desk.tickets.create(ANNA, kind, RAISED | customer, w.form(), files=files[:1], is_taken=True)
    ticket = await w.desk.tickets.hand_off(ticket.id, ANNA, HANDED_OFF, w.form(), ticket.version)
    ticket = await w.desk.tickets.act(ticket.id, Move.ACCEPT, BEN, w.form())
    asked = {**TEMPLATE, **SECOND}
    ticket = await w.desk.escalation.prepare(ticket.id, BEN, asked, w.form(), ticket.version, files[1:])
    await w.desk.escalation.send(ticket.id, BEN, w.form(), ticket.version)
    pack = await w.desk.evidence_packs.gather(ticket.id)
    [sent] = [
        each for each in json.loads(as_json(pack, w.desk.config, w.clock()))["events"] if each["what"] == "escalate"
    ]
    assert [name for name in names if name in sent["files"]] == [*names]
    with speaking(Language.GERMAN):
        [row] = [row for row in paper(pack, w.desk.config, w.clock()).parts[0].tables[0].rows if names[2] in row[3]]
    assert f"mit {names[0]} (1.2 kB)" in row[3]


async def test_delivered_mail_that_was_refused_before_is_two_facts() -> None:
    w = await a_world()
    ticket = await w.sent()
    await settled(w, Dead("mailbox full"))
    refused = w.clock()
    [dead] = await w.store.letters(state="dead")
    w.clock.forward(hours=3)
    assert await w.store.revive(dead.notice.key, w.clock())
    await settled(w, Sent())
    pack = await w.desk.evidence_packs.gather(ticket.id)
    [mail] = [each for each in as_read(pack, w)["deliveries"] if each["way"] == "e-mail"]
    assert (mail["state"], mail["reason"]) == ("sent", "")
    assert mail["delivered_at"] == (refused + timedelta(hours=3)).isoformat()
    assert mail["failed_attempts"] == [{"at": refused.isoformat(), "reason": "mailbox full"}]
    table = part(paper(pack, w.desk.config, w.clock()), "Deliveries to Retarus").tables[0]
    rows = [row for row in table.rows if row[1] == "by e-mail"]
    zone = w.desk.config.desk.timezone
    assert [(row[0], row[3]) for row in rows] == [
        (moment(refused, zone), "not delivered · mailbox full"),
        (moment(refused + timedelta(hours=3), zone), "delivered"),
    ]


async def test_refusal_from_an_earlier_release_has_no_time_and_stands_on_no_delivered_row() -> None:
    w = await a_world()
    ticket = await w.sent()
    pack = await w.desk.evidence_packs.gather(ticket.id)
    [old] = [row for row in pack.deliveries if row.notice.kind is NoticeKind.LETTER_MAIL]
    old = old.model_copy(update={"state": "sent", "attempts": 2, "reason": "mailbox full"})
    pack = replace(pack, deliveries=[old])
    [mail] = as_read(pack, w)["deliveries"]
    assert (mail["reason"], mail["failed_attempts"]) == ("", [{"at": None, "reason": "mailbox full"}])
    rows = part(paper(pack, w.desk.config, w.clock()), "Deliveries to Retarus").tables[0].rows
    assert (rows[0][0], rows[0][3]) == ("unknown", "not delivered · mailbox full")


async def test_missed_promise_stays_in_the_pack_when_another_follows() -> None:
    w = await a_world()
    ticket = await w.sent()
    start = w.clock()
    for wait, until in ((2.5, 1), (0, 4)):
        due = {"update_due": str(int((w.clock() + timedelta(hours=until)).timestamp()))}
        await w.desk.reminders.expect(ticket.id, BEN, due, w.form())
        w.clock.forward(hours=wait)
    pack = await w.desk.evidence_packs.gather(ticket.id)
    found = as_read(pack, w)
    later = start + timedelta(hours=2.5)
    assert [(each["at"], each["due"], each["state"], each["seconds_late"]) for each in found["announcements"]] == [
        (start.isoformat(), (start + timedelta(hours=1)).isoformat(), "missed", 5400),
        (later.isoformat(), (later + timedelta(hours=4)).isoformat(), "open", 0),
    ]
    assert found["announcements"][0]["fulfilled_at"] == later.isoformat()
    assert [each["update_due"] for each in found["events"] if each["what"] == "expect"] == [
        (start + timedelta(hours=1)).isoformat(),
        (later + timedelta(hours=4)).isoformat(),
    ]
    with speaking(Language.GERMAN):
        document = paper(pack, w.desk.config, w.clock())
    assert "verfehlt um 1 h 30 min" in str(part(document, "Zusagen von Retarus").tables[0].rows[0])
    quoted = [row[3] for row in document.parts[0].tables[0].rows if "Ankündigung" in row[1]]
    assert quoted[0] == f"nächstes Update bis {moment(start + timedelta(hours=1), w.desk.config.desk.timezone)}"


async def test_pack_of_a_led_ticket_holds_the_letter_and_answers_of_the_leading_one() -> None:
    w, leading = await answered()
    led = await w.raised(customer="Other GmbH")
    await w.desk.known_issues.same_cause(led.id, BEN, f"PD-{leading.number}", w.form())
    pack = await w.desk.evidence_packs.gather(led.id)
    found = as_read(pack, w)
    assert found["deliveries"] == []
    theirs = found["leading_ticket"]
    assert theirs["reference"] == f"PD-{leading.number}"
    assert [each["what"] for each in theirs["events"]] == ["escalate", "retarus_answered"]
    assert {each["way"] for each in theirs["deliveries"]} == {"e-mail", "channel"}
    assert theirs["message_ids"][0]["message_id"] == "<ours@nordlicht.example>"
    assert theirs["received"][0]["text"] == "Policy 7 is corrected"
    assert pack.channel_ids == {RETARUS}
    named = paper(pack.with_channels({RETARUS: "#retarus-escalation"}), w.desk.config, w.clock())
    name = f"Leading ticket PD-{leading.number}"
    assert "#retarus-escalation" in str(part(named, f"{name}: Deliveries to Retarus"))
    assert "Policy 7 is corrected" in str(part(named, f"{name}: Received from Retarus"))
    assert f"leading ticket PD-{leading.number}: no number of Retarus yet" in named.about
    rows = part(named, "Handovers and announcements").tables[0].rows
    assert (rows[-1][1], rows[-1][3]) == ("has the same cause as the leading ticket", f"PD-{leading.number}")


async def test_pack_of_a_ticket_without_a_leading_one_holds_no_other() -> None:
    w, ticket = await answered()
    pack = await w.desk.evidence_packs.gather(ticket.id)
    assert as_read(pack, w)["leading_ticket"] is None
    assert "Leading ticket" not in str(paper(pack, w.desk.config, w.clock()))


def as_read(pack: EvidencePack, w: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(pack, w.desk.config, w.clock()))
    return found


def part(document: ReportDocument, heading: str) -> ReportPart:
    return next(each for each in document.parts if each.heading == heading)


async def settled(w: World, mail: Outcome) -> None:
    """Delivers everything, but for mails, which end like this."""
    while claims := await w.store.claim(w.clock(), timedelta(minutes=1), limit=100):
        for claim in claims:
            is_letter = claim.notice.kind is NoticeKind.LETTER_MAIL
            await w.store.settle(claim, mail if is_letter else Sent(), w.clock())
