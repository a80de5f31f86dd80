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


def beside(view: Json, key: str, offers: Sequence[Offer]) -> Json:
    """The form with messages below its field of this key; unchanged where it does not ask for it."""
    shown = blocks_of(view)
    at = next((number for number, block in enumerate(shown, 1) if block.get("block_id") == key), 0)
    room = _MOST_BLOCKS - len(shown) - 1
    if not at or not offers or room <= 0:
        return view
    words = kit.note(t("From the thread, newest first. Nothing is taken in by itself:"))
    return {**view, "blocks": [*shown[:at], words, *map(_row, offers[:room]), *shown[at:]]}


def blocks_of(view: Json) -> list[Json]:
    """The blocks of a view."""
    return cast("list[Json]", view["blocks"])


def _row(offer: Offer) -> Json:
    time = f"<!date^{int(offer.at.timestamp())}^{{date_short_pretty}} {{time}}^{offer.at:%Y-%m-%d %H:%M} UTC>"
    words = f"*{kit.escape(offer.author)}*, {time}: {kit.escape(excerpt(offer.text, _TEXT))}"
    button = kit.button(t("Take in"), TAKE_IN, offer.ts, about=offer.text)
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, "accessory": button}
