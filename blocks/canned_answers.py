"""Menu of canned answers in a form; the chosen one is put into the field, where it can be edited."""

from __future__ import annotations

from blocks import kit
from blocks.form import filled_again
from blocks.kit import Json
from bot.config.canned_answers import AnswerPlace
from bot.config.settings import Config
from bot.core.i18n import t

CHOOSE = "canned_answers.choose"
"""Puts the chosen answer into the field; the value is its number in desk.toml."""


def menu(place: AnswerPlace, config: Config) -> list[Json]:
    """The answers for this place; nothing where desk.toml has none."""
    options = [kit.option(each.name, str(number)) for number, each in enumerate(config.answers) if place in each.where]
    if not options:
        return []
    placeholder = kit.plain(t("Insert a canned answer"))
    select: Json = {"type": "static_select", "action_id": CHOOSE, "placeholder": placeholder, "options": options}
    return [kit.actions("canned_answers", [select])]


def filled(view: Json, key: str, mark: str) -> Json:
    """The view with a new input for this block, as Slack keeps what was typed in the old one."""
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return {**view, "blocks": [filled_again(each, mark) if each.get("block_id") == key else each for each in blocks]}
