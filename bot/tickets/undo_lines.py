"""The button `Undo` on a message of a thread: drawn with it, and taken away when its time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Ticket
from bot.tickets.notifications import line_place, notice
from bot.tickets.routes import Routes


def with_undo(notices: Sequence[Notice], ticket: Ticket, routes: Routes) -> list[Notice]:
    """The notices of a change; where it can be undone, its line has a place and is redrawn when the time is over."""
    if ticket.undo_until is None:
        return list(notices)
    if not (ticket.undo_entry or any(each.kind is NoticeKind.THREAD for each in notices)):
        return list(notices)
    place = [ticket.id, line_place(ticket.version)]
    lines = [
        each.model_copy(update={"body": {**each.body, "places": [place]}}) if each.kind is NoticeKind.THREAD else each
        for each in notices
    ]
    aside = {"key": _key(ticket), "lane": f"{ticket.id}:undo"}  # the ticket's other lines do not wait for it
    return [*lines, _redrawn(ticket, ticket.undo_until, routes).model_copy(update=aside)]


def superseded(before: Ticket | None, event: Event, routes: Routes) -> tuple[list[Notice], list[str]]:
    """The redrawing of the message before, which can no longer be undone, and the key of the later one it replaces."""
    if before is None or before.undo_until is None or before.undo_until <= event.at:
        return [], []
    redrawn = _redrawn(before, event.at, routes)
    return [redrawn.model_copy(update={"key": f"{_key(before)}:over"})], [_key(before)]


def _redrawn(ticket: Ticket, at: datetime, routes: Routes) -> Notice:
    """The message with the button, drawn again: the line in the thread, or Retarus's message that says the same."""
    line = notice(ticket, NoticeKind.LINE, routes.desk, at, {"place": line_place(ticket.version)})
    entry = {"kind": NoticeKind.ENTRY, "body": {"entry": ticket.undo_entry}}
    return line.model_copy(update=entry) if ticket.undo_entry else line


def _key(ticket: Ticket) -> str:
    return f"{ticket.id}:{ticket.version}:undo"
