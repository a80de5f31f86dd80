"""`/retarus-ticket 1001 take` and its like: done by the services of the buttons, and said to one person."""

from __future__ import annotations

import pytest

from bot.model.ticket import Stage
from bot.model.transitions import Step
from localslack import PersonDriver
from tests.handlers.world import DESK, World


async def act(person: PersonDriver, words: str, expected: str) -> None:
    await person.command(DESK, "/retarus-ticket", words)
    message = await person.message(DESK, expected)
    assert message["is_ephemeral"]


async def test_line_takes_a_new_ticket(w: World) -> None:
    card = await w.raised()
    await act(w.anna, "1001 take", "PD-1001 is yours.")
    await w.anna.reply(card, "took it")
    assert (await w.ticket()).owner == "U0ANNA"


async def test_line_moves_a_ticket_to_its_end(w: World) -> None:
    await w.handed_off()
    await act(w.ben, "pd-1001 accept", "PD-1001 is yours.")
    await act(w.ben, "1001 resolve Rolled the connector back", "PD-1001 is resolved")
    assert (await w.ticket()).answer("remedy") == "Rolled the connector back"
    await act(w.anna, "1001 confirm", "PD-1001 is confirmed and closed.")
    assert (await w.ticket()).stage is Stage.CLOSED


async def test_line_notes_waits_and_records_every_number(w: World) -> None:
    await w.escalated()
    await act(w.ben, "1001 note They called *again* & again", "Your note is in the thread of PD-1001.")
    await act(w.ben, "1001 rcr 88123 and RCR-88124", "PD-1001 has the number RCR-88123, RCR-88124.")
    await act(w.ben, "1001 wait 2 h Bea asks the provider", "Reminders about PD-1001 wait until")
    ticket = await w.ticket()
    assert ticket.rcr == ("RCR-88123", "RCR-88124")
    assert ticket.times.snoozed_until is not None
    assert (ticket.times.snoozed_until.timestamp() - w.now()) == pytest.approx(7200, abs=60)
    notes = [each for each in await w.running.store.history(ticket.id) if each.kind == Step.NOTE]
    assert [each.detail["note"] for each in notes] == ["They called *again* & again"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("1001 accept", "That is no longer possible: this ticket is now with the 1st level."),
        ("1001 confirm", "That is no longer possible: this ticket is now with the 1st level."),
        ("1001 take", "You own PD-1001 already."),
        ("1001 rcr RCR-88123", "This ticket never went to Retarus"),
        ("1001 note", "Write something first."),
        ("1001 resolve n/a", "leaves the question open"),
        ("1001 resolve", "Write something first."),
        ("1001 wait gestern", "“gestern” is not a time to come."),
        ("1001 wait yesterday 14:00", "is not a time to come."),
        ("1001 jump", "“jump” is not an action on a ticket."),
        ("1077 take", "There is no ticket “1077”."),
    ],
)
async def test_refused_line_says_why_and_changes_nothing(w: World, words: str, expected: str) -> None:
    await w.raised()
    await act(w.anna, "1001 take", "PD-1001 is yours.")
    before = await w.ticket()
    await act(w.anna, words, expected)
    assert await w.ticket() == before


async def test_line_delivered_twice_is_done_once(w: World) -> None:
    await w.raised()
    w.slack.faults.order("slash_command", "doubled")
    await act(w.anna, "1001 note They called again", "Your note is in")
    await act(w.anna, "1001 take", "PD-1001 is yours.")
    history = await w.running.store.history((await w.ticket()).id)
    assert [each.kind for each in history].count(Step.NOTE.value) == 1
