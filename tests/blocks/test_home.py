"""App Home view: its content, and that every stored ticket can be rendered there."""

from __future__ import annotations

from typing import Any

import pytest

from blocks import contacts, customers, guides, home, resources, settings
from bot.config.settings import NOT_SET
from bot.home import AttentionReason, Screen, Urgent
from bot.model.contact import EndCustomer
from bot.model.ticket import Level, Party, Stage
from localslack.blockkit import is_too_large, is_too_long, validate_blocks, validate_view
from localslack.visible import text_of
from tests.blocks.homes import GUIDES, an_overview, messages, views
from tests.blocks.surfaces import longest, parts
from tests.factories import BEN, NOW, a_config, a_contact, an_incident

CONFIG = a_config()


@pytest.mark.parametrize(
    "text", [None, "x", "👩‍👩‍👧", "<!channel>*_~`"], ids=["awkward", "very_long", "emoji", "markup"]
)
def test_every_stored_ticket_can_be_shown(text: str | None) -> None:
    ticket = longest(text=text) if text else longest()
    for name, view in views(ticket, CONFIG, lambda user: f"<!here> {user} *&*"):
        assert validate_view(view) == [], name
        assert not is_too_large(view), name
    for name, message in messages():
        assert validate_blocks(message.blocks, "message") == [], name
        assert not is_too_long(message.blocks), name


def test_items_that_need_somebody_come_first() -> None:
    words = text_of(home.overview(an_overview(an_incident()), CONFIG, is_admin=True))
    order = ["For you to do now: 12", "Show 4 more", "My drafts", "Not delivered (3)", "Open tickets: 5600", "of 5000"]
    assert [words.index(each) for each in order] == sorted(words.index(each) for each in order)


def test_overdue_handoff_offers_its_sender_a_note_and_the_receiver_the_acceptance() -> None:
    ticket = an_incident(Stage.HANDED_OFF)
    for reason, button in ((AttentionReason.CHASE, "Write a note"), (AttentionReason.ACCEPT, "Accept")):
        seen = an_overview(ticket, urgent=[Urgent(ticket, reason)], urgent_total=1)
        view = home.overview(seen, CONFIG, is_admin=False)
        (row,) = [block for block in parts(view) if block.get("block_id") == f"home.{ticket.id}"]
        assert [each["text"]["text"] for each in row["elements"]] == [button]


def test_row_of_an_untaken_ticket_names_its_raiser_and_no_owner() -> None:
    words = text_of(home.overview(an_overview(an_incident(Stage.NEW)), CONFIG, is_admin=False))
    assert " · not taken yet · raised by U0ANNA · " in words


def test_admin_tabs_are_hidden_from_other_people() -> None:
    words = text_of(home.overview(an_overview(an_incident()), CONFIG, is_admin=False))
    assert "Resources" in words
    assert not [part for part in ("Contacts", "End-customers", "Settings", "Not delivered") if part in words]


@pytest.mark.parametrize("urgent", [0, 8])
@pytest.mark.parametrize(("level", "ball", "mine"), [(None, None, True), (Level.SECOND, Party.CUSTOMER, False)])
def test_current_view_survives_a_round_trip_through_a_button(
    level: Level | None, ball: Party | None, mine: bool, urgent: int
) -> None:
    screen = Screen(level=level, ball=ball, mine=mine, first=20, urgent=urgent)
    assert Screen.unpack(screen.pack()) == screen


def test_button_of_an_earlier_release_still_leads_to_its_page() -> None:
    assert Screen.unpack("tickets|second||1|20|1566896400000|t1") == Screen(level=Level.SECOND, mine=True, first=20)


def test_pages_of_what_needs_the_reader_lead_to_the_others_and_back() -> None:
    seen = an_overview(an_incident(), screen=Screen(urgent=8), urgent_total=20)
    view: Any = home.overview(seen, CONFIG, is_admin=True)
    (pages,) = [block for block in view["blocks"] if block.get("block_id") == "home.urgent"]
    assert [Screen.unpack(each["value"]).urgent for each in pages["elements"]] == [0, 16]
    assert "Show 4 more" in text_of(view)


@pytest.mark.parametrize(
    ("first", "names", "turns"),
    [(0, (0, 39), [40]), (40, (40, 79), [0, 80]), (80, (80, 84), [40]), (900, (80, 84), [40])],
)
def test_contacts_have_pages_and_a_page_that_is_gone_is_the_last(
    first: int, names: tuple[int, int], turns: list[int]
) -> None:
    found = [a_contact(user=BEN, name=f"Contact {number}.") for number in range(85)]
    blocks: Any = contacts.register(found, GUIDES.edition, NOW.date(), first)
    shown = [number for number in range(85) if f"Contact {number}." in text_of({"blocks": blocks[2:]})]
    assert (shown[0], shown[-1]) == names
    assert [Screen.unpack(each["value"]).first for each in blocks[-1]["elements"]] == turns
    assert len(blocks) <= 90


def test_unset_settings_are_shown_as_not_set() -> None:
    shown = text_of({"blocks": [*resources.resources(CONFIG), *settings.listing(CONFIG)]})
    assert f"Personal contact for all Go-to Market topics: {NOT_SET}" in shown
    assert f"Telephone (a call is no report, guide 2.1): {NOT_SET}" in shown
    assert f"definition: {NOT_SET}" in shown


def test_both_guides_are_handed_over_with_what_is_known_of_them() -> None:
    words = text_of({"blocks": list(guides.message(GUIDES).blocks)})
    assert "Retarus Partner Support Guide" in words
    assert "(via Retarus Support) · version 2019-08" in words
    assert f"version {NOT_SET}" in words


def test_unknown_name_is_offered_as_typed_and_a_known_one_once() -> None:
    known = EndCustomer(id="c1", name="Müller GmbH", tenants=("12345RS",))
    shown = customers.options([known], "müller")
    assert [each["value"] for each in shown] == ["Müller GmbH", "müller"]
    assert customers.options([known], "MÜLLER GmbH") == [shown[0]]
    assert customers.options([], "") == []
