"""Messages that only acknowledge another one are told from those that say something."""

from __future__ import annotations

import pytest

from bot.core.acknowledgements import is_acknowledgement


@pytest.mark.parametrize(
    "words",
    [
        "ok",
        "+1",
        ":eyes:",
        "👍 danke dir!",
        "thx",
        "on it",
        "Bin dran",
        "<@U0ANNA> yes, will do",
        "Guten Morgen",
        "…",
        "",
    ],
)
def test_acknowledgement_has_no_word_of_its_own(words: str) -> None:
    assert is_acknowledgement(words)


@pytest.mark.parametrize(
    "words",
    [
        "ok, restart tried",
        "danke, DE2 geht",
        "done",
        "550",
        "erledigt",
        "nein",
        "ja, seit 11:00",
        "it is on DE1",
        "ok " * 60,
    ],
)
def test_message_that_says_something_is_none(words: str) -> None:
    assert not is_acknowledgement(words)
