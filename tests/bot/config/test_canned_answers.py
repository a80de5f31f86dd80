"""Canned answers of desk.toml: each has a name of its own and a text, in the reader's language where there is one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.config.canned_answers import AnswerPlace
from bot.core.errors import Misconfigured
from bot.core.i18n import Language
from tests.factories import a_config

LOG = {"name": "Ask for the log", "texts": {"en": "Please send us the log.", "de": " Bitte senden Sie das Log. "}}


def test_answer_is_offered_everywhere_and_in_the_readers_language() -> None:
    (answer,) = a_config(answers=[LOG]).answers
    assert answer.where == tuple(AnswerPlace)
    assert [answer.text(each) for each in Language] == ["Please send us the log.", "Bitte senden Sie das Log."]


def test_answer_without_the_language_is_given_in_the_one_it_has() -> None:
    (answer,) = a_config(answers=[{"name": "Log", "texts": {"de": "Das Log"}}]).answers
    assert answer.text(Language.ENGLISH) == "Das Log"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([LOG, LOG], "no. 2: `name` “Ask for the log” is already used by no. 1"),
        ([{**LOG, "texts": {"en": " "}}], "the text in “en” is empty"),
        ([{**LOG, "texts": {}}], "texts"),
        ([{**LOG, "texts": {"fr": "Bonjour"}}], "texts"),
        ([{**LOG, "where": ["letter"]}], "where"),
        ([{**LOG, "wher": ["note"]}], "wher"),
    ],
)
def test_wrong_answer_is_refused_with_its_place(answers: list[dict[str, Any]], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        a_config(answers=answers)
