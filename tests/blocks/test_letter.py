"""The letter in Slack says the same words as the e-mail, in as many messages as it takes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks import kit, letter
from blocks.kit import Message
from bot.escalation.letter import as_text, copy_of, write
from bot.model.letter_text import LetterText
from localslack.blockkit import is_too_long, validate_blocks
from tests.blocks.surfaces import longest, parts
from tests.factories import a_config, a_contact, an_incident
from tests.golden import agrees

GOLDEN = Path(__file__).parent / "golden"
CHARACTERS = 11_000
"""Number of characters that Slack certainly accepts in one message."""


def written(ticket: object = None) -> LetterText:
    return write(ticket or an_incident(), a_contact(), a_config())  # type: ignore[arg-type]


def without_remark(pages: list[Message]) -> list[Message]:
    """The pages without the remark that the letter continues."""
    return [*(replace(page, blocks=page.blocks[:-1]) for page in pages[:-1]), pages[-1]]


def characters(message: Message) -> int:
    return sum(len(part["text"]) for part in parts(message.blocks) if isinstance(part.get("text"), str))


def words(pages: list[Message]) -> list[str]:
    return " ".join(
        part["text"] for page in pages for part in parts(page.blocks) if isinstance(part.get("text"), str)
    ).split()


def lines_of(text: LetterText) -> list[str]:
    return [
        *text.subject.split(),
        *(word for part in copy_of(text) for line in (part.heading, *part.lines) for word in line.split()),
    ]


def test_usual_letter_is_one_message() -> None:
    (page,) = letter.messages(written())
    assert words([page]) == lines_of(written())
    assert page.text.startswith("INCIDENT · our reference PD-1042")


def test_long_letter_is_several_messages_with_every_word_in_order() -> None:
    text = written(longest(text="word "))
    pages = letter.messages(text)
    assert len(pages) > 1
    assert all(page.blocks[-1] == kit.note("Continues below.") for page in pages[:-1])
    assert words(without_remark(pages)) == lines_of(text)
    assert [page.text for page in pages[1:]] == [f"{text.subject} ({number})" for number in range(2, len(pages) + 1)]


@pytest.mark.parametrize("text", ["word ", "x", "<&>", "👩‍👩‍👧", "line\n"])
def test_every_message_of_the_longest_letter_is_one_slack_takes(text: str) -> None:
    for page in letter.messages(written(longest(text=text))):
        assert validate_blocks(page.blocks, "message") == []
        assert not is_too_long(page.blocks)
        assert len(page.blocks) <= 50
        assert characters(page) <= CHARACTERS


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=3000), max_size=6))
def test_no_piece_of_any_text_is_lost_between_messages(texts: list[str]) -> None:
    keys = ("happens", "error", "steps", "done", "example.1.log", "contact")
    text = written(an_incident(also=dict(zip(keys, texts, strict=False))))
    assert "".join(words(without_remark(letter.messages(text)))) == "".join(lines_of(text))


def test_sent_letter_can_be_read_again_unchanged() -> None:
    text = as_text(written(longest()))
    view = letter.modal(text, "PD-1042")
    shown = "\n".join(part["text"] for part in parts(view["blocks"]) if part.get("type") == "text")
    assert "".join(shown.split()) == "".join(text.split())


def test_letter_in_slack_looks_as_approved() -> None:
    (page,) = letter.messages(written())
    agrees(json.dumps(page.blocks, indent=1, ensure_ascii=False) + "\n", GOLDEN / "letter.json")
