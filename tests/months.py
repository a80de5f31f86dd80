"""Months of tickets with every sequence of moves that the table allows, all on whole minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from bot.model import timestamps
from bot.model.ticket import Event, Kind, Stage, Ticket
from bot.model.transitions import MOVES, Move, Step, apply_move, can, change, event
from tests.factories import ANNA, BEN

CUSTOMERS = ("Müller GmbH", "Adler & Söhne KG", "Nordwind AG", "Café Zürich", "")
SERVICES = ("Email Security", "Transactional Email", "SMS", "FAX", "Email Security\nFAX", "Other")
_DAY = 24 * 60
_LIKELY = {
    Move.WITHDRAW: 1, Move.REOPEN: 1, Move.SEND_BACK: 2, Move.HAND_ON: 1, Move.TAKE_OVER: 1, Move.COMPRESS: 1,
    Move.RETARUS_ANSWERED: 6, Move.ESCALATE: 16, Move.RESOLVE: 5, Move.CONFIRM: 12, Move.TAKE: 8, Move.HAND_OFF: 14,
    Move.ACCEPT: 8,
}  # fmt: skip


def lives(random: Random, count: int, begins: datetime, days: int) -> Iterator[tuple[Ticket, list[Event]]]:
    """Tickets with their whole histories: `count` of them, raised within `days` days."""
    for number in range(count):
        raised = begins + timedelta(minutes=random.randrange(days * _DAY))
        yield _life(random, number, raised, begins + timedelta(days=days + 60))


def _life(random: Random, number: int, raised: datetime, end: datetime) -> tuple[Ticket, list[Event]]:
    answers = {
        "customer": random.choice(CUSTOMERS),
        "services": random.choice(SERVICES),
        "happens": f"something, number {number}",
        "main_id": "73125",
    }
    ticket = Ticket(
        id=f"t{number:05}", number=1001 + number, kind=random.choice(list(Kind)), raised_by=ANNA, owner=ANNA,
        first_owner=ANNA, raised_at=raised, since=raised, zone="Europe/Berlin", answers=answers,
    )  # fmt: skip
    details = {f"answer.{key}": text for key, text in answers.items()}
    history = [event(ticket, Move.RAISE, ANNA, raised, **details)]
    ticket, at = ticket.model_copy(update={"times": timestamps.of(history)}), raised
    for _ in range(random.randrange(2, 40)):
        at += timedelta(minutes=_pause(random))
        if at >= end:
            break
        before = ticket
        ticket, made = _step(random, ticket, at)
        times = timestamps.after_event(before.times, made, before.stage, ticket.stage)
        ticket = ticket.model_copy(update={"times": times})
        history.append(made)
    return ticket, history


def _pause(random: Random) -> int:
    """Mostly minutes or hours, now and then days, seldom weeks."""
    return random.choice([random.randrange(1, 50), random.randrange(30, 600), random.randrange(30, 600),
                          random.randrange(300, 3 * _DAY), random.choice([5, 60, 30 * _DAY])])  # fmt: skip


def _step(random: Random, ticket: Ticket, at: datetime) -> tuple[Ticket, Event]:
    if ticket.stage.is_open and random.random() < 0.4:
        return _aside(random, ticket, at)
    possible = [move for stage, move in MOVES if stage is ticket.stage and can(ticket, move)]
    move = random.choices(possible, [_LIKELY.get(each, 3) for each in possible])[0]
    moved = apply_move(ticket, move, BEN, at)
    detail: dict[str, str] = {}
    if move is Move.ESCALATE:
        moved = moved.model_copy(update={"sent_at": at, "sent_by": BEN})
        if random.random() < 0.2:
            opened = at - timedelta(minutes=random.randrange(20))
            detail = {"way": "eas", "opened": f"{int(opened.timestamp())}", "rcr": "RCR-1"}
    if move in {Move.RETARUS_UPDATE, Move.RETARUS_ANSWERED} and random.random() < 0.5:
        detail = {"update_due": _later(random, at)}
    return moved, event(moved, move, BEN, at, **detail)


def _aside(random: Random, ticket: Ticket, at: datetime) -> tuple[Ticket, Event]:
    """Steps that change a ticket without moving it."""
    if ticket.stage is Stage.RETARUS and random.random() < 0.9:
        return _from_retarus(random, ticket, at)
    if random.random() < 0.5:
        level = random.choice(["P1", "P2"])
        changed = change(ticket, answers={**ticket.answers, "priority": level})
        return changed, event(changed, Step.FILL_IN, BEN, at, **{"answer.priority": level})
    step = random.choice([Step.NOTE, Step.PLAN, Step.REMIND, Step.CHASE, Step.SNOOZE])
    changed = change(ticket)
    return changed, event(changed, step, "" if step is Step.REMIND else BEN, at, until=_later(random, at))


def _from_retarus(random: Random, ticket: Ticket, at: datetime) -> tuple[Ticket, Event]:
    changed = change(ticket)
    if random.random() < 0.3:
        changed = changed.model_copy(update={"rcr": (*ticket.rcr, "RCR-1")})
        return changed, event(changed, Step.RCR, BEN, at, rcr="RCR-1")
    if random.random() < 0.2:
        cause = random.choice(["retarus", "other", "undetermined"])
        return changed, event(changed, Step.FOUND, BEN, at, **{"answer.caused_by": cause})
    text = {"update_due": _later(random, at), "eta": _later(random, at), "question": "Which tenant?"}
    stored = random.sample(sorted(text), random.randrange(1, 4))
    return changed, event(changed, Step.EXPECT, BEN, at, **{key: text[key] for key in stored})


def _later(random: Random, at: datetime) -> str:
    return f"{int((at + timedelta(minutes=random.randrange(1, 3000))).timestamp())}"


# --- a month as a small desk has it


def believable(random: Random, count: int, begins: datetime) -> Iterator[tuple[Ticket, list[Event]]]:
    """Tickets of thirty days, in office hours; most are solved within a day or two, some by Retarus."""
    for number in range(count):
        day = begins + timedelta(days=random.choice([each for each in range(30) if _is_weekday(begins, each)]))
        raised = day + timedelta(hours=random.randrange(7, 16), minutes=random.randrange(60))
        story = _Story(random, _new(random, number, raised), raised)
        yield story.finished(is_left_open=number > count - 8)


def _is_weekday(begins: datetime, days: int) -> bool:
    return (begins + timedelta(days=days)).weekday() < 5


def _new(random: Random, number: int, raised: datetime) -> Ticket:
    who = random.choices(CUSTOMERS[:4], [6, 4, 3, 2])[0]
    service = random.choices(SERVICES[:4], [6, 4, 1, 3])[0]
    level = random.choices(["P1", "P2", "P3"], [2, 5, 4])[0]
    kind = random.choices(list(Kind), [6, 3, 1])[0]
    answers = {"customer": who, "services": service, "priority": level, "happens": "Mail is late", "main_id": "73125"}
    return Ticket(
        id=f"m{number:05}", number=1001 + number, kind=kind, raised_by=ANNA, owner=ANNA, first_owner=ANNA,
        raised_at=raised, since=raised, zone="Europe/Berlin", answers=answers,
    )  # fmt: skip


class _Story:
    """One ticket's lifecycle, step by step."""

    def __init__(self, random: Random, ticket: Ticket, at: datetime) -> None:
        details = {f"answer.{key}": text for key, text in ticket.answers.items()}
        self.random, self.ticket, self.at = random, ticket, at
        self.history = [event(ticket, Move.RAISE, ANNA, at, **details)]

    def after(self, minimum: int, maximum: int, kind: Move | Step, **detail: str) -> None:
        """Moves the clock on by that many minutes."""
        self.at += timedelta(minutes=self.random.randrange(minimum, maximum))
        moved = apply_move(self.ticket, kind, BEN, self.at) if isinstance(kind, Move) else change(self.ticket)
        self.ticket = moved
        self.history.append(event(moved, kind, BEN, self.at, **detail))

    def finished(self, *, is_left_open: bool) -> tuple[Ticket, list[Event]]:
        self.after(3, 50, Move.TAKE)
        if self.ticket.answer("priority") == "P1":
            self.after(10, 130, Step.PLAN)
        if self.random.random() < 0.6:
            self._second()
        if not is_left_open:
            if self.ticket.stage is not Stage.RESOLVED:
                self.after(60, 900, Move.RESOLVE)
            self.after(30, 1500, Move.CONFIRM)
        return self.ticket.model_copy(update={"times": timestamps.of(self.history)}), self.history

    def _second(self) -> None:
        self.after(20, 200, Move.HAND_OFF)
        if self.random.random() < 0.15:
            self.after(5, 60, Move.SEND_BACK)
            self.after(20, 90, Move.HAND_OFF)
        self.after(5, 60, Move.ACCEPT)
        if self.random.random() < 0.3:
            self.after(10, 60, Move.ASK_CUSTOMER)
            self.after(60, 1600, Move.CUSTOMER_ANSWERED)
        if self.random.random() < 0.5:
            self._retarus()

    def _retarus(self) -> None:
        self.after(20, 240, Move.ESCALATE)
        self.ticket = self.ticket.model_copy(update={"sent_at": self.at, "sent_by": BEN})
        self.after(5, 120, Step.RCR, rcr=f"RCR-88{self.ticket.number % 1000:03}")
        due = self.at + timedelta(minutes=self.random.randrange(60, 400))
        question = {"question": "Which tenant?"} if self.random.random() < 0.2 else {}
        self.after(20, 240, Step.EXPECT, update_due=f"{int(due.timestamp())}", **question)
        self.after(30, 480, Move.RETARUS_UPDATE)
        self.after(60, 1500, Move.RETARUS_ANSWERED)
