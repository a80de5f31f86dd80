"""People and their telephone numbers are read whole: no digit is left in a name, no extension is lost."""

from __future__ import annotations

import pytest
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.core.telephone import ReachablePerson, contact_lines, international, people, telephone_numbers
from tests.bot.core.test_cleaning import ODD
from tests.linear import growth

BEN = "Ben Brandt, +49 89 12345679"


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012\u2013\u2014\u2212\uff0d")
def test_number_with_any_dash_is_read_whole(dash: str) -> None:
    assert contact_lines(f"Ben Brandt, +49 89 1234{dash}5679", "DE") == BEN


@pytest.mark.parametrize(
    "typed",
    [
        "Ben Brandt +498912345679", "Ben Brandt: (089) 1234-5679", "Ben Brandt, 089/12345679",
        "+49 89 12345679 Ben Brandt", "Ben Brandt, Tel.: 0049 89 1234 5679", "1. Ben Brandt – 089 1234 5679",
        "• Ben Brandt, ０８９ １２３４ ５６７９", "Ben\u200b Brandt, +49\u00a089\u20111234\u20115679",
        "<https://nordlicht.example|Ben Brandt>, +49 89 12345679", "<tel:+498912345679|+49 89 12345679> Ben Brandt",
        "Ben Brandt (+49 (0)89 1234 5679)", "Ben Brandt, +49·89·1234·5679", "Ben Brandt, +49・89・12345679",
        "Ben Brandt, 089 1234~5679", "Ben Brandt T: 089/12345679", "Ben Brandt, Festnetz: 089/1234/5679",
        "Ben Brandt0049 89 12345679", "Tel.+49 89 12345679 Ben Brandt", "Ben Brandt, Rufnummer +٤٩ ٨٩ ١٢٣٤٥٦٧٩",
    ],
)  # fmt: skip
def test_person_is_a_name_and_a_number_written_for_abroad(typed: str) -> None:
    assert contact_lines(typed, "DE") == BEN


@pytest.mark.parametrize("typed", [
        "ext. 12", "x12", "Durchwahl 12", "DW 12", "(Nst. 12)", "App. 12", "(ext. 12)", "Durchwahl: -12", ", Dw. -12",
        "Klappe 12", "extension 12", ";ext=12", "#12",
    ],
)  # fmt: skip
def test_extension_stays(typed: str) -> None:
    assert contact_lines(f"Ben Brandt, +49 89 1234 5679 {typed}", "DE") == f"{BEN} ext. 12"


@pytest.mark.parametrize("joint", ["; ", ", ", " / ", "\n", " "])
def test_several_people_are_read_from_one_text(joint: str) -> None:
    typed = joint.join(("Anna Arnold, 089 1234 5678", "Ben Brandt, +49 89 1234–5679"))
    assert people(typed, "DE") == (
        ReachablePerson("Anna Arnold", ("+49 89 12345678",)),
        ReachablePerson("Ben Brandt", ("+49 89 12345679",)),
    )


def test_second_number_belongs_to_the_person_before_it() -> None:
    line = contact_lines("Anna Arnold, 089 1234 5678, mobil 0171 3920012", "DE")
    assert line == "Anna Arnold, +49 89 12345678, +49 171 3920012"
    assert contact_lines(line, "DE") == line


def test_switchboard_is_dialled_with_its_zero() -> None:
    assert contact_lines("Ben Brandt, 089 1234567-0", "DE") == "Ben Brandt, +49 89 12345670"


@pytest.mark.parametrize("joint", [" oder ", " or ", " und ", " & ", " / Handy "])
def test_word_between_two_numbers_is_nobodys_name(joint: str) -> None:
    line = contact_lines(f"Ben Brandt, 089 12345679{joint}0171 3920012", "DE")
    assert line == f"{BEN}, +49 171 3920012"


@pytest.mark.parametrize(
    "name", ["Anna M", "Oder Müller", "Anders Und", "D. Dorn", "Ben & Jerry", "Ben und Anna Arnold"]
)
def test_name_is_kept_whole(name: str) -> None:
    assert contact_lines(f"{name}, +49 89 12345679", "DE") == f"{name}, +49 89 12345679"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("24/7", "24/7"), ("9-17 Uhr", "9-17"), ("/80", "80"), ("(Mo–Fr 9–17)", "9-17"), ("/ 12", "12")],
)
def test_digits_beside_a_number_are_not_dialled_along(typed: str, digits: str) -> None:
    with pytest.raises(ValueError, match=f"“{digits}” in .* is neither part of a name"):
        people(f"Ben Brandt, +49 89 12345679 {typed}", "DE")
    assert telephone_numbers(f"+49 89 12345679 {typed}", "DE") == ("+498912345679",)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "at least one person"),
        ("Anna Arnold", "“Anna Arnold” has no telephone number"),
        ("+49 89 1234 5678", "Whose number"),
        ("n/a, +49 89 1234 5678", "Whose number"),
        ("tbd: +49 89 1234 5678", "Whose number"),
        ("Anna Arnold, +49 123 45", "“\\+49 123 45” is not a telephone number"),
        ("Anna Arnold, +999 1234 5678", "not a telephone number that can be dialled"),
        ("Ben Brandt,  –5679, +49 89 1234", "“5679” in .* is neither part of a name"),
        ("Ben 2 Brandt, +49 89 1234 5679", "“2” in .* is neither part of a name"),
        ("Anna Arnold, +49 89 1234 5678\nBen Brandt", "“Ben Brandt” has no telephone number"),
        ("A" * 600 + " +49 89 1234 5678", "too long"),
    ],
)
def test_person_without_a_name_or_a_number_that_exists_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        people(typed, "DE")


def test_national_number_without_a_region_asks_for_its_country_code() -> None:
    with pytest.raises(ValueError, match="country code"):
        people("Anna Arnold, 089 1234 5678", None)


def test_two_spellings_of_a_number_have_one_key() -> None:
    assert telephone_numbers("089 5555 1234", "DE") == telephone_numbers("+49 89 55551234", "DE") == ("+498955551234",)
    assert telephone_numbers("089 5555 1234 or 089 1234–5678 ext. 5", "DE") == ("+498955551234", "+498912345678;5")


def test_number_that_cannot_exist_is_none() -> None:
    assert international("+49 89 1234–5679", None) == "+49 89 12345679"
    assert international("27.08.2019", "DE") is None
    assert international("nothing", "DE") is None


@anything(st.one_of(ODD, st.text("Anna +49(0)8123-–/.,;: ext\n")))
def test_no_digit_is_ever_left_in_a_name(text: str) -> None:
    try:
        found = people(text, "DE")
    except ValueError as error:
        assert str(error).endswith((".", "…"))  # noqa: PT017 (either way is right)
    else:
        assert not any(each.isdigit() for person in found for each in person.name)
        lines = "\n".join(person.line for person in found)
        assert contact_lines(lines, "DE") == lines


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "+49 89 12345678 ",
        "(1",
        "Anna, +49 89 12345678\n",
        "ext. 1",
        "<tel:a|",
        "- ",
        "1/",
        "1 / ",
        "9-",
        "~1",
    ],
)
def test_finding_numbers_is_linear(unit: str) -> None:
    assert growth(lambda text: telephone_numbers(text, "DE"), unit, 4000) < 3
