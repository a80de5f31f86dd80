"""The button `Undo` on a line of a thread: drawn with the line, and taken away when its time is over."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model.notice import Notice, NoticeKind
from bot.model.ticket import Event, Ticket
from bot.tickets.notifications import line_place, notice
from bot.tickets.routes import Routes


def with_undo(notices: Sequence[Notice], ticket: Ticket, routes: Routes) -> list[Notice]:
    """The notices of a change; where it can be undone, its line has a place and is redrawn when the time is over."""
    if ticket.undo_until is None or not any(each.kind is NoticeKind.THREAD for each in notices):
        return list(notices)
    place = [ticket.id, line_place(ticket.version)]
    lines = [
        each.model_copy(update={"body": {**each.body, "places": [place]}}) if each.kind is NoticeKind.THREAD else each
        for each in notices
    ]
    last = notice(ticket, NoticeKind.LINE, routes.desk, ticket.undo_until, {"place": line_place(ticket.version)})
    aside = {"key": _key(ticket), "lane": f"{ticket.id}:undo"}  # the ticket's other lines do not wait for it
    return [*lines, last.model_copy(update=aside)]


def superseded(before: Ticket | None, event: Event, routes: Routes) -> tuple[list[Notice], list[str]]:
    """The redrawing of the line before, which can no longer be undone, and the key of the later one it replaces."""
    if before is None or before.undo_until is None or before.undo_until <= event.at:
        return [], []
    redrawn = notice(before, NoticeKind.LINE, routes.desk, event.at, {"place": line_place(before.version)})
    return [redrawn.model_copy(update={"key": f"{_key(before)}:over"})], [_key(before)]


def _key(ticket: Ticket) -> str:
    return f"{ticket.id}:{ticket.version}:undo"
