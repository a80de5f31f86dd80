"""Notes begin with the ticket's facts and are saved with their thread line."""

from __future__ import annotations

import pytest

from bot.core.errors import Invalid
from bot.model.ticket import Stage
from bot.model.transitions import Move
from bot.notes.service import from_ticket
from tests.doubles.counting import Counting
from tests.factories import ANNA, BEN, COMPLETE, a_world, an_event, an_incident, without


async def test_a_note_begins_with_what_retarus_gave_where_we_have_nothing_of_our_own() -> None:
    w = await a_world()
    ticket = await w.sent()
    given = {"their_workaround": "Use DE2", "their_remedy": "Policy DE1-77 relaxed"}
    await w.desk.retarus_replies.record(ticket.id, BEN, given, "form", ticket.version)
    draft = await w.desk.notes.draft_from_ticket(ticket.id, BEN)
    assert (draft.workaround, draft.remedy, draft.source) == ("Use DE2", "Policy DE1-77 relaxed", "retarus")


@pytest.mark.parametrize(("received", "source"), [("yes", "retarus"), ("no", "ours")])
async def test_a_note_of_theirs_that_was_received_makes_it_theirs(received: str, source: str) -> None:
    w = await a_world()
    ticket = await w.sent()
    at = {"their_note_at": str(int(w.clock().timestamp()))} if received == "yes" else {}
    await w.desk.retarus_replies.record(ticket.id, BEN, {"their_note": received, **at}, "form", ticket.version)
    assert (await w.desk.notes.draft_from_ticket(ticket.id, BEN)).source == source


async def test_write_saves_the_note_and_the_line_in_the_thread_in_one_batch() -> None:
    w = await a_world()
    ticket = await w.raised()
    counting = Counting(w.store)
    typed = {"symptom": "550 from DE1", "remedy": "Correct the policy"}
    note = await w.at(store=counting).desk.notes.write(typed, BEN, "a form", ticket.id)
    assert (counting.batches, note.name) == (1, "TN-1")
    assert [each.kind for each in await counting.history(ticket.id)] == ["raise", "learn"]


@pytest.mark.parametrize("reason", ["n/a", "tbd", "wird nachgereicht", "because", "k. A."])
async def test_retire_refuses_a_filler_in_words_that_fit_a_reason(reason: str) -> None:
    w = await a_world()
    note = await w.desk.notes.write({"symptom": "550 from DE1", "remedy": "Correct the policy"}, BEN, "a form")
    with pytest.raises(Invalid) as refused:
        await w.desk.notes.retire(note.id, ANNA, reason, "another form", note.version)
    assert refused.value.errors == {
        "reason": f"“{reason}” gives no reason. Write why, so that a colleague can follow it."
    }
    assert not (await w.desk.notes.one(note.id, ANNA)).is_retired


@pytest.mark.parametrize("key", ["symptom", "cause", "remedy", "workaround"])
async def test_note_refuses_a_filler_beside_its_field(key: str) -> None:
    w = await a_world()
    typed = {"symptom": "550 from DE1", "remedy": "Correct the policy", key: "to be done"}
    with pytest.raises(Invalid) as refused:
        await w.desk.notes.write(typed, BEN, "a form")
    assert set(refused.value.errors) == {key}
    assert "leaves the question open" in refused.value.errors[key]


@pytest.mark.parametrize("absence", ["not applicable because the customer erred", "entfällt, weil behoben"])
def test_absence_of_a_cause_or_message_is_no_fact_of_a_note(absence: str) -> None:
    keys = ("cause", "error", "workaround", "their_workaround")
    note = from_ticket(an_incident(Stage.CLOSED, also=dict.fromkeys(keys, absence)), [])
    assert (note.cause, note.workaround) == ("", "")
    assert absence not in note.symptom


def test_answer_of_retarus_is_not_taken_for_the_cause() -> None:
    ticket = an_incident(Stage.SECOND, answers=without(COMPLETE, "cause"))
    answered = an_event(ticket, Move.RETARUS_ANSWERED, BEN, answer="Please try again now")
    note = from_ticket(ticket, [answered])
    assert (note.cause, note.remedy, note.source) == ("", "Please try again now", "retarus")
