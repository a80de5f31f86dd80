"""The shapes keep typed text within Slack's limits and escaped."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from blocks.kit import CHUNK, chunks, escape, plain


@given(st.text(max_size=9000))
def test_pieces_of_a_text_are_short_enough_and_lose_only_the_line_ends_between_them(text: str) -> None:
    pieces = chunks(text)
    assert all(len(piece) <= CHUNK for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


def test_text_is_broken_at_a_line_end_where_there_is_one() -> None:
    assert chunks("aaa\nbbb\nccc", 8) == ["aaa\nbbb", "ccc"]
    assert chunks("aaabbbccc", 4) == ["aaab", "bbcc", "c"]


@given(st.text())
def test_escaped_text_mentions_no_one_and_reads_the_same(text: str) -> None:
    escaped = escape(text)
    assert not {"<", ">"} & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(st.text(), st.integers(2, 200))
def test_plain_text_is_never_empty_and_never_too_long(text: str, limit: int) -> None:
    assert 0 < len(str(plain(text, limit)["text"])) <= limit
