"""The settings as people read them: all of them, and nothing made up where nothing is set."""

from __future__ import annotations

from bot.config.overview import tables
from bot.config.settings import NOT_SET, Config
from tests.factories import a_config


def test_every_table_is_shown_but_the_one_that_has_a_part_of_its_own() -> None:
    assert set(tables(a_config())) == set(Config.model_fields) - {"contacts"}


def test_what_a_contract_says_and_what_a_desk_decides_are_not_confused() -> None:
    shown = tables(a_config())
    assert ("phone", NOT_SET) in shown["retarus"]
    assert ("2.definition", NOT_SET) in shown["priorities"]
    assert ("first.group", "not set") in shown["levels"]


def test_what_is_set_is_shown_as_it_is() -> None:
    shown = tables(a_config())
    assert ("admins", "U0CARLA") in shown["desk"]
    assert ("1.name", "P1") in shown["priorities"]
    assert ("names", "Email Security, Transactional Email, SMS, FAX") in shown["services"]
