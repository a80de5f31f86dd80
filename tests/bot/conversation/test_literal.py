"""Foreign text in Slack: nothing of it works as markup, and nothing invisible is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.literal import literal, literal_mrkdwn


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb", "a\tb"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a\u200bb\u2066c\ufeff\0", "abc"),
        ("Zeile\u2028Zeile", "Zeile\nZeile"),
        ("Grüße 🎉 <b>", "Grüße 🎉 <b>"),
    ],
)
def test_literal_drops_only_what_cannot_be_seen(text: str, safe: str) -> None:
    assert literal(text) == safe


@given(st.text(alphabet=st.sampled_from("<>!@#&*_~`|:ac \n"), max_size=60))
def test_mrkdwn_of_foreign_text_holds_no_markup_and_shows_the_same(text: str) -> None:
    safe = literal_mrkdwn(text)
    assert "<" not in safe
    assert ">" not in safe
    for mark in "*_~`:@#|":
        assert safe.count(mark) == safe.count(f"\u2060{mark}\u2060")
    shown = safe.replace("\u2060", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == text
