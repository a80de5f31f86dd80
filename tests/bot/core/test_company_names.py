"""Spellings of one company name have the same key, and other companies have another."""

from __future__ import annotations

import pytest

from bot.core.company_names import spelling_key, spellings

APART = [
    ("Müller", "Müller AG"),
    ("Gamma Ltd", "Gamma Inc"),
    ("Maier e.K.", "Maier e.V."),
    ("Maier KG", "Maier GmbH & Co. KG"),
    ("Müller B.A.G.", "Müller AG"),
    ("Unlimited Nord", "Unltd Nord"),
    ("Hans u. G. Maier", "Hans UG Maier"),
    ("–", "?"),
]
"""Names of different companies."""


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
        ("Café Rösti GmbH", "Cafe Roesti G.m.b.H."),
        ("Gamma Limited", "Gamma Ltd."),
        ("Gamma, Limited", "gamma ltd"),
        ("Foo Incorporated", "Foo, Inc."),
        ("Beta A.G.", "Beta AG"),
        ("Beta Aktiengesellschaft", "Beta A. G."),
        ("Hans Maier e.K.", "Hans Maier eK"),
        ("Hans  Maier e. K.", "Hans Maier EK"),
        ("Süd e.V.", "Süd eV"),
        ("Nord U.G. (haftungsbeschränkt)", "Nord UG haftungsbeschränkt"),
        ("Nord G.m.b.H. & Co. K.G.", "Nord GmbH und Co KG"),
        ("Sud S.à r.l.", "Sud SARL"),
    ],
)
def test_spellings_of_one_name_share_their_key(one: str, other: str) -> None:
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Müller GmbH", "Müller AG"), ("Müller GmbH", "Muller GmbH"), ("Uhl GmbH", "Und GmbH"), *APART]
)
def test_other_companies_have_other_keys(one: str, other: str) -> None:
    assert spelling_key(one) != spelling_key(other)


def test_name_may_stand_in_a_text_with_its_legal_form_in_each_spelling() -> None:
    assert spellings("Café Beta A.G.") == {
        ("cafe", "beta", "ag"), ("cafe", "beta", "a", "g"), ("cafe", "beta", "aktiengesellschaft"),
    }  # fmt: skip
    assert spellings("Ltd") == {("ltd",)}
    assert spellings("") == set()
