"""The App Home: urgent items, all open tickets, and only what its reader may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.clock import as_utc
from bot.home import Screen, Tab
from bot.model.ticket import Kind, Stage
from handlers.home import HomeRenderer
from localslack.visible import text_of
from tests.handlers.homes import at, opened, shown
from tests.handlers.world import RETARUS, Json, World


async def test_urgent_tickets_stand_on_top_with_their_next_step(w: World) -> None:
    assert "Nothing for you to do now" in text_of(await opened(w.alex))
    await w.raised()
    await opened(w.alex, "For you to do now: 1")
    home = await shown(w.alex, "Open tickets: 1")
    assert text_of(home).index("PD-1001") < text_of(home).index("Open tickets: 1")
    await w.alex.click(home, "Take")
    home = await shown(w.alex, "your turn")
    await w.alex.click(home, "Start checks")
    await w.alex.modal("1st-level checks")
    assert "Nothing for you to do now" in text_of(await opened(w.ben))


async def test_home_that_slack_did_not_take_is_drawn_again_by_itself(w: World) -> None:
    await w.raised()
    home = await opened(w.alex, "For you to do now: 1")
    await w.alex.control("POST", "faults", method="views.publish", fault="internal_error", times=1)
    await w.alex.click(home, "Take")
    await shown(w.alex, "your turn")


async def test_handoff_calls_the_second_level_only(w: World) -> None:
    await w.handed_off()
    await w.ben.click(await opened(w.ben, "accept it"), "Accept")
    await shown(w.ben, "your turn")
    assert "Nothing for you to do now" in text_of(await opened(w.alex))


async def test_open_tickets_are_narrowed_by_level_and_by_who_has_the_ball(w: World) -> None:
    await w.accepted()
    second = await w.running.desk.tickets.create("U0ANNA", Kind.INCIDENT, texts_of_home(w), "another form")
    home = await opened(w.alex, "Open tickets: 2")
    assert {"All 2", "1st level 1", "2nd level 1", "3rd level 0", "Mine 0", "End-customer 0"} <= set(labels(home))
    await w.alex.click(home, "home.level.second")
    assert "PD-1002" not in text_of(below(await shown(w.alex, "1 to 1 of 1")))
    await w.alex.click(await shown(w.alex, "1 to 1 of 1"), "home.ball.first")
    await w.alex.click(await shown(w.alex, "None."), "home.level.all")
    assert f"PD-{second.number}" in text_of(below(await shown(w.alex, "1 to 1 of 1")))


def texts_of_home(w: World) -> dict[str, str]:
    words = {"services": "Email Security", "main_id": "73125", "contact": "Anna Arnold, +49 89 12345678"}
    known = {key: str(value) for key, value in w.answers(**words).items()}
    return known | {"customer": "Müller GmbH"}


def labels(home: Json) -> list[str]:
    return [each["text"]["text"] for block in home["blocks"] for each in block.get("elements", ()) if "value" in each]


def below(home: Json) -> Json:
    """The list, without what stands above it."""
    first = next(n for n, block in enumerate(home["blocks"]) if block.get("block_id") == "home.balls")
    return {**home, "blocks": home["blocks"][first:]}


async def test_list_is_read_page_by_page(w: World) -> None:
    for number in range(12):
        await w.running.desk.tickets.create("U0ANNA", Kind.INCIDENT, texts_of_home(w), f"form {number}")
    home = await at(w.carla, "Tickets", "1 to 10 of 12")
    await w.carla.click(home, "Next page")
    home = await shown(w.carla, "11 to 12 of 12")
    await w.carla.click(home, "First page")
    await shown(w.carla, "1 to 10 of 12")


async def test_draft_is_taken_up_again_from_there(w: World) -> None:
    await w.running.desk.tickets.save_draft("U0ANNA", Kind.CHANGE, {"happens": "Move the gateway"})
    await w.anna.click(await opened(w.anna, "My drafts"), "Continue")
    await w.anna.modal("Raise a change", containing="Continued from your draft")


async def test_ticket_can_be_raised_from_there(w: World) -> None:
    await w.anna.click(await opened(w.anna), "Raise a ticket")
    await w.anna.click(await w.anna.modal("Raise a ticket"), "Incident")
    assert (await w.anna.submit(await w.anna.modal("Raise an incident"), w.answers()))["outcome"] == "closed"
    await shown(w.anna, "PD-1001")


async def test_resources_are_the_guides_words_for_everybody(w: World) -> None:
    await w.anna.click(await opened(w.anna), "Resources")
    home = text_of(await shown(w.anna, "Who owns what"))
    for words in (
        "https://eas.retarus.com/PicoPortal/", "partnermarketing@retarus.de", "(via Retarus Support)",
        "END-CUSTOMER SUPPORT (Level 2)", "Partner Agreement / Master Service Agreement", "support@retarus.example",
    ):  # fmt: skip
        assert words in home


async def test_settings_say_what_is_not_set(w: World) -> None:
    home = text_of(await at(w.carla, "Settings", "from_address: desk@nordlicht.example"))
    assert "partner_manager: not set: see your contract / the Global Support Guide" in home


async def test_undelivered_letter_is_tried_again_by_an_admin(w: World) -> None:
    w.mail.faults.refuse_recipient("support@retarus.example")
    card = await w.filled()
    ticket = await w.ticket()
    await w.running.desk.escalation.send(ticket.id, "U0BEN", "a form", ticket.version)
    failed = await w.ben.reply(card, "was not delivered")
    home = await at(w.carla, "Not delivered (1)", "Try again")
    assert "the letter as an e-mail" in text_of(home)
    w.mail.faults.clear()
    await w.carla.click(home, "Try again")
    await w.ben.reply(card, "Delivered to Retarus by e-mail")
    await w.carla.click(await shown(w.carla, "Not delivered"), "home.tab.letters")
    await shown(w.carla, "Everything was delivered")
    await w.ben.click(failed, "Try again")
    settled = await w.ben.reply(card, "it was sent again since")
    assert (settled["ts"], "Try again" in str(settled["blocks"])) == (failed["ts"], False)


async def test_undelivered_letter_names_its_channel_on_every_part(w: World) -> None:
    w.slack.faults.order("chat.postMessage", "invalid_blocks", channel=RETARUS, times=None)
    card = await w.filled()
    ticket = await w.ticket()
    await w.running.desk.escalation.send(ticket.id, "U0BEN", "a form", ticket.version)
    await w.ben.reply(card, "was not delivered")
    home = await at(w.carla, "Not delivered (1)", "Try again")
    assert f"to {RETARUS}" in text_of(home)
    await w.carla.click(home, "Settings")
    assert "Not delivered (1)" in text_of(await shown(w.carla, "from_address"))


async def test_guests_see_nothing_and_get_the_reason(w: World) -> None:
    await w.raised()
    home = text_of(await opened(w.gus, "Guests"))
    assert "PD-1001" not in home


@pytest.mark.parametrize("part", ["contacts", "customers", "settings", "letters"])
async def test_part_for_admins_is_drawn_for_admins_only(w: World, part: str) -> None:
    view = await HomeRenderer(w.running.desk).of("U0ANNA", Screen(Tab(part)))
    assert "admins" in text_of(view)
    blocks: Any = view["blocks"]
    assert [each["text"]["text"] for each in blocks[1]["elements"]] == ["Raise a ticket"]
    assert len(blocks) == 2


async def test_owner_who_waits_too_long_is_asked_to_chase(w: World) -> None:
    await w.escalated()
    assert "ask again" not in text_of(await opened(w.ben, "Nothing for you to do now"))
    ticket = await w.ticket()
    assert ticket.due
    assert ticket.stage is Stage.RETARUS
    w.slack.clock.advance((ticket.due - as_utc(w.running.desk.clock()) + timedelta(minutes=1)).total_seconds())
    await opened(w.ben, "overdue: ask again")
