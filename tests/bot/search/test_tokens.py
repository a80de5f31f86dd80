"""Forms, spellings and ids that count as the same word, in both languages."""

from __future__ import annotations

import re
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.characters import plain
from bot.search import tokens as words
from bot.search.synonyms import GROUPS


def same(one: str, other: str) -> bool:
    return bool(set(words.indexed(one)) & set(words.indexed(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anhänge", "Anhang"),
        ("anhaenge", "Anhänge"),
        ("anhange", "Anhänge"),
        ("Zustellungen", "zustellung"),
        ("rejected", "rejects"),
        ("deliveries", "delivery"),
        ("E-Mail", "email"),
        ("Straße", "STRASSE"),
        ("RCR 88123", "rcr-88123"),
        ("RCR#88123", "RCR-88123"),
        ("smtp-de1.example.com", "DE1"),
    ],
)
def test_two_spellings_or_forms_are_one_word(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(("one", "other"), [("550 5.7.1", "550 5.7.0 rejected"), ("RCR-88123", "RCR-88124")])
def test_ids_that_differ_are_others(one: str, other: str) -> None:
    whole = {token for token in words.indexed(one) if "." in token or token.startswith("rcr8")}
    assert whole
    assert not whole & set(words.indexed(other))


def test_words_that_say_nothing_are_left_out() -> None:
    assert words.indexed("Die Mails werden von der Firma nicht and the rest is not") == words.indexed(
        "Mails Firma rest"
    )


def test_log_is_read_up_to_a_number_of_words() -> None:
    assert len(words.indexed(" ".join(f"x{number}" for number in range(10_000)))) <= 500


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("conector", ["connector", "collector", "fax"], "connector"),
        ("zertifkat", ["zertifikat"], "zertifikat"),
        ("anhnaege", ["anhaenge"], "anhaenge"),
        ("mailversand", ["versand", "mail"], "versand"),
        ("stoerungsmeldung", ["stoerung", "meldung"], "meldung"),
        ("versand", ["faxversand"], "faxversand"),
    ],
)
def test_misspelt_word_finds_words_of_the_vocabulary(typed: str, known: list[str], meant: str) -> None:
    found = words.meant(typed, known, is_last=False)
    assert meant in found
    assert found[meant] < found[typed] == 1


def test_word_that_is_known_is_not_taken_for_its_neighbour() -> None:
    assert "regen" not in words.meant("regel", ["regel", "regen"], is_last=False)


def test_word_that_is_being_typed_may_end_otherwise() -> None:
    assert words.meant("zerti", ["zertifikat"], is_last=True)["zertifikat"] > 0
    assert "zertifikat" not in words.meant("zer", ["zertifikat"], is_last=False)


def test_both_languages_say_the_same() -> None:
    tokens = words.forms("abgelehnt")
    assert set(words.same(tokens)) & set(words.forms("rejected"))
    assert words.same(words.forms("zebra")) == []


def test_no_word_stands_in_two_meanings() -> None:
    """Otherwise synonyms of one meaning would be found for the other."""
    all_words = [word for group in GROUPS for word in group]
    assert {word for word in all_words if all_words.count(word) > 1} == set()


@given(st.text())
@example("𝐴")
@example("\ufc5e")
def test_any_text_can_be_read_and_its_tokens_are_parted_by_spaces(text: str) -> None:
    for token in words.indexed(text):
        assert token
        assert token.split() == [token]
        assert all(not sign.isascii() or re.match(r"[a-z0-9.\-:/@_#+=]", sign) for sign in token)
    assert all(term.start < term.end <= len(text) for term in words.terms(text))


@pytest.mark.parametrize(
    ("word", "token"),
    [("Yıldız", "yildiz"), ("Łukasz", "lukasz"), ("Sørensen", "sorensen"), ("Đorđe", "dorde"), ("Æro", "aero")],
)
def test_letters_without_a_decomposition_are_found_as_they_are_typed_without_accents(word: str, token: str) -> None:
    assert token in words.indexed(plain(word))


def test_words_that_are_remembered_take_a_bounded_memory() -> None:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for number in range(50_000):
            words.indexed("x" + "".join(chr(ord("a") + int(digit)) for digit in str(number)))
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 24_000_000
