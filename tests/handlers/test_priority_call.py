"""The call for the highest priority in the channel and to people, also where the 2nd level's group reaches nobody."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from bot.adapters.slack.directory import TTL, SlackDirectory
from bot.model.transitions import Move
from localslack.visible import labels, text_of
from tests.handlers.world import FIRST_TASKS, Json, World, settings, world


def expire_group(w: World) -> None:
    """Lets the desk read the 2nd level's group again."""
    groups = cast("SlackDirectory", w.running.desk.directory).groups._members
    groups.put("S0SECOND", groups.answers["S0SECOND"][1], age=TTL + 1)


async def call_of_new_ticket(w: World) -> Json:
    card = await w.raised(priority="P1")
    call: Json = await w.anna.reply(card, "raised it")
    await w.until_placed(call)
    return call


def mentions(message: Json) -> list[str]:
    """Ids of the people and groups mentioned in a message, in order."""
    sections = [each for block in message["blocks"] if block["type"] == "rich_text" for each in block["elements"]]
    elements = [each for section in sections for each in section["elements"]]
    return [each.get("usergroup_id") or each["user_id"] for each in elements if each["type"] in {"usergroup", "user"}]


async def test_call_mentions_the_group_once(w: World) -> None:
    assert mentions(await call_of_new_ticket(w)) == ["S0SECOND"]


async def test_call_to_an_empty_group_says_so_and_mentions_second_person_and_leads(w: World) -> None:
    w.slack.admin.set_group_members("second-level", [])
    expire_group(w)
    call = await call_of_new_ticket(w)
    assert mentions(call) == ["S0SECOND", "U0BEA", "U0CARLA"]
    assert "Nobody at the 2nd level is known to the desk" in text_of(call)


async def test_call_mentions_the_last_members_of_a_group_that_is_gone(w: World) -> None:
    w.slack.admin.delete_group("second-level")
    expire_group(w)
    call = await call_of_new_ticket(w)
    assert mentions(call) == ["S0SECOND", "U0BEA", "U0BEN"]
    assert "its last known members" in text_of(call)
    await w.ben.click(call, "Take now")
    await w.ben.reply(call, "Ben Brandt took it at the 2nd level")


async def test_handoff_to_an_empty_group_says_so(w: World) -> None:
    w.slack.admin.set_group_members("second-level", [])
    expire_group(w)
    card = await w.handed_off()
    line = await w.anna.reply(card, "Nobody at the 2nd level is known")
    assert mentions(line) == ["S0SECOND", "U0BEA", "U0CARLA"]


async def test_call_says_that_the_sla_is_breached_once_it_is(w: World) -> None:
    call = await call_of_new_ticket(w)
    assert "⌛ plan due" in text_of(call)
    await w.anna.advance(3 * 3600)
    call = await w.anna.reply(call, "past the SLA since")
    assert "plan due" not in text_of(call)
    await w.ben.click(call, "Take now")
    await w.ben.reply(call, "This call is over: Ben Brandt took it at the 2nd level")


async def test_call_that_is_over_stays_over_when_the_sla_is_breached(w: World) -> None:
    call = await call_of_new_ticket(w)
    await w.ben.click(call, "Take now")
    over = await w.ben.reply(call, "This call is over")
    await w.anna.advance(3 * 3600)

    async def is_redrawn() -> bool:
        return any(row.notice.key.endswith(":due") for row in await w.running.store.letters(state="sent", limit=500))

    assert await w.ben.wait_for(is_redrawn, "the redrawing at the time of the breach")
    assert text_of(await w.ben.again(over)) == text_of(over)


async def test_call_of_a_ticket_taken_at_once_offers_to_undo_that_and_to_take_it_now(w: World) -> None:
    card = await w.raised(priority="P1", left_to_others=[])
    call = await w.anna.reply(card, "Anna Arnold took it")
    assert labels(call) == ["Take now", "Undo"]
    await w.anna.click(call, "Undo")

    async def is_resumed() -> bool:
        now = await w.anna.again(call)
        return labels(now) == ["Take now"] and "Anna Arnold undid “Take”" in text_of(now)

    assert await w.anna.wait_for(is_resumed, "the call without the step that was undone")


async def until_says(w: World, message: Json, words: str) -> Json:
    """The message once these words are in it."""

    async def now() -> Json | None:
        again: Json = await w.anna.again(message)
        return again if words in text_of(again) else None

    async def instead() -> list[str]:
        return [text_of(await w.anna.again(message))]

    shown: Json = await w.anna.wait_for(now, f"a message with {words!r}", instead)
    return shown


async def judge(w: World, priority: str, reason: str) -> None:
    ticket = await w.ticket()
    answers = {"priority": priority, "priority_reason": reason}
    await w.running.desk.answers.fill_in(ticket.id, "U0BEN", answers, f"{priority}{reason}", ticket.version)


