"""Checks of answers: accepted texts, their canonical spelling, and the errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.core.clock import as_moment
from bot.core.fillers import is_reasoned_absence
from bot.forms import validators
from tests.factories import NOW, START, given

FILLERS = [
    "", " ", "\n", "\x00", "-", "--", "–", "…", "...", "?", "!!!", "n/a", "N/A", "n / a", "N.A.", "na", "tbd", "TBD",
    "t.b.d.", "tba", "none", "nothing", "unknown", "x", "xxx", "(tbd)", "tbd, later", "see above", "🔥", "k.A.",
    "siehe oben", "not available", "Not available.", "not applicable", "not available because", "not available yet",
    "not available because tbd", "not available because …", "not applicable, n/a", "nicht verfügbar",
]  # fmt: skip


GERMAN = [
    "k. A.", "k A", "K.A", "n. v.", "n. b.", "o. A.", "s.o.", "s. o.", "s. u.", "nicht bekannt", "Noch nicht bekannt",
    "weiß nicht", "Weiß ich nicht.", "weiss nicht", "wissen wir noch nicht", "keine Ahnung", "unklar", "noch unklar",
    "offen", "noch offen", "entfällt", "Entfällt.", "siehe unten", "siehe Ticket", "siehe E-Mail",
    "wird nachgereicht", "wird noch geklärt", "kommt noch", "kommt später", "folgt", "folgt noch", "in Klärung",
    "steht noch aus", "steht noch nicht fest", "aktuell nicht bekannt", "leider unbekannt", "keine Angabe",
    "keine Angaben", "dito", "später",
]  # fmt: skip
ENGLISH = [
    "to be determined", "To be confirmed.", "t b d", "n / a / tbd", "not sure", "I am not sure", "not known",
    "not yet known", "still unknown", "don’t know", "we do not know yet", "no clue", "unclear", "currently unclear",
    "pending", "still pending", "see ticket", "see e-mail", "see below", "will follow", "to follow",
    "under investigation", "ditto", "not clear", "soon",
]  # fmt: skip


PROMISED = [
    "N/A - customer", "TBC by customer", "to come", "will be delivered later", "liefere ich nach", "wird nachgereicht",
    "same as above", "ㅤㅤ", "not available because it is not available", "Will be provided by the customer tomorrow",
    "reichen wir morgen nach", "Nicht verfügbar, da nicht vorhanden",
]  # fmt: skip


@pytest.mark.parametrize("text", PROMISED)
def test_promise_to_answer_later_is_refused_in_words_that_fit_what_was_asked(text: str) -> None:
    with pytest.raises(ValueError, match=r"leaves the question open|only says that it is not|Write something first"):
        validators.words(text, given())
    with pytest.raises(ValueError, match=r"gives no reason\. Write why|Write something first"):
        validators.reason(text, given())


@pytest.mark.parametrize("text", ["see attachment", "siehe Anhang", "See attached log"])
def test_pointer_to_a_file_is_an_answer_where_a_file_goes_along(text: str) -> None:
    with pytest.raises(ValueError, match="no file is attached"):
        validators.words(text, given())
    assert validators.words(text, replace(given(), has_files=True)) == text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("RCR-88123, RCR-77", "RCR-88123, RCR-77"),
        ("rcr 88123 and RCR‑77.", "RCR-88123 and RCR-77."),
        ("ＲＣＲ－８８１２３; pd 1042", "RCR-88123; PD-1042"),
        ("the outage in March", "the outage in March"),
        ("Keine", "none"),
    ],
)
def test_ticket_numbers_are_kept_in_one_spelling(typed: str, expected: str) -> None:
    assert validators.numbers_or_none(typed, given()) == expected
    assert validators.numbers_or_none(expected, given()) == expected


@pytest.mark.parametrize("text", [*FILLERS, *GERMAN, *ENGLISH])
def test_filler_is_refused_as_an_answer(text: str) -> None:
    with pytest.raises(ValueError, match=r"leaves the question open|Write something first"):
        validators.words(text, given())


@pytest.mark.parametrize(
    "text",
    [
        "1", "DE1", "DE 1", "P1", "noch nicht", "nein", "Not known to the customer which mails",
        "offen seit gestern 11:00", "Unklar, warum nur DE1", "kommt noch vor", "No information in the log",
        "i.e. the mails to b@target.example", "nicht bekannt, weil der Kunde nicht erreichbar ist", "unknown user",
        "pending in queue DE1", "in arbeit bei DE1", "see ticket RCR-88123", "A. B. Meyer",
    ],
)  # fmt: skip
def test_answer_may_hold_filler_words(text: str) -> None:
    assert validators.words(text, given()) == text


@pytest.mark.parametrize("text", ["keine", "noch keine", "none"])
def test_none_so_far_is_an_answer_where_none_is_allowed(text: str) -> None:
    assert validators.words_or_none(text, given()) in {"none", text}


@pytest.mark.parametrize("text", ["pending", "Pending.", "offen", "in progress"])
def test_transaction_status_may_be_pending(text: str) -> None:
    assert validators.status(text, given()) == text
    with pytest.raises(ValueError, match="leaves the question open"):
        validators.status("unklar", given())


@pytest.mark.parametrize(
    "text",
    [
        "not available because the customer is offline",
        "Not available: the customer is offline",
        "not applicable, hosted by us",
        "nicht verfügbar, weil der Kunde offline ist",
    ],
)
def test_absence_with_its_reason_is_an_answer_kept_as_typed(text: str) -> None:
    assert validators.words(text, given()) == text
    assert is_reasoned_absence(text)


@pytest.mark.parametrize(
    "text", ["0", "3", "no", "Yes.", "否", "550", "none of the mails arrive", "test mail rejected"]
)
def test_short_answer_is_accepted(text: str) -> None:
    assert validators.words(text, given()) == text


@anything(st.text())
def test_every_check_gives_a_clean_answer_or_a_sentence(text: str) -> None:
    for check in (
        validators.words,
        validators.words_or_none,
        validators.reason,
        validators.numbers_or_none,
        validators.main_id,
        validators.tenants,
        validators.moment,
        validators.contacts,
    ):
        try:
            found = check(text, given())
        except ValueError as error:
            assert str(error).endswith((".", "…", "?"))  # noqa: PT017 (either way is right)
        else:
            assert found == found.strip() != ""
            assert "\x00" not in found
            assert check(found, given()) == found


@pytest.mark.parametrize("text", ["none", "None.", "keine", "no", " NONE "])
def test_none_is_an_answer_where_it_is_allowed(text: str) -> None:
    assert validators.words_or_none(text, given()) == "none"


# --- IDs


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("73125", "73125"),
        (" 73125 ", "73125"),
        ("12345rs", "12345RS"),
        ("12345 RS", "12345RS"),
        ("12345\u200bRS", "12345RS"),
        ("７３１２５", "73125"),
        ("٧٣١٢٥", "73125"),
        ("[73125].", "73125"),
    ],
)
def test_main_customer_id_is_five_digits_and_perhaps_two_letters(typed: str, expected: str) -> None:
    assert validators.main_id(typed, given()) == expected


@pytest.mark.parametrize("typed", ["", "7312", "731250", "7312A", "73125R", "73125RSX", "73125, 73126", "RS73125"])
def test_wrong_main_customer_id_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match="73125"):
        validators.main_id(typed, given())


@pytest.mark.parametrize(
    "typed",
    ["12345RS, 23456RS", "12345rs 23456rs", "12345RS\n23456RS", " 12345RS;23456RS,12345rs ", "12345RS,,23456RS,"],
)
def test_tenants_are_trimmed_upper_cased_and_named_once(typed: str) -> None:
    assert validators.tenants(typed, given()) == "12345RS\n23456RS"


@pytest.mark.parametrize("typed", ["main account only", "Main account only.", "MAIN ACCOUNT"])
def test_main_account_only_is_an_answer(typed: str) -> None:
    assert validators.tenants(typed, given()) == "main account only"


def test_wrong_tenant_is_named() -> None:
    with pytest.raises(ValueError, match="“1234RS” is not an ID"):
        validators.tenants("12345RS, 1234RS", given())


# --- moments


def test_moment_is_kept_as_unix_seconds() -> None:
    assert validators.moment(START, given()) == START


@pytest.mark.parametrize("typed", ["", "27.08.2019", "31.02.2019", "9" * 30, "-9" + "9" * 20, "nan", "1e9", "12.5"])
def test_impossible_moment_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Pick a date and a time"):
        validators.moment(typed, given())


def test_moment_in_the_future_is_refused_except_within_the_running_minute() -> None:
    def at(**ahead: float) -> str:
        return str(int((NOW + timedelta(**ahead)).timestamp()))

    assert validators.moment(at(seconds=30), given()) == at(seconds=30)
    with pytest.raises(ValueError, match="future"):
        validators.moment(at(minutes=2), given())


def test_moment_more_than_a_year_ago_is_refused() -> None:
    with pytest.raises(ValueError, match="year"):
        validators.moment(str(int((NOW - timedelta(days=400)).timestamp())), given())


def test_end_is_not_before_the_start() -> None:
    start = {"start": START}
    assert validators.end(START, given(start)) == START
    with pytest.raises(ValueError, match="before the start"):
        validators.end(str(int(START) - 60), given(start))


def test_kept_moment_reads_back() -> None:
    assert as_moment(START) == datetime(2019, 8, 27, 9, 0, tzinfo=UTC)
    assert as_moment("soon") is None


# --- contacts


@pytest.mark.parametrize(
    "typed",
    [
        "Anna Arnold, +49 89 1234 5678",
        "Anna Arnold +498912345678",
        "Anna Arnold: (089) 1234-5678",
        "Anna Arnold, 089/12345678",
        "+49 89 12345678 Anna Arnold",
        "<https://nordlicht.example|Anna Arnold>, +49 89 12345678",
    ],
)
def test_contact_is_a_name_and_a_number_as_dialled_from_abroad(typed: str) -> None:
    assert validators.contacts(typed, given()) == "Anna Arnold, +49 89 12345678"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ben Brandt, +49 89 1234–5679", "Ben Brandt, +49 89 12345679"),
        ("Ben Brandt, +49 89 1234 5679 Durchwahl 12", "Ben Brandt, +49 89 12345679 ext. 12"),
        ("Anna +49 89 12345678; Ben +49 89 12345679", "Anna, +49 89 12345678\nBen, +49 89 12345679"),
        ("Anna, 089 12345678, 0171 1234567", "Anna, +49 89 12345678, +49 171 1234567"),
    ],
)
def test_numbers_are_whole_and_no_digit_stays_in_a_name(typed: str, expected: str) -> None:
    assert validators.contacts(typed, given()) == expected


def test_contacts_stand_one_per_line() -> None:
    typed = "Anna Arnold, +49 89 1234 5678\n\n  Ben Brandt, 089 1234 5679\n"
    assert validators.contacts(typed, given()) == "Anna Arnold, +49 89 12345678\nBen Brandt, +49 89 12345679"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "at least one person"),
        ("Anna Arnold 17, +49 89 1234 5678", "“17” in “Anna Arnold 17"),
        ("n/a, +49 89 1234 5678", "Whose number"),
        ("TBC by customer: +49 89 1234 5678", "Whose number"),
        ("Anna Arnold", "“Anna Arnold” has no telephone number"),
        ("Anna Arnold, +49 89 1234 5678\nBen Brandt", "“Ben Brandt” has no telephone number"),
        ("+49 89 1234 5678", "Whose number"),
        ("Anna Arnold, +49 123 45", "“\\+49 123 45” is not a telephone number"),
        ("Anna Arnold, +999 1234 5678", "not a telephone number that can be dialled"),
        ("not available because nobody is there", "no telephone number"),
    ],
)
def test_contact_without_a_name_or_a_number_that_exists_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        validators.contacts(typed, given())


def test_national_number_without_a_region_asks_for_its_country_code() -> None:
    with pytest.raises(ValueError, match="country code"):
        validators.contacts("Anna Arnold, 089 1234 5678", given(desk={"phone_region": None}))


def test_fixed_answers_can_be_typed_in_german() -> None:
    assert validators.tenants("Nur Hauptkonto", given()) == validators.MAIN_ACCOUNT
    assert validators.words_or_none("Keine", given()) == validators.NONE
