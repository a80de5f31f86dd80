"""Modals for the transitions of a ticket and for notes on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from blocks import canned_answers, kit
from blocks.form import ANSWER, inputs, text_input
from blocks.kit import Json
from blocks.reminders import promises
from bot.config.canned_answers import AnswerPlace
from bot.config.settings import Config
from bot.core.i18n import mark, t
from bot.forms.field import Field, Need
from bot.forms.field_table import fields_of
from bot.model.ticket import Level, Ticket
from bot.model.transitions import Move, Step, can

MOVE = "moving."
"""Prefix of one-click moves: `moving.take`."""
ASK = "moving.ask."
"""Prefix of buttons that ask for a word first: `moving.ask.send_back`. The modal's callback id is the same."""

WORD = "word"
"""The input all those modals have."""
CALLED, RETARUS = "called", "retarus"
"""Marks of a note on a telephone call, and of the other side of the call."""


@dataclass(frozen=True)
class Asking:
    """The modal that asks for a word; its words are marked, and said when it is shown."""

    title: str
    label: str
    hint: str
    submit: str
    detail: str
    """The event's key for the typed text."""
    more: Callable[[Field], bool] = lambda _: False
    """Predicate for the additional fields that are asked below."""


def _is_theirs(field: Field) -> bool:
    """True for fields that Retarus owes (guide, section 3, 3rd level)."""
    return field.level is Level.THIRD


ASKED: dict[Move | Step, Asking] = {
    Move.SEND_BACK: Asking(
        mark("Send back"),
        mark("What is missing or wrong?"),
        mark("The 1st level reads this"),
        mark("Send back"),
        "reason",
    ),
    Move.COMPRESS: Asking(
        mark("Take at 2nd level"),
        mark("Why without a handoff?"),
        mark("This is logged. The 1st-level tasks must be answered before it goes to Retarus"),
        mark("Take"),
        "reason",
    ),
    Move.ASK_CUSTOMER: Asking(
        mark("Wait for customer"), mark("What was the customer asked?"), "", mark("Wait"), "question"
    ),
    Move.CUSTOMER_ANSWERED: Asking(mark("Customer answered"), mark("What did they say?"), "", mark("Go on"), "answer"),
    Move.GO_ON: Asking(
        mark("Go on without an answer"),
        mark("Why not wait any longer?"),
        mark("In the ticket's thread"),
        mark("Go on"),
        "reason",
    ),
    Move.RETARUS_UPDATE: Asking(
        mark("Update from Retarus"),
        mark("What did Retarus say?"),
        mark("They are still working on it"),
        mark("Record"),
        "answer",
        _is_theirs,
    ),
    Move.RETARUS_ANSWERED: Asking(
        mark("Answer of Retarus"),
        mark("What did Retarus answer?"),
        mark("The 2nd level continues with it"),
        mark("Record"),
        "answer",
        _is_theirs,
    ),
    Move.RESOLVE: Asking(
        mark("Resolve"),
        mark("What is the remedy?"),
        mark("The 1st level confirms it with the end-customer"),
        mark("Resolve"),
        "remedy",
        lambda field: field.key == "cause",
    ),
    Move.WITHDRAW: Asking(
        mark("Close without remedy"), mark("Why is there nothing to do?"), "", mark("Close ticket"), "reason"
    ),
    Move.REOPEN: Asking(
        mark("Reopen"), mark("What is still wrong?"), mark("It goes back to the 1st level"), mark("Reopen"), "reason"
    ),
    Step.NOTE: Asking(mark("Write a note"), mark("Note"), mark("A line in the ticket's thread"), mark("Save"), "note"),
}

ONE_CLICK = (Move.TAKE, Move.TAKE_OVER, Move.ACCEPT, Move.CONFIRM)

