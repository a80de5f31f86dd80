"""Messages of a ticket's thread, offered beside the field of a form that they may answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, cast

from blocks import kit
from blocks.kit import Json
from bot.core.cleaning import excerpt
from bot.core.i18n import t

TAKE_IN = "thread_offer.take_in"
_TEXT = 150
"""Characters of a message that are shown; all of it is taken in."""
_MOST_BLOCKS = 100
"""Blocks Slack allows a view."""


class Offer(Protocol):
    """A message that is offered."""

    @property
    def ts(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def text(self) -> str: ...


def with_messages(view: Json, key: str, offers: Sequence[Offer]) -> Json:
    """The form with messages below its field of this key; unchanged where it does not ask for it."""
    shown = blocks_of(view)
    at = next((number for number, block in enumerate(shown, 1) if block.get("block_id") == key), 0)
    rows = [block for number, offer in enumerate(offers) for block in _row(number, offer, key)]
    rows = rows[: max(0, _MOST_BLOCKS - len(shown) - 1) // 2 * 2]
    if not at or not rows:
        return view
    words = kit.note(t("From the thread, newest first. Nothing is added automatically:"))
    return {**view, "blocks": [*shown[:at], words, *rows, *shown[at:]]}


def blocks_of(view: Json) -> list[Json]:
    """The blocks of a view."""
    return cast("list[Json]", view["blocks"])


def _row(number: int, offer: Offer, key: str) -> tuple[Json, Json]:
    text = kit.text(f": {excerpt(offer.text, _TEXT)}")
    words = kit.line(kit.bold(offer.author), kit.text(", "), kit.moment(offer.at), text)
    button = kit.button(t("Insert"), TAKE_IN, f"{offer.ts}|{key}", about=offer.text)
    return kit.rich(words), kit.actions(f"{TAKE_IN}.{key}.{number}", [button])
