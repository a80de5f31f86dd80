"""Buttons outside the card: below Retarus's answers, on lines of the thread, and in the App Home."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress

from blocks import conversation, home, letter
from bot.home import Tab
from bot.model.ticket import Ticket
from bot.model.transitions import Move, Step
from localslack import PersonDriver, Refusal
from tests.handlers.world import Json
from tests.soak.steps import SoakStep

_BELOW_AN_ENTRY: dict[SoakStep, str] = {
    Move.RETARUS_UPDATE: conversation.RECORD + conversation.UPDATE,
    Move.RETARUS_ANSWERED: conversation.RECORD + conversation.REPLY,
    Step.EXPECT: conversation.RECORD + conversation.QUESTION,
    Step.TELL: conversation.ANSWER,
}


def below_an_entry(step: SoakStep) -> str:
    """The button below an answer of Retarus that opens the form of this step; empty where there is none."""
    return _BELOW_AN_ENTRY.get(step, "")


def menu_entry(message: Json, action: str) -> str:
    """The button's action, or the menu entry's label whose value begins with it."""
    for element in _elements(message):
        for option in element.get("options", []):
            if option["value"].partition("|")[0] == action:
                return str(option["text"]["text"])
    return action


async def newest_with(person: PersonDriver, card: Json, action: str) -> Json | None:
    """The newest message below a card with this button; None when there is none."""
    for message in reversed((await person.thread(card))[1:]):
        if any(element.get("action_id") == action for element in _elements(message)):
            return message
    return None


def value_of(message: Json, action: str) -> str:
    """The value of a button."""
    return next(str(element["value"]) for element in _elements(message) if element.get("action_id") == action)


def _elements(message: Json) -> list[Json]:
    blocks = message.get("blocks", [])
    return [each for block in blocks for each in (*block.get("elements", []), block.get("accessory", {}))]


async def try_again(person: PersonDriver, card: Json) -> bool:
    """Tries the newest letter of a thread again that was not delivered; false where nothing can be tried again."""
    line = await newest_with(person, card, letter.AGAIN)
    if line is None:
        return False
    await person.click(line, letter.AGAIN)
    modals = await person.modals()
    if modals and modals[-1].view["callback_id"] == letter.SEND:
        await person.submit(modals[-1])
    return True


async def sort_mail(person: PersonDriver, dice: random.Random, tickets: Sequence[Ticket]) -> bool:
    """Assigns the newest unassigned mail to a ticket, or dismisses it, in the App Home; false where there is none."""
    with suppress(TimeoutError):
        await person.click(await person.home("Partner Desk"), home.TAB + Tab.MAIL)
        shown = await person.home("Partner Desk", "Dismiss")
        if dice.random() < _DISMISSED or not tickets:
            await person.click(shown, conversation.DISMISS)
            return True
        await person.click(shown, conversation.ASSIGN)
        form = await person.modal("Assign a mail")
        with suppress(Refusal):
            await person.submit(form, {conversation.TICKET: f"PD-{dice.choice(tickets).number}"})
        return True
    return False


_DISMISSED = 0.3
"""Probability that an unassigned mail is dismissed."""
