"""`Undo` on the line of a thread, and in the list of checks."""

from __future__ import annotations

from bot.model.ticket import Stage
from tests.handlers.world import DESK, Json, World


def has_undo(message: Json) -> bool:
    return "undo.step" in str(message["blocks"])


async def until(w: World, line: Json, *, struck: bool = False) -> Json:
    """The line, once it has lost its button."""

    async def now() -> Json | None:
        again = await w.anna.again(line)
        return None if has_undo(again) or (struck and "'strike': True" not in str(again["blocks"])) else again

    async def instead() -> list[str]:
        return [str((await w.anna.again(line))["blocks"])]

    return await w.anna.wait_for(now, "the line without its button", instead)  # type: ignore[no-any-return]


async def taken(w: World) -> tuple[Json, Json]:
    """The card, and the line that says who took it."""
    card = await w.raised()
    await w.anna.click(card, "Take")
    line = await w.anna.reply(card, "took it")
    await w.until_placed(line)
    return card, line


async def test_step_is_undone_on_its_line_which_is_struck_through(w: World) -> None:
    card, line = await taken(w)
    await w.anna.click(line, "Undo")
    undone = await w.anna.reply(card, "Anna Arnold undid “Take”")
    assert not has_undo(undone)
    assert (await w.ticket()).stage is Stage.NEW
    await w.anna.message(DESK, "not taken yet · raised by ")
    await until(w, line, struck=True)


async def test_button_goes_away_with_the_next_step(w: World) -> None:
    card, line = await taken(w)
    await w.running.desk.tickets.note((await w.ticket()).id, "U0ALEX", "They called again", "form")
    await w.anna.reply(card, "They called again")
    await until(w, line)


async def test_button_goes_away_after_ten_minutes(w: World) -> None:
    _, line = await taken(w)
    await w.anna.advance(601)
    await until(w, line)


async def test_click_of_somebody_else_is_refused_in_words(w: World) -> None:
    card, line = await taken(w)
    await w.ben.click(line, "Undo")
    assert (await w.ben.reply(card, "Only the person who made a step, or a lead, can undo it."))["is_ephemeral"]
    assert (await w.ticket()).stage is Stage.FIRST


async def test_doubled_click_undoes_once(w: World) -> None:
    card, line = await taken(w)
    w.slack.faults.order("block_actions", "doubled")
    await w.anna.click(line, "Undo")
    await w.anna.reply(card, "undid “Take”")
    assert (await w.ticket()).version == 3


async def test_priority_call_can_be_taken_again_once_its_taking_was_undone(w: World) -> None:
    card = await w.handed_off()
    call = await w.ben.reply(card, "please accept")
    await w.ben.click(call, "Take now")
    line = await w.ben.reply(card, "accepted it")
    await until_shown(w, call, "This call is over")
    await w.ben.click(line, "Undo")
    await until_shown(w, call, "Take now")
    await w.bea.click(await w.bea.again(call), "Take now")
    await w.bea.reply(card, "Bea Bauer accepted it")


async def until_shown(w: World, message: Json, words: str) -> None:
    async def now() -> Json | None:
        again = await w.anna.again(message)
        return again if words in str(again["blocks"]) else None

    async def instead() -> list[str]:
        return [str((await w.anna.again(message))["blocks"])]

    await w.anna.wait_for(now, f"a message with {words!r}", instead)


async def test_answer_of_one_check_is_undone_in_the_list(w: World) -> None:
    await taken(w)
    await w.anna.click(await w.anna.message(DESK, "1st level: "), "Start checks")
    await w.anna.click(await w.anna.modal("1st-level checks", containing="0 of 7 done"), "Correct and complete")
    await w.anna.click(await w.anna.modal("1st-level checks", containing="1 of 7 done"), "undo.check")
    shown = await w.anna.modal("1st-level checks", containing="0 of 7 done")
    assert "undo.check" not in str(shown.view)
    assert "info" not in (await w.ticket()).answers


async def test_finding_of_retarus_that_gave_the_ticket_back_is_undone_in_the_list(w: World) -> None:
    card = await w.escalated()
    await w.further(w.ben, card, "Checks")
    await w.ben.click(await w.ben.modal("Retarus's tasks"), "Not caused by Retarus")
    await w.ben.reply(card, "it is back at the 2nd level")
    await w.ben.click(await w.ben.modal("Retarus's tasks", containing="Undo"), "undo.check")
    await w.ben.reply(card, "Ben Brandt undid “Retarus answered”")
    ticket = await w.ticket()
    assert (ticket.stage, ticket.answer("caused_by")) == (Stage.RETARUS, "")
