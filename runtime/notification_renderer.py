"""Renders each notification, from the records as they are when it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from blocks import (
    card,
    conversation,
    delivery_lines,
    digest,
    guides,
    handover,
    known_issues,
    notifications,
    priority_call,
    reports,
    thread_lines,
    undo,
)
from blocks.kit import Json, Message
from blocks.privacy import stranger
from blocks.reminder_messages import Item
from bot.config.settings import Config
from bot.core.clock import zone
from bot.core.i18n import Language, speaking
from bot.desk import Desk
from bot.model.notice import Letter, Notice, NoticeKind
from bot.model.ticket import Event, Level, Stage, Ticket
from bot.model.transitions import Move, Step
from bot.model.undoing import can_undo, counted, undoing_of
from bot.tickets.notifications import SENDING
from bot.tickets.permissions import is_highest
from bot.tickets.priority_call import decisive, is_line_of, is_ongoing, standing, stands

Write = Callable[[Notice, Ticket | None, str], Awaitable[Sequence[Message]]]


def writer(desk: Desk) -> Write:
    """A function that renders a notice, with the records and names it is about."""

    async def write(notice: Notice, ticket: Ticket | None, link: str) -> Sequence[Message]:
        with speaking(await _language(desk, notice)):
            left = next(iter(notice.names("left")), "")
            if not left:
                return await render(notice, ticket, link)
            names = await desk.queries.names([left])
            for_them = notice.model_copy(update={"to": left})
            return [notifications.in_place_of(names(left), each) for each in await render(for_them, ticket, link)]

    async def render(notice: Notice, ticket: Ticket | None, link: str) -> Sequence[Message]:
        if notice.kind in {NoticeKind.HANDOVER, NoticeKind.DIGEST}:
            return [await (_handover if notice.kind is NoticeKind.HANDOVER else _digest)(desk, notice)]
        if notice.kind in {NoticeKind.VIEW, NoticeKind.REQUEST_POST}:
            return [await _view(desk, notice)]
        if ticket is None:
            return [await _direct_word(desk, notice)]
        if notice.kind in {NoticeKind.REMINDERS, NoticeKind.ANSWERED}:
            return notifications.reminders(await _reminded(desk, notice), notice, desk.config)
        if notice.kind is NoticeKind.CARD:  # the most frequent one, and a function of the record alone
            return [await _card(desk, ticket)]
        return await _event_messages(desk, notice, ticket, link)

    return write


async def _direct_word(desk: Desk, notice: Notice) -> Message:
    """Renders a direct message that belongs to no ticket."""
    if notice.kind is NoticeKind.WORD:
        return conversation.word(notice.body, await desk.conversation.count_unassigned())
    if "joined" in notice.body:
        return stranger(str(notice.body["joined"]), str(notice.body["channel"]))
    return notifications.alert(notice) if notice.kind is NoticeKind.ALERT else guides.message(desk.config.guides)


async def _event_messages(desk: Desk, notice: Notice, ticket: Ticket, link: str) -> Sequence[Message]:
    """Messages on an event of the ticket, or of its leading ticket with the same cause."""
    if notice.kind is NoticeKind.RECEIPT:
        return [delivery_lines.not_delivered(notice, ticket)]
    if notice.kind is NoticeKind.ENTRY:
        return await _entry(desk, notice, ticket)
    about = await desk.queries.ticket(str(notice.body["from"])) if "from" in notice.body else ticket
    history = await desk.queries.history(about.id)
    event = await _named(desk, next(each for each in history if each.version == notice.version))
    who = await desk.queries.names([about.owner, event.by])
    if about is not ticket:
        return [known_issues.relayed(notice, ticket, about, event, desk.config, who, link)]
    rows = await desk.resend.messages_of(ticket) if event.kind in SENDING or notice.kind is NoticeKind.LINE else []
    drawn = _as_first_drawn(notice, rows) if notice.kind is NoticeKind.LINE else notice
    if notice.kind is NoticeKind.LINE and _is_of_call(notice, drawn, rows):
        return [await _call(desk, notice, ticket, history, rows, link)]
    outcomes = delivery_lines.outcomes(rows, event.version)
    if notice.kind in {NoticeKind.THREAD, NoticeKind.LINE} and thread_lines.calls_second(drawn, event):
        outcomes = [*await _in_place_of_second(desk), *outcomes]
    if notice.kind is NoticeKind.THREAD and priority_call.is_call(notice):
        outcomes = [*thread_lines.on_duty(await desk.queries.on_duty_for_call(ticket)), *outcomes]
    messages = notifications.messages(drawn, ticket, event, desk.config, who, link, outcomes)
    if notice.kind not in {NoticeKind.THREAD, NoticeKind.LINE} or event.before is None:
        return messages
    is_undone = undoing_of(event.version, history) is not None
    return [_with_undo(desk, each, ticket, event, is_undone=is_undone) for each in messages]


async def _entry(desk: Desk, notice: Notice, ticket: Ticket) -> Sequence[Message]:
    """A message of Retarus, with a button while its record word for word can be undone."""
    entry = await desk.conversation.find(str(notice.body["entry"]))
    if entry is None:
        return []
    message = conversation.message(entry, ticket, desk.config, await desk.conversation.asked_to_reopen(ticket))
    is_undoable = entry.id == ticket.undo_entry and can_undo(ticket, ticket.version, desk.clock())
    return [undo.offered(message, ticket) if is_undoable else message]


def _is_of_call(notice: Notice, drawn: Notice, rows: Sequence[Letter]) -> bool:
    """True for a redrawn message of a call, and for a line in the thread that the call's message is too."""
    calls = (row.notice for row in rows if is_line_of(row.notice, notice.ticket_id, notice.version))
    return any(map(priority_call.is_call, (notice, drawn, *calls)))


