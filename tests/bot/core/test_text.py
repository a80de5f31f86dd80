"""Whatever a person types is kept, except what breaks databases, encoders and headers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.text import clean, one_line

ANY = st.text(st.characters(codec=None))


@given(ANY)
def test_cleaned_text_can_be_encoded_and_has_one_kind_of_line_end(text: str) -> None:
    kept = clean(text)
    json.loads(json.dumps(kept)).encode()
    assert "\x00" not in kept
    assert "\r" not in kept
    assert clean(kept) == kept


@pytest.mark.parametrize(
    "text", ["<!channel>", "*bold* _x_ ~y~", "<b>&amp;", "👩‍👩‍👧", "שלום", "a\n\nb", "{0} {x} %s", "a\tb"]
)
def test_markup_emoji_and_other_scripts_are_kept_as_typed(text: str) -> None:
    assert clean(text) == text


@given(ANY, st.integers(2, 80))
def test_one_line_is_one_line_of_at_most_that_length(text: str, limit: int) -> None:
    flat = one_line(text, limit)
    assert len(flat) <= limit
    assert flat.splitlines() in ([], [flat])
    assert flat == flat.strip()


def test_a_header_cannot_be_injected() -> None:
    assert one_line("Subject\r\nBcc: everybody@example.com\n\nhello") == "Subject Bcc: everybody@example.com hello"


def test_direction_tricks_are_taken_out_of_a_line() -> None:
    assert one_line("invoice\u202egpj.exe\u2066") == "invoice gpj.exe"


def test_what_is_cut_ends_with_an_ellipsis() -> None:
    assert one_line("a long line of words", 10) == "a long li…"
