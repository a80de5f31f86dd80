"""The call for the highest priority in the channel and to people, also where the 2nd level's group reaches nobody."""

from __future__ import annotations

from typing import cast

from bot.adapters.slack.directory import TTL, SlackDirectory
from localslack.visible import labels, text_of
from tests.handlers.world import Json, World


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
