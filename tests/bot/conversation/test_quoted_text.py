"""New words of a mail: quotations of many mail programs go, and no word of the writer is ever lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.quoted_text import new_words
from tests.bot.conversation.replies import CUT, OURS, OUTLOOK_DE, QUOTED, REPLIES, SUBJECT, WHOLE, Reply


def words(text: str) -> list[str]:
    return text.split()


@pytest.mark.parametrize("reply", CUT, ids=lambda reply: reply.name)
def test_quotation_is_cut_off(reply: Reply) -> None:
    assert words(new_words(reply.text, reply.subject).new) == words(reply.new)


@pytest.mark.parametrize("reply", WHOLE, ids=lambda reply: reply.name)
def test_text_that_may_hold_new_words_stays_whole(reply: Reply) -> None:
    assert words(new_words(reply.text, reply.subject).new) == words(reply.text)


@pytest.mark.parametrize("reply", CUT, ids=lambda reply: reply.name)
def test_line_ends_and_spaces_change_nothing(reply: Reply) -> None:
    for text in (reply.text.replace("\n", "\r\n"), reply.text.replace("\n", " \n"), "\n\n" + reply.text + "\n\n\n"):
        assert words(new_words(text, reply.subject).new) == words(reply.new)


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: reply.name)
def test_new_and_quoted_words_are_together_the_whole_text(reply: Reply) -> None:
    found = new_words(reply.text, reply.subject)
    assert words(found.new) + words(found.quoted) == words(reply.text)


def test_helpdesk_marker_is_no_word() -> None:
    text = "##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##\n\nGuten Tag,\n\nbitte testen Sie."
    assert words(new_words(text).new) == words("Guten Tag,\n\nbitte testen Sie.")


def test_unmarked_answer_between_the_lines_of_our_letter_is_found() -> None:
    inside = OUTLOOK_DE.replace("seit 08:00 Uhr.", "seit 08:00 Uhr.\n\nDas haben wir geprüft: der Spool war voll.")
    text = f"Hallo,\n\n{inside}"
    assert not new_words(text, SUBJECT).is_whole
    assert new_words(text, SUBJECT, known=OURS).is_whole


def test_known_text_is_recognised_however_its_lines_break() -> None:
    broken = OUTLOOK_DE.replace("den Versand seit", "den\nVersand seit").replace("Guten Tag,", "Guten Tag, ")
    text = f"Erledigt.\n\n{broken}\n\nFußzeile eines Mailservers"
    assert new_words(text, SUBJECT, known=OURS).new == "Erledigt."


LINE = st.sampled_from(["Ja.", "", "> alt", "-----", "Am 3.12. ging es.", "Von: x", "Gesendet: heute", "a:", ">> alt"])


@given(st.lists(LINE, max_size=12), st.sampled_from([OUTLOOK_DE, QUOTED, OURS, ""]), st.lists(LINE, max_size=6))
def test_no_line_without_mark_is_lost_around_quoted_lines(above: list[str], middle: str, below: list[str]) -> None:
    text = "\n".join((*above, middle, *below))
    found = new_words(text, SUBJECT)
    assert words(found.new) + words(found.quoted) == words(text)
    if middle != OUTLOOK_DE:
        lost = [line for line in found.quoted.split("\n") if line.strip(" -") and not line.startswith(">")]
        assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 60_000,
        "On " * 9000,
        "Am 1. schrieb " * 9000,
        "Am 3.12.2026 10:10\n" * 10_000,
        "Von: a\nGesendet: 3.12.2026\n" * 8000,
        "> " * 60_000,
        "-----\n" * 30_000,
        "*" * 200_000,
        "On 3 Dec 2026 10:10 <a@b.example> " * 5000,
        "a@" * 90_000,
        "[" * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    began = time.process_time()
    new_words(text, text[:5000])
    assert time.process_time() - began < 1.5
