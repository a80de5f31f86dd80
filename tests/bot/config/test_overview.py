"""Overview of the settings as people read them."""

from __future__ import annotations

from bot.config.overview import tables
from bot.config.settings import NOT_SET, Config
from tests.factories import a_config


def test_tables_are_all_shown_but_the_one_that_has_a_screen_of_its_own() -> None:
    assert set(tables(a_config())) == set(Config.model_fields) - {"contacts"}


def test_settings_of_a_contract_and_of_the_desk_are_distinguished() -> None:
    shown = tables(a_config())
    assert ("phone", NOT_SET) in shown["retarus"]
    assert ("2.definition", NOT_SET) in shown["priorities"]
    assert ("first.group", "not set") in shown["levels"]


def test_set_values_are_shown_unchanged() -> None:
    shown = tables(a_config())
    assert ("admins", "U0CARLA") in shown["desk"]
    assert ("1.name", "P1") in shown["priorities"]
    assert ("names", "Email Security, Transactional Email, SMS, FAX") in shown["services"]


def test_priority_without_reminders_of_its_own_follows_the_common_ones() -> None:
    shown = dict(tables(a_config())["priorities"])
    assert shown["2.reminders.new"] == "as under [reminders]"
    assert {text for name, text in shown.items() if ".reminders." in name} == {"as under [reminders]"}


def test_settings_that_no_contract_names_do_not_point_to_one() -> None:
    shown = dict(tables(Config.model_validate(a_config().model_dump() | {"retarus": {}}))["retarus"])
    assert (shown["channel"], shown["from_address"]) == ("not set", "not set")
    assert (shown["email"], shown["phone"], shown["partner_manager"]) == (NOT_SET, NOT_SET, NOT_SET)


def test_unset_settings_with_a_fallback_name_it() -> None:
    shown = tables(a_config())
    levels, retarus = dict(shown["levels"]), dict(shown["retarus"])
    assert (levels["first.leads"], levels["second.leads"]) == ("as under [desk]", "as under [desk]")
    assert {levels["first.calendar"], levels["second.calendar"], retarus["calendar"]} == {"not set: always at work"}
    assert retarus["reply_to"].endswith("else the sender's own address")
    assert dict(shown["reports"])["people"] == "not set: the leads"
