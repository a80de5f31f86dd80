"""Unguessable Message-IDs, and ticket numbers in a subject."""

from __future__ import annotations

import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.settings import Retarus
from bot.conversation.message_ids import message_id, new_secret
from bot.conversation.references import our_references, rcr_numbers

KEY = "PD-42:5:letter_mail:support@retarus.example"
RCR = Retarus().rcr_pattern


def test_message_id_is_the_same_for_a_repeat_and_another_for_another_secret_or_key() -> None:
    secret, other = new_secret(), new_secret()
    found = message_id(secret, KEY, "partner.example")
    assert found == message_id(secret, KEY, "partner.example")
    assert (
        len({found, message_id(other, KEY, "partner.example"), message_id(secret, KEY + "x", "partner.example")}) == 3
    )
    assert re.fullmatch(r"<[0-9a-f]{40}@partner\.example>", found)


def test_message_id_cannot_be_computed_from_what_a_stranger_knows() -> None:
    guesses = {sha256(guess.encode()).hexdigest()[:40] for guess in (KEY, "", "partner.example")}
    assert message_id(new_secret(), KEY, "partner.example")[1:41] not in guesses
    with pytest.raises(ValueError, match="guessed"):
        message_id("", KEY, "partner.example")


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: [PD-42] Faxe", ("PD-42",)),
        ("pd-42: Faxe", ("PD-42",)),
        ("PD-0042", ("PD-42",)),
        ("PD-42, PD-43 und PD-42", ("PD-42", "PD-43")),
        ("(PD-42)", ("PD-42",)),
        ("APD-42", ()),
        ("X-PD-42", ()),
        ("PD-42a", ()),
        ("PD-42-1", ()),
        ("PD 42", ()),
        ("PD-", ()),
        ("Re: PD\u221242, ＰＤ－４３", ("PD-42", "PD-43")),
        ("Re: PD\u201142 and PD\u201343", ("PD-42", "PD-43")),
    ],
)
def test_our_references_are_found_as_whole_words(subject: str, found: tuple[str, ...]) -> None:
    assert our_references(subject, "PD") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[RCR-88123] Faxe", ("RCR-88123",)),
        ("rcr 88123", ("RCR-88123",)),
        ("RCR#88123, RCR: 88124", ("RCR-88123", "RCR-88124")),
        ("RCR\u201188123 and RCR\u201388124", ("RCR-88123", "RCR-88124")),
        ("ＲＣＲ－８８１２３, RCR-\u200b88124", ("RCR-88123", "RCR-88124")),
        ("Ihre RCR-Nr. 88123 / RCR number: 88124", ("RCR-88123", "RCR-88124")),
        ("rcr #: 88123", ("RCR-88123",)),
        ("RCR-1", ()),
        ("XRCR-88123", ()),
        ("no number", ()),
    ],
)
def test_rcr_numbers_are_normalised(text: str, found: tuple[str, ...]) -> None:
    assert rcr_numbers(text, RCR) == found


@given(st.text(max_size=300))
def test_any_text_is_looked_through(text: str) -> None:
    assert all(each in text.upper() or re.search(r"0", text) for each in our_references(text, "PD"))
    assert all(re.fullmatch(r"RCR-\d+", each) for each in rcr_numbers(text, r"RCR[-#:]*[0-9]+"))