async def test_call_of_a_ticket_at_the_second_level_is_over_for_everybody_once_its_priority_is_lowered(
    w: World,
) -> None:
    card = await w.raised()
    ticket = await w.ticket()
    await w.running.desk.tickets.act(ticket.id, Move.TAKE, "U0ANNA", "c1")
    answers = {**FIRST_TASKS, "priority": "P2", "priority_reason": "Slow only"}
    await w.running.desk.tickets.hand_off(ticket.id, "U0ANNA", answers, "f1", ticket.version + 1)
    await w.running.desk.tickets.act(ticket.id, Move.ACCEPT, "U0BEN", "c2")
    await judge(w, "P1", "All mail is down")
    call = await w.ben.reply(card, "Ben Brandt changed the priority to P1")
    direct = await w.carla.message("@partner-desk", "It is P1 now, according to Ben Brandt")
    await w.running.desk.tickets.act(ticket.id, Move.TAKE_OVER, "U0BEA", "c3")
    shown = await until_says(w, call, "Bea Bauer took it over")
    assert "⌛ plan due" in text_of(shown)
    assert labels(shown) == []
    await judge(w, "P2", "Only one mailbox")
    over = "This call is over: Ben Brandt changed the priority to P2: Only one mailbox"
    await until_says(w, call, over)
    ended = await w.carla.message("@partner-desk", over)
    assert ended["ts"] == direct["ts"]
    assert card["ts"].replace(".", "") in str(ended["blocks"])


async def test_call_says_that_it_was_sent_back_and_can_be_taken_again(w: World) -> None:
    call = await call_of_new_ticket(w)
    await w.ben.click(call, "Take now")
    await until_says(w, call, "This call is over")
    reason = "Not before the log is there"
    await w.running.desk.tickets.act((await w.ticket()).id, Move.SEND_BACK, "U0BEN", "c1", reason=reason)
    shown = await until_says(w, call, "Ben Brandt sent it back to the 1st level")
    assert labels(shown) == ["Take now"]
    assert "⌛ plan due" in text_of(shown)


async def test_call_names_the_person_to_whom_the_ticket_was_assigned(w: World) -> None:
    call = await call_of_new_ticket(w)
    await w.running.desk.assignment.assign((await w.ticket()).id, "U0CARLA", "U0ALEX", "c1")
    await until_says(w, call, "Carla Conrad assigned it to Alex Adler")
    lines = [text_of(each) for each in (await w.anna.thread(call))[1:]]
    assert len(lines) == 1


async def test_take_is_told_by_the_call_alone_and_can_be_undone_there(w: World) -> None:
    card = await w.raised(priority="P1")
    call = await w.anna.reply(card, "raised it")
    await w.until_placed(call)
    await w.alex.click(card, "Take")
    shown = await until_says(w, call, "Alex Adler took it")
    assert labels(shown) == ["Take now", "Undo"]
    assert len(await w.anna.thread(card)) == len(["card", "call"])
    await w.running.desk.tickets.note((await w.ticket()).id, "U0ALEX", "They called again", "form")
    await w.alex.reply(card, "They called again")

    async def is_without_undo() -> bool:
        return labels(await w.anna.again(call)) == ["Take now"]

    assert await w.anna.wait_for(is_without_undo, "the call without the step that can no longer be undone")
    assert "Alex Adler took it" in text_of(await w.anna.again(call))


async def test_take_has_a_line_of_its_own_where_the_call_was_deleted(w: World) -> None:
    card = await w.raised(priority="P1")
    call = await w.anna.reply(card, "raised it")
    await w.until_placed(call)
    w.slack.admin.delete_message(call["channel"], call["ts"])
    await w.alex.click(card, "Take")
    line = await w.alex.reply(card, "Alex Adler took it")
    assert labels(line) == ["Take now", "Undo"]
    assert "subtype" not in line


async def test_call_is_over_for_everybody_who_was_called_in_place_of_a_lead_who_has_left(tmp_path: Path) -> None:
    desk = {"leads": ("U0NIA",), "admins": ("U0CARLA", "U0ALEX")}
    levels = settings().levels
    first, second = (each.model_copy(update={"second_person": ""}) for each in (levels.first, levels.second))
    async with world(tmp_path, desk=desk, levels={"first": first, "second": second}) as w:
        await w.carla.control("POST", "people/nia", deactivated=True)
        await call_of_new_ticket(w)
        words = "Nia Noack is no longer in Slack"
        calls = [(each, await each.message("@partner-desk", words)) for each in (w.carla, w.alex)]
        await w.running.desk.tickets.take_now((await w.ticket()).id, "U0BEN", "c1")
        for person, call in calls:
            over = await person.message("@partner-desk", "This call is over: Ben Brandt took it")
            assert over["ts"] == call["ts"]
