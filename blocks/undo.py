"""The button `Undo`, and the line of a step that was undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from blocks import kit
from blocks.kit import Json, Message
from blocks.transitions import NAMES as MOVES
from bot.core.i18n import mark, t
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import UNDONE

UNDO = "undo.step"
"""Undoes a step; the value is `<ticket id>|<version>`."""
UNDO_CHECK = "undo.check"
"""The same in the list of checks, which is drawn again."""

NAMES: Mapping[str, str] = {
    **{step.value: name for step, name in MOVES.items()},
    Move.HAND_ON.value: mark("Reassign"),
    Step.FILL_IN.value: mark("Check"),
    Step.RCR.value: mark("RCR number"),
    Step.SNOOZE.value: mark("Snooze"),
    Step.PACE.value: mark("Cadence"),
    Step.JOIN.value: mark("Join"),
    Step.EXPECT.value: mark("What Retarus said"),
    Step.FOUND.value: mark("What Retarus found"),
}
"""Labels of the steps that can be undone."""


def button(ticket: Ticket, action: str = UNDO, about: str = "") -> Json:
    """Undoes the ticket's newest step."""
    return kit.button(t("Undo"), action, f"{ticket.id}|{ticket.version}", about=about)


def read(value: str) -> tuple[str, int]:
    """Ticket id and version of a button."""
    ticket_id, _, version = value.partition("|")
    return ticket_id, int(version or 0)


def words(event: Event, name: str) -> str:
    """Sentence that names the person and the step they undid."""
    return t("{name} undid “{step}”", name=name, step=t(NAMES[event.detail[UNDONE]]))


def direct_words(event: Event, name: str, *, is_owner: bool) -> str:
    """Direct message to the author of the step, and to people whose duty begins or ends again."""
    return f"{words(event, name)}. {t('It is yours again.')}" if is_owner else words(event, name)


def line(event: Event, name: str) -> list[Json]:
    """The line in the thread."""
    return kit.filled(t("{name} undid “{step}”"), name=kit.bold(name), step=t(NAMES[event.detail[UNDONE]]))


def offered(message: Message, ticket: Ticket) -> Message:
    """The line with the button, beside those it has."""
    *others, last = message.blocks
    undo = button(ticket)
    if last["type"] == "actions":
        elements = [*cast("list[Json]", last["elements"]), undo]
        return replace(message, blocks=[*others, {**last, "elements": elements}])
    return replace(message, blocks=[*message.blocks, kit.actions("story", [undo])])


def struck(message: Message) -> Message:
    """The line of a step that was undone, struck through."""
    first, *rest = message.blocks
    sections = [_struck(each) for each in cast("list[Json]", first["elements"])]
    return replace(message, blocks=[{**first, "elements": sections}, *rest])


def _struck(section: Json) -> Json:
    elements = [
        {**each, "style": {**cast("Json", each.get("style", {})), "strike": True}} if each["type"] == "text" else each
        for each in cast("list[Json]", section["elements"])
    ]
    return {**section, "elements": elements}
