"""`/retarus-ticket` lists what is open, with links, and explains the desk in ten points."""

from __future__ import annotations

from typing import Any

from blocks import tickets
from blocks.kit import Message
from bot.config.settings import NOT_SET
from bot.model.ticket import Stage
from tests.blocks.surfaces import LINK, parts
from tests.factories import PEOPLE, a_config, an_incident

CONFIG = a_config()


def who(user: str) -> str:
    return PEOPLE[user].name


def of(message: Message, kind: str) -> list[dict[str, Any]]:
    return [part for part in parts(message.blocks) if part.get("type") == kind]


def test_each_ticket_is_a_link_to_its_card() -> None:
    listed = tickets.listing([an_incident(Stage.SECOND)], 1, "all", CONFIG, who, {"t1": LINK})
    (link,) = of(listed, "link")
    assert (link["text"], link["url"]) == ("🔴 P1 · PD-1042 · Incident", LINK)
    assert listed.text == "All open: 1 open ticket"


def test_ticket_says_where_it_is_and_who_owns_it() -> None:
    one = tickets.one(an_incident(Stage.SECOND), CONFIG, who, LINK)
    assert any(" · 2nd level: Ben Brandt · " in part["text"] for part in of(one, "text"))


def test_card_that_is_not_posted_yet_is_named_without_a_link() -> None:
    listed = tickets.listing([an_incident()], 1, "mine", CONFIG, who, {})
    assert of(listed, "link") == []
    assert any("PD-1042" in part["text"] for part in of(listed, "text"))


def test_long_list_says_how_many_there_are() -> None:
    listed = tickets.listing([an_incident()] * 10, 42, "all", CONFIG, who, {})
    assert listed.text == "All open: 42 open tickets"
    assert any(part.get("text") == "The 10 most urgent of 42." for part in parts(listed.blocks))


def test_chosen_list_is_marked_and_the_others_are_one_click_away() -> None:
    buttons = of(tickets.listing([], 0, "level", CONFIG, who, {}), "button")
    assert [(button["value"], button.get("style")) for button in buttons] == [
        ("mine", None),
        ("level", "primary"),
        ("all", None),
    ]


def test_help_is_ten_points_and_names_the_priorities_as_they_are_defined_here() -> None:
    (text,) = [part["text"] for part in parts(tickets.help_message(CONFIG).blocks) if part.get("type") == "mrkdwn"]
    numbers = [line.split(".")[0] for line in text.splitlines()]
    assert numbers == [str(number) for number in range(1, 11)]
    assert text.endswith("10. Priorities: P1: A service is down.")


def test_undefined_priorities_are_not_listed() -> None:
    undefined = a_config(priorities=[{"name": "P1"}])
    assert NOT_SET in str(tickets.help_message(undefined).blocks)
