"""Messages of reminders: the line in the thread, and the one direct message to each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blocks import assignment, kit, reminders, transitions, urgency
from blocks.card import primary
from blocks.kit import Json, Message
from blocks.urgency import title
from bot.clocks.timers import Timer
from bot.clocks.urgency import reminded_overdue
from bot.config.settings import Config
from bot.core.cleaning import capital
from bot.core.clock import as_moment, span, work_span
from bot.core.i18n import many, mark, t
from bot.model.ticket import Event, Stage, Ticket
from bot.model.timestamps import STANDING as STANDING_PLACES
from bot.model.timestamps import reminder_place
from bot.model.transitions import STANDING, Move, Step, can
from bot.tickets.reference import reference


@dataclass(frozen=True)
class Item:
    """One reminder of one ticket."""

    ticket: Ticket
    event: Event
    link: str = ""
    to: str = ""
    """User whose direct message it stands in; empty: the thread."""

    @property
    def is_answered(self) -> bool:
        """True if a person has acted since. Clocks may be set back: the remaining reminders decide, not their times."""
        times = self.ticket.times
        if times.touched is None or reminder_place(self.event.version) in times.standing:
            return False
        return len(times.standing) < STANDING_PLACES or times.touched >= self.event.at

    @property
    def is_repeated(self) -> bool:
        """True if there is a newer reminder."""
        return any(int(name.split(":")[1]) > self.event.version for name in self.ticket.times.standing)

    @property
    def asks(self) -> bool:
        """True if it still asks for an action."""
        return not (self.is_answered or self.is_repeated) and self.ticket.stage.is_open

    def names(self, key: str) -> list[str]:
        """A list that was kept with the reminder."""
        return self.event.detail.get(key, "").split()

    @property
    def is_theirs_to_move(self) -> bool:
        """True if the reader of the direct message may make the next move."""
        return self.to not in self.names("unable")


BREACHED = mark("The SLA is breached: no remedy or action plan")
_OF_THE_STAGE = frozenset({Timer.UNCLAIMED, Timer.PROGRESS, Timer.CUSTOMER, Timer.CONFIRM})
"""Timers of a stage: the ticket's stage and its duration say the same."""


def _clocks(event: Event) -> Iterable[Json]:
    """Other due reminders with their start, one line each."""
    stage, due = Stage(event.detail["stage"]), event.detail.get("due", "").split()
    for name, stamp in zip(event.detail.get("watches", "").split(), due, strict=False):
        timer, at = Timer(name), as_moment(stamp)
        if at is None or (timer in _OF_THE_STAGE and stage is not Stage.RETARUS):
            continue
        late = at <= event.at
        words = kit.bold(t(BREACHED) if late and timer is Timer.PLAN else capital(t(timer.gloss)))
        line_of = t("{what}, since {time}") if late else t("{what}, at {time}")
        yield kit.line(*kit.filled(line_of, what=words, time=kit.moment(at)))


def _listed(event: Event) -> list[Json]:
    lines = list(_clocks(event))
    return [{"type": "rich_text_list", "style": "bullet", "elements": lines}] if lines else []


_LASTING = {**STANDING, Stage.RESOLVED: mark("waiting for confirmation")}
"""Phrases for a stage that a ticket has been in for some time."""


def _resting(item: Item) -> str:
    """Stage at the time of the reminder, its duration, and the last action of a person."""
    detail = item.event.detail
    idle = {"ago": _length(item, "idle")} if "idle" in detail else {}
    words = t("{standing} for {time}, last activity {ago} ago") if idle else t("{standing} for {time} with no activity")
    return words.format(standing=t(_LASTING[Stage(detail["stage"])]), time=_length(item, "rest"), **idle)


def _as_of(item: Item) -> list[Json]:
    """The moment from which a reminder counts back: its message stays while time goes on."""
    return kit.filled(" " + t("As of {time}."), time=kit.moment(item.event.at))


def _length(item: Item, key: str) -> str:
    """A length of time that was kept with the reminder, in working time where its timer counts that."""
    since = as_moment(item.event.detail.get("since", "")) or item.ticket.since
    seconds = float(item.event.detail.get(key) or (item.event.at - since).total_seconds())
    return work_span(seconds) if item.event.detail.get("counted") == "work" else span(seconds)


# --- in the thread


def line(ticket: Ticket, event: Event, config: Config) -> Message:
    """The reminder in the thread, with the next steps; struck through once a person has acted."""
    item = Item(ticket, event)
    words = f"{_resting(item)}."
    reminder, earlier = t("Reminder: {words}", words=words), t("Earlier reminder: {words}", words=words)
    if item.is_answered:
        return Message(t("Answered reminder: {words}", words=words), [kit.rich(kit.line(_struck(reminder)))])
    if item.is_repeated:
        return Message(earlier, [kit.rich(kit.line(kit.quiet(earlier), *_as_of(item)))])
    called = [part for each in _mentioned(item) for part in (_mention(each), kit.text(" "))]
    before = kit.text(t("Reminder: {words}", words=""))
    line_of = kit.rich(kit.line(before, *called, kit.text(words), *_as_of(item)), *_listed(event))
    return Message(reminder, [line_of, kit.actions("reminder", _ways_out(ticket, config))])


def _mentioned(item: Item) -> list[str]:
    """Users, or a user group, mentioned in the thread."""
    return item.names("mentioned") or item.names("people") or [item.ticket.owner]