async def _call(
    desk: Desk, notice: Notice, ticket: Ticket, history: Sequence[Event], rows: Sequence[Letter], link: str
) -> Message:
    """The message of a call as it is now: it can be taken, its time is over, or it has ended."""
    known = history[-1].version  # a newer change may have been saved since the history was read; it redraws the call
    calls = [each for each in decisive(rows) if each.version <= known] or [notice]
    last = _last_of_call(calls, ticket, history, desk.config)
    is_shared = notice.to == desk.routes.desk
    words = thread_lines.words_in_call(last, ticket, desk.config, await desk.queries.names([last.by, ticket.owner]))
    to_card = "" if is_shared else link
    if not stands(ticket, calls, desk.config):
        return priority_call.over(ticket, desk.config, words, to_card)
    message = priority_call.still(ticket, desk.config, words, desk.clock(), to_card)
    is_line = is_shared and any(is_line_of(each, ticket.id, last.version) for each in calls)
    return undo.offered(message, ticket) if is_line and can_undo(ticket, last.version, desk.clock()) else message


def _last_of_call(calls: Sequence[Notice], ticket: Ticket, history: Sequence[Event], config: Config) -> Event:
    """The event that the call's message tells: the newest; once nobody is called, the newest that was not undone."""
    version = calls[0].version
    last = undoing_of(version, history) or next(each for each in history if each.version == version)
    if is_ongoing(ticket, config):
        return last
    held = {each.version: each for each in counted(history)}
    shown = [held[each.version] for each in calls if each.version in held]
    is_called = standing(ticket, config) is not None and not ticket.times.planned
    if is_called and ticket.stage in _AT_SECOND and not stands(ticket, calls, config):
        shown = [each for each in shown if each.kind in _TAKES] or shown
    return next(iter(shown), last)


_AT_SECOND = frozenset({Stage.SECOND, Stage.SECOND_ASKED, Stage.RETARUS})
_TAKES = frozenset(each.value for each in (Move.ACCEPT, Move.COMPRESS, Move.HAND_ON, Move.TAKE_OVER))
"""Moves that end a call: somebody at the 2nd level has the ticket."""


async def _in_place_of_second(desk: Desk) -> Sequence[Json]:
    """People who are called beside the 2nd level's group: it is empty or gone, or Slack does not give its members."""
    if not await desk.successors.is_known(Level.SECOND):
        return thread_lines.in_place_of_second(await desk.successors.instead_of_team(Level.SECOND))
    members = await desk.successors.of_unread_group(Level.SECOND)
    return thread_lines.members_of_second(members) if members else []


def _with_undo(desk: Desk, message: Message, ticket: Ticket, event: Event, *, is_undone: bool) -> Message:
    """The line of a step: struck through once it was undone, and with a button while it can be."""
    if is_undone:
        return undo.struck(message)
    return undo.offered(message, ticket) if can_undo(ticket, event.version, desk.clock()) else message