NAMES: dict[Move | Step, str] = {
    Move.TAKE: mark("Take"),
    Move.TAKE_OVER: mark("Take over"),
    Move.ACCEPT: mark("Accept"),
    Move.COMPRESS: mark("Take at 2nd level"),
    Move.SEND_BACK: mark("Send back"),
    Move.ASK_CUSTOMER: mark("Wait for customer"),
    Move.CUSTOMER_ANSWERED: mark("Customer answered"),
    Move.GO_ON: mark("Go on without an answer"),
    Move.RETARUS_UPDATE: mark("Log Retarus update"),
    Move.RETARUS_ANSWERED: mark("Retarus answered"),
    Move.RESOLVE: mark("Resolve"),
    Move.CONFIRM: mark("Confirm and close"),
    Move.WITHDRAW: mark("Close without remedy"),
    Move.REOPEN: mark("Reopen"),
    Step.NOTE: mark("Write a note"),
}
"""Labels of the buttons."""


def action_of(move: Move | Step) -> str:
    """The action id of the button for this move, with or without a form."""
    return f"{ASK if move in ASKED else MOVE}{move}"


def modal(
    move: Move | Step, ticket: Ticket, name: str, config: Config, typed: Mapping[str, str] | None = None, word: str = ""
) -> Json:
    """Asks for the word of a move, and what else is known.

    `typed`: answers so far, when it is redrawn. `word`: what is offered for the word, such as a drafted question.
    """
    asked = ASKED[move]
    draft = ticket.answer("remedy") or ticket.answer("their_remedy") if move is Move.RESOLVE else ""
    menu = canned_answers.menu(_CANNED[move], config) if move in _CANNED else []
    blocks = [kit.note(name), *menu, text_input(WORD, t(asked.label), t(asked.hint), value=word or draft)]
    blocks += [_with_whom()] if move is Step.NOTE else []
    blocks += promises() if move is Move.RETARUS_UPDATE else []
    more = [field for field in fields_of(ticket.kind, config) if asked.more(field)]
    blocks += inputs(more, ticket.kind, config, {**ticket.answers, **(typed or {})}, Need.RAISE)
    blocks += [kit.note(t(_NO_NOTIFICATION_TO_RETARUS))] if can(ticket, Move.RETARUS_ANSWERED) and move in _ENDS else []
    blocks += _without_remedy(ticket) if move is Move.RESOLVE else []
    about = f"{ticket.id}|{ticket.version}" if more else ticket.id
    return kit.modal(action_of(move), t(asked.title), blocks, submit=t(asked.submit), about=about)


_CANNED: dict[Move | Step, AnswerPlace] = {Step.NOTE: AnswerPlace.NOTE, Move.ASK_CUSTOMER: AnswerPlace.CUSTOMER}
_ENDS = frozenset({Move.RESOLVE, Move.WITHDRAW})
_NO_NOTIFICATION_TO_RETARUS = mark(
    "This does not inform Retarus. Write to them first: “Chase Retarus” under “Clocks and more”."
)


def _without_remedy(ticket: Ticket) -> list[Json]:
    """Button for the other way to end it: the form becomes that of closing, which asks for a reason."""
    if not can(ticket, Move.WITHDRAW):
        return []
    return [kit.actions("ending", [kit.button(t(NAMES[Move.WITHDRAW]), action_of(Move.WITHDRAW), ticket.id)])]


def _with_whom() -> Json:
    """Form for a telephone call; it never counts as a report (guide 2.1)."""
    options = [
        kit.option(t("A phone call with Retarus"), RETARUS),
        kit.option(t("A phone call with somebody else"), "other"),
    ]
    return {
        "type": "input",
        "block_id": CALLED,
        "label": kit.plain(t("Was it a phone call?")),
        "hint": kit.plain(t("Only a written report counts for Retarus; a call is just noted here")),
        "element": {"type": "radio_buttons", "action_id": ANSWER, "options": options},
        "optional": True,
    }


def kept_text(ticket: Ticket, name: str, refusal: str, written: str) -> Json:
    """Modal for a form that was submitted too late: why, and the typed text, ready to be saved as a note instead."""
    label, hint = t("Keep your text as a note?"), t("In the thread of {reference}", reference=name)
    blocks: list[Json] = [
        {"type": "section", "text": kit.plain(refusal)},
        text_input(WORD, label, hint, value=written),
    ]
    return kit.modal(action_of(Step.NOTE), t("The ticket moved on"), blocks, submit=t("Save"), about=ticket.id)
