"""Follow-ups to Retarus in the threads of earlier letters: the rules for files and for changes that were not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.config.settings import Config
from bot.core.errors import Conflict, Refused
from bot.escalation import letter
from bot.escalation.correspondence import letters_sent, messages_sent
from bot.model.contact import Contact
from bot.model.ticket import Event, Ticket
from bot.model.transitions import Step, change, event
from bot.tickets import notifications
from bot.tickets.attachments import along, excess, listed, sent, waiting
from bot.tickets.changes import Change
from bot.tickets.routes import Routes


@dataclass(frozen=True)
class FollowUp:
    """A message to Retarus after the letter, as its author saw it."""

    step: Step
    by: str
    text: str
    seen: int | None = None
    """Version of the ticket whose files were shown; None: none were shown."""
    detail: Mapping[str, str] = field(default_factory=dict)
    """Further details of the event."""


def follow_up(
    ticket: Ticket,
    history: Sequence[Event],
    contact: Contact,
    message: FollowUp,
    config: Config,
    routes: Routes,
    at: datetime,
) -> Change:
    """The change that sends this message with the files that wait, on every way that a letter went.

    `Refused` when the files are too much for one letter, `Conflict` when they are others than those shown.
    """
    files = waiting(ticket)
    if too_much := excess(files, config):
        raise Refused(too_much)
    if message.seen is not None and any("answer.files" in e.detail for e in history if e.version > message.seen):
        raise Conflict
    changed = change(ticket, attachments=sent(ticket, at))
    subject = letter.write(ticket, contact, config, history).subject
    notices = notifications.chasers(changed, letters_sent(history), subject, message.text, contact, routes, at)
    detail = {**message.detail, **({"files": listed(files)} if files else {})}
    if not messages_sent(history):  # later messages keep its subject
        detail["subject"] = subject
    return Change(
        changed, event(changed, message.step, message.by, at, text=message.text, **detail), along(notices, files)
    )
