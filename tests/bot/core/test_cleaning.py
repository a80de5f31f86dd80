"""Text is cleaned of characters that break, hide or disguise; labels are shortened in the middle."""

from __future__ import annotations

import pytest
from hypothesis import example
from hypothesis import given as anything
from hypothesis import strategies as st

from bot.core.characters import plain
from bot.core.cleaning import clean_line, clean_text, decode_slack_entities, excerpt, fitting, shorten_middle
from tests.linear import growth

ODD = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from(
            "\u200d\u200c\ufe0f\ufe0e\u0301\u0316\u2010\u0f73\uff9e\u0345İß\u1160\u3164❤👩1\u20e3\u2800\r\n\t\x1f\x85"
        ),
    )
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("a\x00b", "ab"),
        ("a\x07b\x1bc\x7f", "abc"),
        ("a\ud800b", "ab"),
        ("\ud83d\ude00", "😀"),
        ("gpj.\u202etxt", "gpj.txt"),
        ("\u2066left\u2069", "left"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("\u3164\uffa0", ""),
        ("\u2800", ""),
        ("one\r\ntwo\rthree\u2028four\u2029five\x85six\vseven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("  a\tb  ", "a\tb"),
        ("Mu\u0308ller", "Müller"),
        ("x\ufffe\ufdd0y", "xy"),
        ("&amp;", "&amp;"),
    ],
)
def test_clean_text_drops_what_breaks_hides_or_disguises(typed: str, expected: str) -> None:
    assert clean_text(typed) == expected


@pytest.mark.parametrize("text", ["👩\u200d💻", "❤\ufe0f", "1\ufe0f\u20e3", "می\u200cخواهم", "Straße – „so“", "日本"])
def test_clean_text_keeps_joiners_where_emoji_and_scripts_need_them(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize("text", ["a\u200db", "a\ufe0fb", "1\u200d2", "👩\u200d"])
def test_clean_text_drops_joiners_that_join_nothing(text: str) -> None:
    assert not set(clean_text(text)) & set("\u200d\ufe0f")


def test_clean_text_cuts_long_rows_of_combining_marks() -> None:
    assert len(clean_text("a" + "\u0316\u0317" * 5000)) <= 31


@anything(ODD)
@example("a\ufe0f\u200d👩")
def test_clean_text_and_clean_line_are_idempotent_and_can_be_encoded(text: str) -> None:
    cleaned, line = clean_text(text), clean_line(text)
    assert clean_text(cleaned) == cleaned == cleaned.strip()
    assert clean_line(line) == line
    assert not set("\r\n\t\x00\u202e\u200b") & set(line)
    cleaned.encode()


@anything(ODD)
def test_plain_is_idempotent(text: str) -> None:
    assert plain(plain(text)) == plain(text)


def test_plain_gives_each_character_one_spelling() -> None:
    assert plain("ＲＣＲ‐１−２–٣‘x’\u200b") == "RCR-1-2-3'x'"


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &amp; b", "a & b"),
        ("&amp;lt;", "&lt;"),
        ("&lt;b&gt;", "<b>"),
        ("&auml; &#65; &nbsp;", "&auml; &#65; &nbsp;"),
    ],
)
def test_slack_entities_are_decoded_once_and_no_others(sent: str, typed: str) -> None:
    assert decode_slack_entities(sent) == typed


@pytest.mark.parametrize(
    ("text", "limit", "label"),
    [
        ("short", 10, "short"),
        ("Nordsee Reederei Hamburg GmbH", 20, "Nordsee Re…burg GmbH"),
        ("Nordsee Reederei Bremen GmbH", 20, "Nordsee Re…emen GmbH"),
        ("a-very-long-name-of-a-picture.screenshot", 20, "a-very-l….screenshot"),
        ("report of the month.pdf", 8, "rep….pdf"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
        ("abc", 2, "a…"),
        ("two\nlines", 20, "two lines"),
    ],
)
def test_shorten_middle_keeps_both_ends_and_a_files_ending(text: str, limit: int, label: str) -> None:
    assert shorten_middle(text, limit) == label


@anything(ODD, st.integers(0, 40))
def test_shorten_middle_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert len(shorten_middle(text, limit)) <= limit or shorten_middle(text, limit) == clean_line(text)
    assert len(shorten_middle(text, limit)) <= max(limit, 0)


def test_shorten_middle_does_not_part_a_letter_from_its_marks() -> None:
    label = shorten_middle("x\u0323\u0301" * 20, 9)
    assert all(not each.startswith(("\u0323", "\u0301")) for each in label.split("…"))


@pytest.mark.parametrize(
    "unit", ["\u0301\u0316", "\u0f73", "\uff9e\u0316", "\u200b", "a\u200d", "\ud83d", "\n ", "&amp;", "👩\u200d"]
)
@pytest.mark.parametrize(
    "function", [clean_text, clean_line, plain, decode_slack_entities, lambda text: shorten_middle(text, 60)]
)
def test_cleaning_is_linear(function: object, unit: str) -> None:
    assert growth(function, unit) < 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["<!channel>", "*bold* _x_ ~y~", "<b>&amp;", "שלום", "a\n\nb", "{0} {x} %s", "„so“ – 5 €"]
)
def test_clean_text_keeps_markup_and_other_scripts_as_typed(text: str) -> None:
    assert clean_text(text) == text


def test_clean_line_leaves_no_way_to_inject_a_header() -> None:
    assert clean_line("Subject\r\nBcc: all@example.com\n\nhello") == "Subject Bcc: all@example.com hello"


@anything(ODD, st.integers(2, 80))
def test_excerpt_is_one_line_of_at_most_that_length(text: str, limit: int) -> None:
    cut = excerpt(text, limit)
    assert len(cut) <= limit
    assert cut.splitlines() in ([], [cut])


def test_excerpt_ends_with_an_ellipsis_where_it_is_cut() -> None:
    assert excerpt("a long line of words", 10) == "a long li…"
    assert excerpt("short", 10) == "short"


def test_fitting_keeps_whole_texts_in_their_order() -> None:
    assert fitting(("one", "", "two", "three", "4"), 9) == "one\ntwo\n4"
    assert fitting((), 9) == ""
    assert fitting(("a long text", "b"), 5) == "a lo…"