def _mention(each: str) -> Json:
    return kit.mention_group(each) if each.startswith("S") else kit.mention(each)


def _struck(words: str) -> Json:
    return {"type": "text", "text": words, "style": {"strike": True}}


def _of_others(ticket: Ticket, to: str, config: Config) -> list[Json]:
    """For a reader who may not make the next move: a note, a snooze, and for a lead the assignment."""
    by_lead = assignment.is_lead_of(to, ticket, config)
    assign = [assignment.button(ticket)] if by_lead and assignment.is_assignable(ticket, by_lead=True) else []
    return [*assign, _log(Step.NOTE, ticket), _snooze(ticket, config)]


def _ways_out(ticket: Ticket, config: Config) -> list[Json]:
    """Next step, log what is new, and the rest."""
    log = Move.RETARUS_UPDATE if ticket.stage is Stage.RETARUS else Step.NOTE
    found = [primary(ticket, config), _log(log, ticket), *_without_answer(ticket), *reminders.buttons(ticket)]
    seen = {str(each["action_id"]): each for each in reversed(found)}
    return list(reversed(seen.values()))


def _log(move: Move | Step, ticket: Ticket) -> Json:
    return kit.button(t("Log an update"), transitions.action_of(move), ticket.id)


def _snooze(ticket: Ticket, config: Config) -> Json:
    return kit.button(t("Snooze"), reminders.SNOOZE, ticket.id, about=reference(ticket, config))


def _without_answer(ticket: Ticket) -> list[Json]:
    """The button that stops waiting for the end-customer."""
    if not can(ticket, Move.GO_ON):
        return []
    return [kit.button(t(transitions.NAMES[Move.GO_ON]), transitions.action_of(Move.GO_ON), ticket.id)]


# --- the direct message: one for any number of tickets


def direct(items: Sequence[Item], total: int, to: str, config: Config) -> Message:
    """All reminders of one person. `total`: with those that are not listed; 0: redrawn, after an answer."""
    if len(items) == 1 and total <= 1:
        return _one(items[0], to, config)
    waiting = total or sum(not item.is_answered for item in items)
    words = _waiting(waiting)
    blocks = [
        kit.header(words),
        *(block for number, item in enumerate(items) for block in _row(number, item, to, config)),
    ]
    if total > len(items):
        blocks.append(kit.note(t("… and {count} more: /retarus-ticket lists them.", count=total - len(items))))
    return Message(words, blocks)


def _waiting(count: int) -> str:
    if not count:
        return t("Nothing waits for you here any more")
    return many("{count} ticket waits for you", "{count} tickets wait for you", count)


def _one(item: Item, to: str, config: Config) -> Message:
    words = _words_for(item, to)
    blocks = [_about(item, words, config)]
    if item.asks:
        buttons = _ways_out(item.ticket, config) if item.is_theirs_to_move else _of_others(item.ticket, to, config)
        blocks.append(kit.actions("reminder", buttons))
    return Message(kit.escape(f"{reference(item.ticket, config)}: {words}"), blocks)


def _row(number: int, item: Item, to: str, config: Config) -> list[Json]:
    line_of = _about(item, _words_for(item, to), config)
    if not item.asks:
        return [line_of]
    moves = [primary(item.ticket, config)] if item.is_theirs_to_move else []
    return [line_of, kit.actions(f"reminder.{number}", [*moves, _snooze(item.ticket, config)])]


_NOT_TAKEN = {Stage.NEW: mark("Not taken yet: {resting}."), Stage.HANDED_OFF: mark("Not accepted yet: {resting}.")}
"""Sentence for an owner who waits for others to take the ticket."""


def _words_for(item: Item, to: str) -> str:
    """The reason why this person is notified: it is theirs, or its owner has left or has not answered."""
    detail = item.event.detail
    owner = detail.get("owner", next(iter(item.names("people")), item.ticket.owner))
    if to == owner:
        is_theirs = item.is_theirs_to_move and Stage(detail["stage"]) is not Stage.NEW
        words = t("Still yours: {resting}.") if is_theirs else _waits_for_others(item)
    elif not owner:
        words = t("Its owner is no longer here: {resting}.")
    elif detail.get("unanswered", "1") != "0":
        words = t("Nobody has answered: {resting}.")
    else:
        words = t("Please look at it: {resting}.")
    return words.format(resting=_resting(item))


def _waits_for_others(item: Item) -> str:
    return t(_NOT_TAKEN.get(Stage(item.event.detail["stage"]), mark("Waiting for a colleague who can act: {resting}.")))


def _about(item: Item, words: str, config: Config) -> Json:
    name = kit.link(title(item.ticket, config), item.link)
    if item.is_answered:
        return kit.rich(kit.line(name, kit.text("\n"), _struck(words)))
    problem = urgency.about(item.ticket, 240)
    listed, late = _listed(item.event), reminded_overdue(item.ticket, config)
    is_listed = bool(listed) and late is not None and late.timer.value in item.names("watches")
    due = [] if is_listed else urgency.due(item.ticket, config)
    urgent = urgency.joined_elements([urgency.age(item.ticket), due])
    sentences = [kit.text(f"\n{words}"), *_as_of(item), kit.text(f"\n{problem}")]
    return kit.rich(kit.line(name, kit.text(" · "), *urgent, *sentences), *listed)
