"""Call for a ticket that has become one of the highest priority: one broadcast, and a word to those who lead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue

from bot.clocks.timers import plan
from bot.config.settings import Config
from bot.core.errors import NotNow
from bot.core.i18n import t
from bot.model.notice import Letter, Notice, NoticeKind, direct_lane
from bot.model.ticket import Event, Level, Party, Stage, Ticket
from bot.model.transitions import Move, Step, require_possible
from bot.tickets.notifications import line_place, notice
from bot.tickets.permissions import Actor, is_highest
from bot.tickets.routes import Routes

CALL = "call"
"""Key in the body of a notice that belongs to the call."""
_FALLS_DUE = "falls_due"
"""Key in the body of the notice that redraws the broadcast when its countdown is over."""
_HELD, _PLANNED = "held", "planned"
"""Key in the body of the notices of a call that was made while the 2nd level had the ticket, or it had an action plan;
the value in the second case.
"""
OPEN_TO_ALL = frozenset({Stage.NEW, Stage.FIRST, Stage.HANDED_OFF})
"""Stages in which somebody can still take the ticket from the call."""
_OVER = frozenset({Stage.RESOLVED, Stage.CLOSED})
"""Stages without anything to do for the 2nd level."""


def with_call(
    notices_given: Sequence[Notice], before: Ticket | None, ticket: Ticket, event: Event, routes: Routes, config: Config
) -> list[Notice]:
    """The notices of a change; where it makes the priority the highest, its line is a broadcast and leads are told.

    A change after which the messages of the call would no longer be true redraws them. The line of whoever takes a new
    ticket from the call is the call's own.
    """
    if _becomes_highest(before, ticket, event, config):
        return _with_new_call(notices_given, ticket, event, routes, config)
    if before is None or _shown(before, config) == _shown(ticket, config):
        return list(notices_given)
    later = _at_due(ticket, event, routes, config) if _due(before, config) != _due(ticket, config) else []
    is_taken = before.stage is Stage.NEW and ticket.stage is Stage.FIRST and is_ongoing(before, config)
    lines = [each for each in notices_given if each.kind is NoticeKind.THREAD] if is_taken else []
    rest = [each for each in notices_given if each not in lines]
    return [*rest, *_redrawn(ticket, event, routes, config, is_line=bool(lines)), *later]


def _with_new_call(
    notices_given: Sequence[Notice], ticket: Ticket, event: Event, routes: Routes, config: Config
) -> list[Notice]:
    lines = [each for each in notices_given if each.kind is NoticeKind.THREAD] or [
        notice(ticket, NoticeKind.THREAD, routes.desk, event.at)
    ]
    people = called(ticket, config) - {event.by}
    words = [each for each in notices_given if each.kind is NoticeKind.DIRECT]
    words += [notice(ticket, NoticeKind.DIRECT, to, event.at) for to in sorted(people - {each.to for each in words})]
    rest = [each for each in notices_given if each.kind not in {NoticeKind.THREAD, NoticeKind.DIRECT}]
    held = "" if is_ongoing(ticket, config) else _PLANNED if ticket.times.planned else _HELD
    marked = [_marked(each, held) for each in lines]
    marked += [_marked(each, held) if each.to in people else each for each in words]
    return [*rest, *marked, *_at_due(ticket, event, routes, config)]


def _due(ticket: Ticket, config: Config) -> datetime | None:
    """The moment when the SLA is breached; None while its clock does not run."""
    run = plan(ticket, config)
    return None if run is None or run.end else run.due


def _at_due(ticket: Ticket, event: Event, routes: Routes, config: Config) -> list[Notice]:
    """Redraws the broadcast when the SLA is breached; in a lane of its own, so that other lines do not wait for it."""
    due = _due(ticket, config)
    if standing(ticket, config) is None or due is None or due <= event.at:
        return []
    later = notice(ticket, NoticeKind.LINE, routes.desk, due, {CALL: True, _FALLS_DUE: True, "place": _place()})
    return [later.model_copy(update={"key": f"{later.key}:due", "lane": f"{ticket.id}:due"})]


def decisive(letters: Iterable[Letter]) -> list[Notice]:
    """The notices that began or redrew a ticket's call, newest first. `letters`: the messages of the ticket."""
    found = (row.notice for row in letters if row.notice.body.get(CALL) and not row.notice.body.get(_FALLS_DUE))
    shown = [each for each in found if each.kind in {NoticeKind.THREAD, NoticeKind.LINE}]
    return sorted(shown, key=lambda each: (each.version, each.kind is NoticeKind.THREAD), reverse=True)


def begins(call: Notice) -> bool:
    """True for the notice that makes a call."""
    return call.kind is NoticeKind.THREAD


def stands(ticket: Ticket, calls: Iterable[Notice], config: Config) -> bool:
    """True while the ticket can be taken from the call, or is as it was when it was called: with the 2nd level, or with
    an action plan. `calls`: newest first.
    """
    made = next((str(each.body.get(_HELD, "")) for each in calls if begins(each)), "")
    is_over = standing(ticket, config) is None or bool(ticket.times.planned and made != _PLANNED)
    return is_ongoing(ticket, config) or bool(made and not is_over)


def is_line_of(call: Notice, ticket_id: str, version: int) -> bool:
    """True if the message of the call is also the line in the thread of the event of this version."""
    return (ticket_id, line_place(version)) in call.pairs("places")


def is_ongoing(ticket: Ticket, config: Config) -> bool:
    """True while a ticket of the highest priority can be taken from the call, and its countdown runs."""
    is_waiting = ticket.stage in OPEN_TO_ALL and ticket.times.planned is None
    return is_waiting and is_highest(ticket.answer("priority"), config)


def standing(ticket: Ticket, config: Config) -> tuple[str, ...] | None:
    """Values of the ticket that the messages of a call show; None once there is nothing to call for."""
    if not is_highest(ticket.answer("priority"), config) or ticket.stage in _OVER:
        return None
    stage = ticket.stage.value if ticket.stage in OPEN_TO_ALL else ""
    asked = "asked" if ticket.ball is Party.CUSTOMER else ""
    return stage, asked, ticket.owner, ticket.parent, _PLANNED if ticket.times.planned else ""


def _shown(ticket: Ticket, config: Config) -> tuple[str, ...] | None:
    """The values that the messages show; of a ticket that is over, whether it is confirmed."""
    if ticket.stage in _OVER and is_highest(ticket.answer("priority"), config):
        return (ticket.stage.value,)
    return standing(ticket, config)


def _redrawn(ticket: Ticket, event: Event, routes: Routes, config: Config, *, is_line: bool) -> list[Notice]:
    """Redraws the broadcast and each direct message of the call; a message that was never posted is passed over.

    `is_line`: the broadcast is also the line of the event in the thread.
    """
    body: dict[str, JsonValue] = {CALL: True, "place": _place()}
    if is_line:
        body["places"] = [[ticket.id, line_place(ticket.version)], [ticket.id, _place()]]
    redrawn = [notice(ticket, NoticeKind.LINE, routes.desk, event.at, body)]
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


def _marked(given: Notice, held: str) -> Notice:
    """Part of the call, found again by its place."""
    place: JsonValue = [given.ticket_id, _place(given.to if given.kind is NoticeKind.DIRECT else "")]
    places = given.body.get("places")
    others = places if isinstance(places, list) else []
    marks = {CALL: True, "places": [*others, place], **({_HELD: held} if held else {})}
    return given.model_copy(update={"body": {**given.body, **marks}})


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
