"""Evidence pack of a ticket: complete, the same in both forms, ordered once, and for the support team only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import NotYours
from bot.core.i18n import Language, speaking
from bot.model.conversation import ConversationChanges, Entry, EntrySource, EntryState, MessageId
from bot.model.notice import Dead, NoticeKind, Place, Sent
from bot.model.ticket import Attachment, Kind, Party, Ticket
from bot.model.transitions import Move
from bot.reports.evidence_pack import as_json, paper, spent
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
    named = replace(pack, channels={RETARUS: "#retarus-escalation"})
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
