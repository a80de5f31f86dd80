"""Spellings of one company name have the same key, and other companies have another."""

from __future__ import annotations

import pytest

from bot.register.spelling import first_words, spelling_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "Mueller GmbH"),
        ("Müller GmbH", "MUELLER  gmbh."),
        ("Adler & Söhne KG", "Adler und Soehne KG"),
        ("Weiß GmbH & Co. KG", "Weiss GmbH&Co.KG"),
        ("Nord-Ost Logistik e. K.", "Nord Ost Logistik e.K."),
        ("Café André", "Cafe Andre"),
        ("Bauer + Sohn OHG", "Bauer & Sohn OHG"),
    ],
)
def test_spellings_of_one_name_share_their_key(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller GmbH", "Müller AG"), ("Müller GmbH", "Muller GmbH"), ("Uhl GmbH", "Und GmbH")]
)
def test_other_companies_have_other_keys(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_first_word_is_looked_up_with_and_without_umlauts() -> None:
    assert {"müller", "mueller"} <= set(first_words("Mueller GmbH")) & set(first_words("Müller GmbH"))
    assert first_words("–") == ()
