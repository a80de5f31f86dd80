"""Emoji that act on a card and in its thread, where desk.toml allows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from bot.model.ticket import Stage
from bot.model.transitions import Move, Step
from handlers.payload import Emoji, SlackEvent
from tests.handlers.world import DESK, Json, World, world
from tests.timeouts import TIMEOUT


@pytest.fixture
async def w(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, desk={"emoji": True}) as everything:
        yield everything


async def test_eyes_take_and_accept_a_ticket(w: World) -> None:
    card = await _carded(w)
    await w.anna.react(card, "eyes")
    await w.anna.reply(card, "took it")
    assert (await w.ticket()).owner == "U0ANNA"
    await w.ben.react(card, "eyes")
    message = await w.ben.message(DESK, "That is no longer possible")
    assert message["is_ephemeral"]


async def test_eyes_on_the_call_for_priority_1_take_it_at_once_and_on_other_messages_do_nothing(w: World) -> None:
    card = await w.raised(priority="P1")
    call = await w.anna.reply(card, "raised it")
    await w.anna.command(DESK, "/retarus-ticket", "1001 note Called them")
    await w.anna.reply(card, "noted")  # only then the desk surely knows the call's place
    await w.ben.react(await w.ben.post(DESK, "Looking at it", thread=card), "eyes")
    await w.ben.react(call, "eyes")
    await w.ben.reply(card, "Ben Brandt took it at the 2nd level")
    assert (await w.ticket()).version == 3
    await w.bea.react(call, "eyes")
    await w.bea.message(DESK, "Somebody has it already")


async def test_check_mark_asks_for_a_remedy_then_confirms(w: World) -> None:
    card = await w.accepted()
    await w.ben.react(card, "white_check_mark")
    await w.ben.message(DESK, "PD-1001 has no remedy yet")
    await w.ben.command(DESK, "/retarus-ticket", "1001 resolve Rolled the connector back")
    await w.ben.message(DESK, "PD-1001 is resolved")
    await w.anna.react(card, "white_check_mark")
    await w.anna.reply(card, "confirmed it with the customer")
    assert (await w.ticket()).stage is Stage.CLOSED


async def test_check_mark_resolves_with_the_remedy_that_is_recorded(w: World) -> None:
    card = await w.accepted()
    ticket = await w.ticket()
    await w.running.desk.answers.fill_in(ticket.id, "U0BEN", {"remedy": "Policy corrected"}, "form", ticket.version)
    await w.ben.react(card, "heavy_check_mark")
    await w.ben.reply(card, "resolved it")


async def test_pin_puts_a_message_into_the_notes_once(w: World) -> None:
    card = await _carded(w)
    message = await w.anna.post(DESK, "Restarted the connector & the <queue>", thread=card)
    await w.anna.react(message, "pushpin")
    await w.anna.wait_for(partial(_is_noted, w), "the note")
    await w.ben.react(message, "round_pushpin")
    await w.ben.react(card, "eyes")
    await w.ben.message(DESK, "This is for the 1st level")
    assert await _notes(w) == ["Called them", "Anna Arnold: Restarted the connector & the <queue>"]


async def test_pin_notes_a_message_again_once_its_note_was_undone(w: World) -> None:
    card = await _carded(w)
    message = await w.anna.post(DESK, "Restarted the connector", thread=card)
    await w.anna.react(message, "pushpin")
    await w.anna.wait_for(partial(_is_noted, w), "the note")
    ticket = await w.ticket()
    await w.running.desk.undo.undo(ticket.id, ticket.version, "U0ANNA", "click")
    await w.ben.react(message, "round_pushpin")
    await w.alex.react(message, "round_pushpin")

    async def is_noted_again() -> bool:
        return (await w.ticket()).version == ticket.version + 2

    await w.ben.wait_for(is_noted_again, "the second note")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    assert await _notes(w) == ["Called them", *["Anna Arnold: Restarted the connector"] * 2]


async def test_pin_notes_the_beginning_of_a_very_long_message_and_shows_that_it_is_cut(w: World) -> None:
    card = await _carded(w)
    message = await w.anna.post(DESK, "trace & line\n" * 1200, thread=card)
    await w.anna.react(message, "pushpin")
    await w.anna.wait_for(partial(_is_noted, w), "the note")
    note = (await _notes(w))[-1]
    assert note.endswith("…")
    assert 3900 < len(note) < 4100
    assert await w.anna.reply(card, "noted\nAnna Arnold: trace & line")


async def test_pin_on_a_message_without_text_is_refused_in_words(w: World) -> None:
    card = await _carded(w)
    file = await w.anna.upload("screen.png", b"x")
    message = await w.anna.post(DESK, "", thread=card, files=[file["files"][0]["id"]])
    await w.anna.react(message, "pushpin")
    await w.anna.message(DESK, "This message has no text that could be noted.")
    assert await _notes(w) == ["Called them"]


async def test_emoji_on_a_closed_ticket_only_note(w: World) -> None:
    card = await _carded(w)
    ticket = await w.ticket()
    reason = "It was a test of the customer"
    await w.running.desk.tickets.act(ticket.id, Move.WITHDRAW, "U0CARLA", "form", reason=reason)
    for name in ("eyes", "white_check_mark"):
        await w.carla.react(card, name)
        await w.carla.message(DESK, "That is no longer possible: this ticket is now closed.")
    await w.carla.react(await w.anna.post(DESK, "They called again", thread=card), "pushpin")
    await w.anna.wait_for(partial(_is_noted, w), "the note")
    assert (await w.ticket()).stage is Stage.CLOSED


async def test_pin_on_a_line_of_the_desk_notes_nothing(w: World) -> None:
    card = await _carded(w)
    await w.anna.react(card, "eyes")
    line = await w.anna.reply(card, "took it")
    await w.anna.react(line, "pushpin")
    message = await w.anna.post(DESK, "Not in a thread")
    await w.anna.react(message, "pushpin")
    reply = await w.anna.post(DESK, "in the thread", thread=card)
    await w.anna.react(reply, "pushpin")
    await w.anna.wait_for(partial(_is_noted, w), "the note")
    assert await _notes(w) == ["Called them", "Anna Arnold: in the thread"]


async def test_person_on_no_level_is_notified_quietly(w: World) -> None:
    card = await _carded(w)
    await w.gus.react(card, "eyes")
    message = await w.gus.message(DESK, "Guests and deactivated people cannot do this")
    assert message["is_ephemeral"]
    assert (await w.ticket()).stage is Stage.NEW


async def test_pin_of_a_guest_is_refused_on_a_tickets_message_only(w: World) -> None:
    card = await _carded(w)
    await w.gus.react(await w.gus.post(DESK, "Hello everybody"), "pushpin")
    await w.gus.react(await w.anna.post(DESK, "In the thread", thread=card), "pushpin")
    await w.gus.message(DESK, "Guests and deactivated people cannot do this")
    await w.running.dispatcher.tasks.drain(TIMEOUT)
    refused = [row for row in w.slack.services.traffic.rows() if row.kind == "chat.postEphemeral"]
    assert len(refused) == 1
    assert await _notes(w) == ["Called them"]


async def test_redelivered_emoji_acts_once(w: World) -> None:
    card = await _carded(w)
    w.slack.faults.order("reaction_added", "doubled")
    await w.anna.react(card, "eyes")
    await w.anna.reply(card, "took it")
    await w.anna.click(await w.anna.again(card), "Start checks")
    await w.anna.modal("1st-level checks")
    assert (await w.ticket()).version == 3


@pytest.mark.parametrize("emoji", [Emoji.TAKE, Emoji.DONE])
async def test_emoji_redelivered_to_another_replica_acts_once(w: World, emoji: Emoji) -> None:
    desk, card = w.running.desk, await _carded(w)
    ticket = await w.ticket()
    if emoji is Emoji.DONE:
        await desk.tickets.act(ticket.id, Move.TAKE, "U0ANNA", "form")
        ticket = await w.ticket()
        ticket = await desk.answers.fill_in(ticket.id, "U0ANNA", {"remedy": "Corrected"}, "form", ticket.version)
    event = SlackEvent("reaction_added", "U0ANNA", id="Ev1", channel=card["channel"], ts=card["ts"], emoji=emoji)
    for _ in range(2):
        await w.running.dispatcher.events["reaction_added"](event)
    again = await w.ticket()
    assert (again.stage, again.version) == (Stage.FIRST if emoji is Emoji.TAKE else Stage.RESOLVED, ticket.version + 1)


async def test_check_mark_of_a_person_who_may_not_resolve_says_who_may(w: World) -> None:
    card = await w.accepted()
    await w.anna.react(card, "white_check_mark")
    await w.anna.message(DESK, "This ticket is now with the 2nd level, so this is for the 2nd level.")


async def test_emoji_does_nothing_unless_it_is_switched_on(tmp_path: Path) -> None:
    async with world(tmp_path) as plain:
        card = await _carded(plain)
        await plain.anna.react(card, "eyes")
        await plain.anna.click(card, "Take")
        await plain.anna.reply(card, "took it")
        assert (await plain.ticket()).version == 3


async def _carded(w: World) -> Json:
    """The card of a new ticket with a line below it: only then the desk surely knows the card's place."""
    card = await w.raised()
    await w.anna.command(DESK, "/retarus-ticket", "1001 note Called them")
    await w.anna.reply(card, "noted")
    return card


async def _is_noted(w: World) -> bool:
    return len(await _notes(w)) > 1


async def _notes(w: World) -> list[str]:
    history = await w.running.store.history((await w.ticket()).id)
    return [each.detail["note"] for each in history if each.kind == Step.NOTE.value]
