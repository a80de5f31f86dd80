"""Pages of a list in the App Home: which entries are shown, and the buttons to the others."""

from __future__ import annotations

from blocks import kit
from blocks.kit import Json
from bot.core.i18n import t
from bot.home import Screen, Tab

TURN = "home.turn."
"""Prefix of the buttons; the value is a packed screen."""
TURNS = ("before", "after")


def beginning(first: int, total: int, size: int) -> int:
    """The number of entries before the page; the last page where the list has become shorter."""
    return first if first < total else max(0, (total - 1) // size * size)


def pages(tab: Tab, first: int, shown: int, total: int, size: int) -> list[Json]:
    """The line and the buttons below a page; nothing where the list has one page."""
    last = first + shown
    if not first and last >= total:
        return []
    before, after = Screen(tab, first=max(0, first - size)).pack(), Screen(tab, first=last).pack()
    buttons = [kit.button(t("Previous page"), f"{TURN}before", before)] if first else []
    buttons += [kit.button(t("Next page"), f"{TURN}after", after)] if last < total else []
    where = t("{first} to {last} of {total}", first=first + 1, last=last, total=total)
    return [kit.note(where), kit.actions("home.turns", buttons)]
