"""How does a reminder look: in the thread, and in the one direct message a person gets?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blocks import kit, reminders, transitions
from blocks.card import primary, title
from blocks.kit import Json, Message
from bot.clocks.timers import Watch
from bot.config.settings import Config
from bot.core.cleaning import capital, excerpt
from bot.core.clock import as_moment, span
from bot.core.i18n import many, mark, t
from bot.model.ticket import Event, Stage, Ticket
from bot.model.transitions import STANDING, Move, Step, can
from bot.tickets.reference import reference


@dataclass(frozen=True)
class Item:
    """One ticket somebody is reminded of. `event`: the reminder."""

    ticket: Ticket
    event: Event
    link: str = ""
    to: str = ""
    """Whose direct message it stands in; empty: the thread."""

    @property
    def is_answered(self) -> bool:
        """Somebody has acted since."""
        return bool(self.ticket.times.touched and self.ticket.times.touched >= self.event.at)

    @property
    def is_repeated(self) -> bool:
        """There is a newer one."""
        return any(nudge.at > self.event.at for nudge in self.ticket.times.nudges.values())

    @property
    def asks(self) -> bool:
        """Whether it still asks somebody to act."""
        return not (self.is_answered or self.is_repeated) and self.ticket.stage.is_open


BREACHED = mark("The SLA is breached: no remedy or action plan")
_OF_THE_STAGE = frozenset({Watch.UNCLAIMED, Watch.PROGRESS, Watch.CUSTOMER, Watch.CONFIRM})
"""Where a ticket stands, and since when, says it all."""


def _clocks(event: Event) -> Iterable[Json]:
    """What else is due, and since when, one line each."""
    due = event.detail.get("due", "").split()
    for name, stamp in zip(event.detail.get("watches", "").split(), due, strict=False):
        watch, at = Watch(name), as_moment(stamp)
        if watch in _OF_THE_STAGE or at is None:
            continue
        late = at <= event.at
        words = kit.bold(t(BREACHED) if late and watch is Watch.PLAN else capital(t(watch.gloss)))
        told = t("{what}, since {time}") if late else t("{what}, at {time}")
        yield kit.line(*kit.filled(told, what=words, time=kit.moment(at)))


def _listed(event: Event) -> list[Json]:
    lines = list(_clocks(event))
    return [{"type": "rich_text_list", "style": "bullet", "elements": lines}] if lines else []


def _resting(item: Item) -> dict[str, str]:
    """Where it stood when it was reminded of, and for how long already."""
    since = as_moment(item.event.detail.get("since", "")) or item.ticket.since
    rest = span((item.event.at - since).total_seconds())
    return {"standing": t(STANDING[Stage(item.event.detail["stage"])]), "time": rest}


# --- in the thread


def line(ticket: Ticket, event: Event, config: Config) -> Message:
    """What is wrong, since when, and what ends it; struck through once somebody has acted."""
    item = Item(ticket, event)
    words = t("it is {standing} for {time}, and nothing happened.", **_resting(item))
    reminder, earlier = t("Reminder: {words}", words=words), t("Earlier reminder: {words}", words=words)
    if item.is_answered:
        return Message(t("Answered reminder: {words}", words=words), [kit.rich(kit.line(_struck(reminder)))])
    if item.is_repeated:
        return Message(earlier, [kit.rich(kit.line(kit.quiet(earlier)))])
    called = [each for user in _people(ticket, event) for each in (kit.mention(user), kit.text(" "))]
    before = kit.text(t("Reminder: {words}", words=""))
    told = kit.rich(kit.line(before, *called, kit.text(words)), *_listed(event))
    return Message(reminder, [told, kit.actions("reminder", _ways_out(ticket, config))])


def _people(ticket: Ticket, event: Event) -> list[str]:
    return event.detail.get("people", "").split() or [ticket.owner]


def _struck(words: str) -> Json:
    return {"type": "text", "text": words, "style": {"strike": True}}


def _ways_out(ticket: Ticket, config: Config) -> list[Json]:
    """Act now, log what is new, and the rest."""
    log = Move.RETARUS_UPDATE if ticket.stage is Stage.RETARUS else Step.NOTE
    found = [
        primary(ticket, config),
        kit.button(t("Log an update"), transitions.action_of(log), ticket.id),
        *_without_answer(ticket),
        *reminders.buttons(ticket),
    ]
    seen = {str(each["action_id"]): each for each in reversed(found)}
    return list(reversed(seen.values()))


def _without_answer(ticket: Ticket) -> list[Json]:
    """Who is reminded of a silent end-customer can stop waiting there and then."""
    if not can(ticket, Move.GO_ON):
        return []
    return [kit.button(t(transitions.NAMES[Move.GO_ON]), transitions.action_of(Move.GO_ON), ticket.id)]


# --- one direct message, whatever number of tickets


def direct(items: Sequence[Item], total: int, to: str, config: Config) -> Message:
    """Everything that waits for one person. `total`: with those that are not listed; 0: drawn anew, after an answer."""
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
    words = _said(item, to)
    blocks = [_about(item, words, config)]
    if item.asks:
        blocks.append(kit.actions("reminder", _ways_out(item.ticket, config)))
    return Message(kit.escape(f"{reference(item.ticket, config)}: {words}"), blocks)


def _row(number: int, item: Item, to: str, config: Config) -> list[Json]:
    told = _about(item, _said(item, to), config)
    if not item.asks:
        return [told]
    snooze = kit.button(t("Snooze"), reminders.SNOOZE, item.ticket.id)
    return [told, kit.actions(f"reminder.{number}", [primary(item.ticket, config), snooze])]


def _said(item: Item, to: str) -> str:
    first, *_ = _people(item.ticket, item.event)
    whose = (
        t("Still yours: {standing} for {time}.") if to == first else t("Nobody has answered: {standing} for {time}.")
    )
    return whose.format(**_resting(item))


def _about(item: Item, words: str, config: Config) -> Json:
    name = kit.link(title(item.ticket, config), item.link)
    if item.is_answered:
        return kit.rich(kit.line(name, kit.text("\n"), _struck(words)))
    what = excerpt(item.ticket.answer("happens"), 200)
    return kit.rich(kit.line(name, kit.text(f"\n{words}\n{what}")), *_listed(item.event))
