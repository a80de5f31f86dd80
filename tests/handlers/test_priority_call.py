"""The call for the highest priority in the channel and to people, also where the 2nd level's group reaches nobody."""

from __future__ import annotations

from typing import cast

from bot.adapters.slack.directory import TTL, SlackDirectory
from localslack.visible import text_of
from tests.handlers.world import Json, World


def expire_group(w: World) -> None:
    """Lets the desk read the 2nd level's group again."""
    groups = cast("SlackDirectory", w.running.desk.directory).groups._members
    groups.put("S0SECOND", groups.answers["S0SECOND"][1], age=TTL + 1)


async def call_of_new_ticket(w: World) -> Json:
    card = await w.raised(priority="P1")
    return await w.anna.reply(card, "raised it")


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
