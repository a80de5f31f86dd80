"""What does somebody see who moves a ticket, or says something about it?"""

from __future__ import annotations

from dataclasses import dataclass

from blocks import kit
from blocks.form import text_input
from blocks.kit import Json
from bot.moves import Move, Step
from bot.summaries import question_to_customer
from bot.ticket import Ticket

MOVE = "moving."
"""Prefix of one-click moves: `moving.take`."""
ASK = "moving.ask."
"""Prefix of buttons that ask for a word first: `moving.ask.send_back`. The modal's callback id is the same."""

WORD = "word"
"""The one input of those modals."""


@dataclass(frozen=True)
class Asking:
    """The modal that asks for a word."""

    title: str
    label: str
    hint: str
    submit: str
    detail: str
    """The event's key for what was written."""


ASKED: dict[Move | Step, Asking] = {
    Move.SEND_BACK: Asking("Send back", "What is missing or wrong?", "The 1st level reads this", "Send back", "reason"),
    Move.COMPRESS: Asking(
        "Take at 2nd level",
        "Why without a handoff?",
        "It is logged. The 1st-level tasks are asked before Retarus is told",
        "Take",
        "reason",
    ),
    Move.ASK_CUSTOMER: Asking("Wait for customer", "What was the customer asked?", "", "Wait for them", "question"),
    Move.CUSTOMER_ANSWERED: Asking("Customer answered", "What did they say?", "", "Go on", "answer"),
    Move.RETARUS_UPDATE: Asking("Update from Retarus", "What did Retarus say?", "They work on", "Record", "answer"),
    Move.RETARUS_ANSWERED: Asking(
        "Answer of Retarus", "What did Retarus answer?", "The 2nd level goes on with it", "Record", "answer"
    ),
    Move.RESOLVE: Asking(
        "Resolve", "What is the remedy?", "The 1st level confirms it with the end-customer", "Resolve", "remedy"
    ),
    Move.WITHDRAW: Asking("Close without remedy", "Why is nothing to be done?", "", "Close ticket", "reason"),
    Move.REOPEN: Asking("Reopen", "What is still wrong?", "It goes back to the 1st level", "Reopen", "reason"),
    Step.NOTE: Asking("Write a note", "Note", "A line in the ticket's thread", "Save", "note"),
}

ONE_CLICK = (Move.TAKE, Move.TAKE_OVER, Move.ACCEPT, Move.CONFIRM)

NAMES: dict[Move | Step, str] = {
    Move.TAKE: "Take",
    Move.TAKE_OVER: "Take over",
    Move.ACCEPT: "Accept",
    Move.COMPRESS: "Take at 2nd level",
    Move.SEND_BACK: "Send back",
    Move.ASK_CUSTOMER: "Wait for customer",
    Move.CUSTOMER_ANSWERED: "Customer answered",
    Move.RETARUS_UPDATE: "Log Retarus update",
    Move.RETARUS_ANSWERED: "Retarus answered",
    Move.RESOLVE: "Resolve",
    Move.CONFIRM: "Confirm and close",
    Move.WITHDRAW: "Close without remedy",
    Move.REOPEN: "Reopen",
    Step.NOTE: "Write a note",
}
"""What the buttons say."""


def action_of(what: Move | Step) -> str:
    """The action id of the button that does, or asks, this."""
    return f"{ASK if what in ASKED else MOVE}{what}"


def modal(what: Move | Step, ticket: Ticket, name: str) -> Json:
    """Asks for the word that goes with it. The question to the end-customer is drafted."""
    asked = ASKED[what]
    draft = question_to_customer(ticket) if what is Move.ASK_CUSTOMER else ""
    blocks = [kit.note(name), text_input(WORD, asked.label, asked.hint, value=draft)]
    return kit.modal(action_of(what), asked.title, blocks, submit=asked.submit, about=ticket.id)


def kept_text(ticket: Ticket, name: str, refusal: str, written: str) -> Json:
    """When a form comes too late: why, and what was typed, ready to be saved as a note instead."""
    note = ASKED[Step.NOTE]
    blocks: list[Json] = [
        {"type": "section", "text": kit.plain(refusal)},
        text_input(WORD, "Keep your text as a note?", f"In the thread of {name}", value=written),
    ]
    return kit.modal(action_of(Step.NOTE), "The ticket moved on", blocks, submit=note.submit, about=ticket.id)
