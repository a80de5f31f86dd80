"""Form that assigns a ticket, and its button."""

from __future__ import annotations

from collections.abc import Sequence

from blocks import kit
from blocks.form import ANSWER
from blocks.kit import Json
from bot.config.settings import Config
from bot.core.i18n import many, t
from bot.model.ticket import Ticket
from bot.model.transitions import MOVES, UNTAKEN, Move
from bot.tickets.assignment import Assignee

ASK = "reminders.hand_on"
"""Opens the form, whose callback id is the same."""
TO = "to"
"""Block id of the person."""


def is_assignable(ticket: Ticket, *, by_lead: bool = False) -> bool:
    """True at stages where its level may assign it; with `by_lead`, also before somebody has taken it."""
    return (ticket.stage, Move.HAND_ON) in MOVES and (by_lead or ticket.stage not in UNTAKEN)


def is_lead_of(user: str, ticket: Ticket, config: Config) -> bool:
    """True if this person is named as a lead of the level that the ticket is at, or as an admin."""
    return user in {*config.leads(ticket.stage.worked_at), *config.desk.admins}


def button(ticket: Ticket, about: str = "") -> Json:
    return kit.button(t("Assign to somebody"), ASK, ticket.id, about=about)


def modal(ticket: Ticket, name: str, candidates: Sequence[Assignee]) -> Json:
    blocks = [kit.note(name), person(t("To whom?"), candidates)]
    return kit.modal(ASK, t("Assign to somebody"), blocks, submit=t("Assign it"), about=f"{ticket.id}|{ticket.version}")


def person(label: str, candidates: Sequence[Assignee]) -> Json:
    """Menu of the people who can have it, with their load; of the whole workspace where no team is named."""
    options = [kit.option(each.name, each.user, _load(each)) for each in candidates]
    menu: Json = {"type": "static_select", "options": options} if options else {"type": "users_select"}
    element: Json = {**menu, "action_id": ANSWER}
    return {"type": "input", "block_id": TO, "label": kit.plain(label), "element": element, "optional": False}


def _load(each: Assignee) -> str:
    return many("{count} open ticket", "{count} open tickets", each.open)
