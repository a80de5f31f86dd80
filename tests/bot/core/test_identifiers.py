"""An identifier is the same however it was typed or copied."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.config.settings import Retarus
from bot.core.identifiers import (
    canonical_id,
    canonical_rcr,
    fold,
    listed_rcr_numbers,
    rcr_numbers,
    references,
    split_ids,
)
from tests.bot.core.test_cleaning import ODD
from tests.linear import growth

PATTERN = Retarus().rcr_pattern
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


@pytest.mark.parametrize("dash", DASHES)
def test_rcr_number_is_the_same_with_every_dash(dash: str) -> None:
    assert rcr_numbers(f"RCR{dash}88123", PATTERN) == ("RCR-88123",)
    assert fold(f"RCR{dash}88123") == fold("RCR-88123")


@pytest.mark.parametrize(
    "typed",
    [
        "RCR-88123", "rcr-88123", "[RCR-88123]", "(RCR-88123).", "RCR-88123.", "RCR 88123", "RCR#88123", "RCR: 88123",
        "ＲＣＲ－８８１２３", "RCR-\u200b88123", "R\u00adCR-88123", "RCR\u00a088123", "RCR-٨٨١٢٣",
        "RCR-Nr. 88123", "RCR No. 88123", "RCR number: 88123", "RCR-Nummer 88123", "RCR_88123", "RCR № 88123",
        "„RCR-88123“", "𝐑𝐂𝐑-𝟖𝟖𝟏𝟐𝟑",
    ],
)  # fmt: skip
def test_rcr_number_has_one_spelling(typed: str) -> None:
    assert rcr_numbers(typed, PATTERN) == ("RCR-88123",)
    assert canonical_rcr(typed) == "RCR-88123"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("RCR-88123, RCR-77", ("RCR-88123", "RCR-77")),
        ("see RCR–77/RCR 78 and rcr#77", ("RCR-77", "RCR-78")),
        ("RCR-1\nRCR-2\nRCR-3", ("RCR-1", "RCR-2", "RCR-3")),
        ("RCR-88123 und RCR-77; RCR-78", ("RCR-88123", "RCR-77", "RCR-78")),
        ("no number, RCR- none", ()),
        ("ticketRCR-88123", ()),
        ("RCR. 550 5.7.1", ()),
        ("", ()),
    ],
)
def test_rcr_numbers_finds_all_of_them_once(text: str, numbers: tuple[str, ...]) -> None:
    assert rcr_numbers(text, PATTERN) == numbers


def test_rcr_numbers_follows_the_configured_pattern() -> None:
    assert rcr_numbers("INC\u2011004 and RCR-1", r"INC[-\s]*\d+") == ("INC-004",)
    assert rcr_numbers("INC-00412, INC-004123", r"INC-\d{5}") == ("INC-00412",)


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("RCR-88123, 77901", ("RCR-88123", "RCR-77901")),
        ("RCR 88123 und 77901, 77902.", ("RCR-88123", "RCR-77901", "RCR-77902")),
        ("RCR-Nummern 88123 and 77901", ("RCR-88123", "RCR-77901")),
        ("RCR\u201188123\n７７９０１\n77902", ("RCR-88123", "RCR-77901", "RCR-77902")),
        ("RCR-88123/77901 & RCR-5", ("RCR-88123", "RCR-77901", "RCR-5")),
        ("RCR-88123, 10 customers", ("RCR-88123",)),
        ("RCR-88123, 27.08.2019", ("RCR-88123",)),
        ("77901", ()),
    ],
)
def test_list_of_rcr_numbers_may_name_the_letters_once(typed: str, numbers: tuple[str, ...]) -> None:
    assert listed_rcr_numbers(typed, PATTERN) == numbers


@pytest.mark.parametrize(
    "text", ["PD-1001", "pd–1001", "PD 1001", "[PD-1001]", "ＰＤ‐１００１.", "PD-\u200b1001", "Pd#1001", "PD_1001"]
)
def test_reference_has_one_spelling(text: str) -> None:
    assert references(text, "PD") == (1001,)


def test_references_finds_all_and_no_parts_of_words() -> None:
    assert references("PD-1001, PD-1002 and PD-1001; UPD-5, PD-7a", "PD") == (1001, 1002)


@pytest.mark.parametrize(
    "typed",
    [
        "12345RS",
        "12345rs",
        " 12345 RS ",
        "(12345RS)",
        "１２３４５ＲＳ",
        "12345\u200bRS",
        "12345RS.",
        "12345\u2060R\ufe0fS",
        "12345\u2011RS",
        "12345-rs",
    ],
)
def test_customer_id_has_one_spelling(typed: str) -> None:
    assert canonical_id(typed) == "12345RS"


def test_ids_in_a_list_are_split_and_named_once() -> None:
    assert split_ids("12345rs, 23456RS;12345RS\n３４５６７ＲＳ / 73125") == ("12345RS", "23456RS", "34567RS", "73125")
    assert split_ids("12345 RS, 23456-RS und 34567RS & 73125") == ("12345RS", "23456RS", "34567RS", "73125")
    assert split_ids("• 12345RS\n- 23456RS\n3. 34567RS、45678RS") == ("12345RS", "23456RS", "34567RS", "45678RS")
    assert split_ids("12345 or 23456 oder 34567") == ("12345", "23456", "34567")
    assert split_ids("12345, RS 23456 de") == ("12345", "RS", "23456", "DE")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "Mu\u0308ller GmbH"),
        ("Müller GmbH", "MÜLLER  GMBH"),
        ("Straße AG", "STRASSE AG"),
        ("Ｍüller", "müller"),
        ("Müller\u00a0GmbH", "Müller GmbH"),
        ("Ångström", "A\u030angström"),
        ("Hansa–Logistik", "Hansa-Logistik"),
        ("O’Neill", "O'Neill"),
        ("Müller GmbH & Co.", "Müller GmbH & Co"),
        ("Mül\u00adler", "Müller"),
    ],
)
def test_names_that_look_alike_fold_to_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller", "Muller"), ("PD-1001", "PD-1002"), ("A & B", "A B"), ("+49", "49")]
)
def test_different_identifiers_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@anything(ODD)
def test_fold_is_idempotent_and_blind_to_composition(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert canonical_id(canonical_id(text)) == canonical_id(text)


@anything(
    st.lists(st.integers(1, 10**6), max_size=8), st.sampled_from([", ", "\n", " and ", "/"]), st.sampled_from(DASHES)
)
def test_every_number_of_a_text_is_found(numbers: list[int], joint: str, dash: str) -> None:
    text = joint.join(f"RCR{dash}{each}" for each in numbers)
    assert rcr_numbers(text, PATTERN) == tuple(dict.fromkeys(f"RCR-{each}" for each in numbers))


@pytest.mark.parametrize(
    "unit",
    [
        "\u0301\u0316",
        "\u0f73",
        "(",
        "RCR ",
        "RCR-",
        "RCR-1,",
        "RCR nr. ",
        ", 12",
        "12345 ",
        "-",
        "PD ",
        " ",
        "﷽",
        "ß",
        "\u200b.",
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        fold,
        canonical_id,
        split_ids,
        lambda text: rcr_numbers(text, PATTERN),
        lambda text: listed_rcr_numbers(text, PATTERN),
        lambda text: references(text, "PD"),
    ],
)
def test_folding_is_linear(function: object, unit: str) -> None:
    assert growth(function, unit) < 3  # type: ignore[arg-type]
