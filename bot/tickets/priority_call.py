"""Call for a ticket that has become one of the highest priority: one broadcast, and a word to those who lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from bot.clocks.timers import plan
from bot.config.settings import Config
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.model.notice import Letter, Notice, NoticeKind, direct_lane
from bot.model.ticket import Event, Level, Stage, Ticket
from bot.model.transitions import Move, Step, require_possible
from bot.tickets.notifications import notice
from bot.tickets.permissions import Actor, is_highest
from bot.tickets.routes import Routes

CALL = "call"
"""Key in the body of a notice that belongs to the call."""
_FALLS_DUE = "falls_due"
"""Key in the body of the notice that redraws the broadcast when its countdown is over."""
OPEN_TO_ALL = frozenset({Stage.NEW, Stage.FIRST, Stage.HANDED_OFF})
"""Stages in which somebody can still take the ticket from the call."""
_OVER = frozenset({Stage.RESOLVED, Stage.CLOSED})
"""Stages without anything to do for the 2nd level."""


def with_call(
    notices_given: Sequence[Notice], before: Ticket | None, ticket: Ticket, event: Event, routes: Routes, config: Config
) -> list[Notice]:
    """The notices of a change; where it makes the priority the highest, its line is a broadcast and leads are told.

    Where a change ends the call, or the change that ended it is undone, its messages are redrawn.
    """
    was, now = before is not None and is_ongoing(before, config), is_ongoing(ticket, config)
    is_again = event.kind == Step.UNDO.value and before is not None and not was and now
    if is_again or (was and not now):
        return [*notices_given, *_over(ticket, event, routes, config)]
    if not _becomes_highest(before, ticket, event, config):
        return list(notices_given)
    lines = [each for each in notices_given if each.kind is NoticeKind.THREAD] or [
        notice(ticket, NoticeKind.THREAD, routes.desk, event.at)
    ]
    people = called(ticket, config) - {event.by}
    words = [each for each in notices_given if each.kind is NoticeKind.DIRECT]
    words += [notice(ticket, NoticeKind.DIRECT, to, event.at) for to in sorted(people - {each.to for each in words})]
    rest = [each for each in notices_given if each.kind not in {NoticeKind.THREAD, NoticeKind.DIRECT}]
    marked = [*map(_marked, lines), *(_marked(each) if each.to in people else each for each in words)]
    return [*rest, *marked, *_at_due(ticket, event, routes, config)]


def _at_due(ticket: Ticket, event: Event, routes: Routes, config: Config) -> list[Notice]:
    """Redraws the broadcast when the SLA is breached; in a lane of its own, so that other lines do not wait for it."""
    run = plan(ticket, config)
    if run is None or run.end or run.due is None or run.due <= event.at:
        return []
    later = notice(ticket, NoticeKind.LINE, routes.desk, run.due, {CALL: True, _FALLS_DUE: True, "place": _place()})
    return [later.model_copy(update={"key": f"{later.key}:due", "lane": f"{ticket.id}:due"})]


def newest(letters: Iterable[Letter]) -> Notice | None:
    """The notice that last began, ended or resumed a ticket's call. `letters`: the messages of the ticket."""
    found = (row.notice for row in letters if row.notice.body.get(CALL) and not row.notice.body.get(_FALLS_DUE))
    decisive = (each for each in found if each.kind in {NoticeKind.THREAD, NoticeKind.LINE})
    return max(decisive, key=lambda each: each.version, default=None)


def is_ongoing(ticket: Ticket, config: Config) -> bool:
    """True while a ticket of the highest priority can be taken from the call, and its countdown runs."""
    is_waiting = ticket.stage in OPEN_TO_ALL and ticket.times.planned is None
    return is_waiting and is_highest(ticket.answer("priority"), config)


def _over(ticket: Ticket, event: Event, routes: Routes, config: Config) -> list[Notice]:
    """Redraws the broadcast and each direct message of the call; a message that was never posted is passed over."""
    redrawn = [notice(ticket, NoticeKind.LINE, routes.desk, event.at, {CALL: True, "place": _place()})]
    leading = _leading(Level.FIRST, config) | _leading(Level.SECOND, config)
    for to in sorted(leading or {*config.desk.admins}):
        direct = notice(ticket, NoticeKind.LINE, to, event.at, {CALL: True, "place": _place(to)})
        redrawn.append(direct.model_copy(update={"lane": direct_lane(to)}))
    return redrawn


def _place(to: str = "") -> str:
    """The name of the place of a call's message: in the channel, or to one person."""
    return f"{CALL}:{to}" if to else CALL


def _becomes_highest(before: Ticket | None, ticket: Ticket, event: Event, config: Config) -> bool:
    """True also for a ticket that is reopened: its remedy did not hold. What is raised again is called again."""
    if event.kind == Step.ERASE or ticket.stage in _OVER:
        return False
    begins = before is None or event.kind == Move.REOPEN or not is_highest(before.answer("priority"), config)
    return begins and is_highest(ticket.answer("priority"), config)


def called(ticket: Ticket, config: Config) -> set[str]:
    """The leads and the second person of the ticket's level and of the 2nd level; the admins where none is named."""
    named = _leading(ticket.stage.worked_at, config) | _leading(Level.SECOND, config)
    return named or {*config.desk.admins}


def _leading(level: Level, config: Config) -> set[str]:
    return {*config.leads(level), config.team(level).second_person} - {""}


def _marked(given: Notice) -> Notice:
    """Part of the call, found again by its place."""
    place: JsonValue = [given.ticket_id, _place(given.to if given.kind is NoticeKind.DIRECT else "")]
    places = given.body.get("places")
    others = places if isinstance(places, list) else []
    return given.model_copy(update={"body": {**given.body, CALL: True, "places": [*others, place]}})


def quickest(ticket: Ticket, actor: Actor) -> Move:
    """The move by which this person takes the ticket from the call. Raises `NotNow` once that is over."""
    if ticket.stage is Stage.NEW and Level.FIRST in actor.levels:
        return Move.TAKE
    if ticket.stage in _OVER:
        require_possible(ticket, Move.TAKE)
    if ticket.stage not in OPEN_TO_ALL:
        raise NotNow(t("Somebody has it already: the card says who."))
    if not (actor.is_admin or Level.SECOND in actor.levels):
        raise NotNow(t("The 1st level has it already. Now the 2nd level can take it from here."))
    return Move.ACCEPT if ticket.stage is Stage.HANDED_OFF else Move.COMPRESS