def _as_first_drawn(notice: Notice, rows: Iterable[Letter]) -> Notice:
    """The notice that posted the line which is redrawn."""
    first = (
        each.notice for each in rows if each.notice.version == notice.version and each.notice.kind is NoticeKind.THREAD
    )
    posted = next((each for each in first if "news" in each.body), None)
    return posted or notice.model_copy(update={"kind": NoticeKind.THREAD, "body": {}})


async def _named(desk: Desk, event: Event) -> Event:
    """The event with the name of its technical note: a note gets its number when it is saved."""
    if event.kind != Step.LEARN.value or event.detail.get("called"):
        return event
    name = await desk.notes.name_of(event.detail["id"])
    return event.model_copy(update={"detail": {**event.detail, "called": name}})


_TO_ONE = frozenset({NoticeKind.DIRECT, NoticeKind.REMINDERS, NoticeKind.GUIDES, NoticeKind.WORD})
"""Notices to one person, beside a redrawn direct message."""


async def _language(desk: Desk, notice: Notice) -> Language:
    """A direct message is in its reader's language; messages for many readers, in the desk's."""
    if notice.kind is NoticeKind.REQUEST_POST:
        return desk.config.retarus.language
    is_aside = not notice.ticket_id or notice.kind is NoticeKind.LINE
    alone = notice.kind in _TO_ONE or (is_aside and notice.to.startswith(("U", "W")))
    reader = notice.to if alone else _reminded_person(notice)
    return await desk.queries.language_of(reader) if reader else desk.config.desk.language


def _reminded_person(notice: Notice) -> str:
    """User whose direct message with reminders is updated; empty where it stands in a thread."""
    places = [role.split(":") for _, role in notice.pairs("places")] if notice.kind is NoticeKind.ANSWERED else []
    return next((to[0] for _, _, *to in places if to), "")


async def _reminded(desk: Desk, notice: Notice) -> list[Item]:
    """The tickets in a message of reminders, as they are now, each with its reminder."""
    found = []
    for ticket_id, role in notice.pairs("places"):
        ticket = await desk.queries.find(ticket_id)
        if ticket:
            _, version, *to = role.split(":")
            reminder = await desk.queries.event_at(ticket, int(version))
            found.append(Item(ticket, reminder, await desk.queries.link(ticket), "".join(to)))
    return found


async def _view(desk: Desk, notice: Notice) -> Message:
    """Renders a notice on Retarus's view of a month: to us, or the request to them."""
    if notice.kind is NoticeKind.REQUEST_POST:
        return reports.request_post(str(notice.body["subject"]), str(notice.body["text"]))
    reporting = desk.reports
    period = reporting.month(str(notice.body["month"]))
    dead = await reporting.undelivered(period.key)
    return reports.reminder(period, await reporting.view(period.key), undelivered=dead)


async def _digest(desk: Desk, notice: Notice) -> Message:
    parts = {part: await _tickets(desk, notice.names(part)) for part in digest.PARTS}
    totals = {part: int(str(notice.body[f"{part}_total"])) for part in digest.PARTS}
    shown = [ticket for tickets in parts.values() for ticket in tickets]
    who = await desk.queries.names([ticket.owner for ticket in shown])
    links = {ticket.id: await desk.queries.link(ticket) for ticket in shown}
    levels = [Level(level) for level in notice.names("levels")]
    day = notice.due.astimezone(zone(desk.config.desk.timezone)).date()
    return digest.message(levels, parts, totals, desk.config, who, links, day)


async def _tickets(desk: Desk, ids: Sequence[str]) -> list[Ticket]:
    return [ticket for each in ids if (ticket := await desk.queries.find(each))]


async def _card(desk: Desk, ticket: Ticket) -> Message:
    """Renders the card; on one of the highest priority with the people on duty."""
    is_urgent = is_highest(ticket.answer("priority"), desk.config)
    duty = await desk.queries.on_duty(ticket) if is_urgent else ()
    who = await desk.queries.names([ticket.owner, *duty])
    return card.card(ticket, desk.config, who, [who(user) for user in duty])


async def _handover(desk: Desk, notice: Notice) -> Message:
    """Renders a handover as it is now."""
    found = await desk.handovers.look(str(notice.body["handover"]))
    if found is None:
        raise AssertionError("a handover is kept before it is posted")
    who = await desk.queries.names({*(each.owner for each in found.tickets), found.giver, found.accepted_by} - {""})
    return handover.message(found, desk.config, who, await desk.queries.card_links(found.tickets))
