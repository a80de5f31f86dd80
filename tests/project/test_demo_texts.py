"""The demo's own settings are translated like the program's texts."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot.core.i18n import Language, speaking, t
from demo.desk_texts import TEXTS

SETTINGS = tomllib.loads((Path(__file__).parents[2] / "demo" / "desk.toml").read_text("utf-8"))


def test_own_texts_of_the_settings_are_marked() -> None:
    definitions = [each["definition"] for each in SETTINGS["priorities"]]
    fields = [text for each in SETTINGS["fields"] for text in (each["label"], each.get("hint", ""))]
    assert set(TEXTS) == {text for text in (*definitions, *fields) if text}


@pytest.mark.parametrize("text", TEXTS)
def test_own_text_is_translated(text: str) -> None:
    with speaking(Language.GERMAN):
        assert t(text) != text
