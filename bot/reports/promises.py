"""Announcements of Retarus about one ticket: what was promised until when, and whether it was kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.core.clock import as_moment
from bot.model import timestamps
from bot.model.ticket import Event, Stage
from bot.model.transitions import Move, Step
from bot.model.undoing import counted

PromiseKind = Literal["update", "eta"]
PromiseState = Literal["kept", "missed", "overdue", "open", "moved", "ended"]

_ANNOUNCES: Final = frozenset({Move.RETARUS_UPDATE.value, Step.EXPECT.value})
_NEWS: Final = frozenset({*_ANNOUNCES, Move.RETARUS_ANSWERED.value, Step.FOUND.value, Step.RETARUS_WROTE.value})
_KINDS: Final[tuple[tuple[PromiseKind, str], ...]] = (("update", "update_due"), ("eta", "eta"))


@dataclass(frozen=True)
class Announcement:
    """One promised time: of the next update, or of the solution."""

    at: datetime
    """Time of the announcement."""
    kind: PromiseKind
    due: datetime
    fulfilled: datetime | None = None
    moved: datetime | None = None
    """Time of the announcement that replaced this one before it was due."""
    ended: datetime | None = None
    """Time at which the ticket left Retarus without an answer."""

    @property
    def is_settled(self) -> bool:
        return bool(self.fulfilled or self.moved or self.ended)

    def state(self, at: datetime) -> PromiseState:
        """The state at that moment."""
        if self.moved:
            return "moved"
        if self.fulfilled:
            return "kept" if self.fulfilled <= self.due else "missed"
        if self.ended:
            return "missed" if self.ended > self.due else "ended"
        return "overdue" if at > self.due else "open"

    def late(self, at: datetime) -> timedelta:
        """Time by which it was missed, or is overdue; no time otherwise."""
        if self.state(at) not in {"missed", "overdue"}:
            return timedelta()
        return (self.fulfilled or self.ended or at) - self.due


def announcements(history: Iterable[Event], written: Callable[[Event], datetime]) -> list[Announcement]:
    """Every promised time, oldest first; steps that were undone do not count.

    Any news of Retarus keeps the promise of an update, only an answer that of a solution.
    `written`: when Retarus said what the event records.
    """
    found: list[Announcement] = []
    stage = Stage.NEW
    for event in counted(history):
        after = timestamps.stage_after(stage, event.kind)
        if event.kind in _NEWS:
            found = _after_news(found, event, written(event))
        if stage is Stage.RETARUS and after is not Stage.RETARUS:
            found = [each if each.is_settled else replace(each, ended=event.at) for each in found]
        stage = after
    return found


def _after_news(found: list[Announcement], event: Event, at: datetime) -> list[Announcement]:
    is_answer = event.kind == Move.RETARUS_ANSWERED
    settled = [_fulfilled(each, at) if is_answer or each.kind == "update" else each for each in found]
    if event.kind not in _ANNOUNCES:
        return settled
    for kind, key in _KINDS:
        if due := as_moment(event.detail.get(key, "")):
            settled = [_moved(each, at) if each.kind == kind else each for each in settled]
            settled.append(Announcement(at, kind, due))
    return settled


def _fulfilled(promise: Announcement, at: datetime) -> Announcement:
    """Fulfils an open promise, except by news that was written before it."""
    return promise if promise.is_settled or at < promise.at else replace(promise, fulfilled=at)


def _moved(promise: Announcement, at: datetime) -> Announcement:
    """Replaces an open promise that is not due yet; one that has passed stays missed."""
    return promise if promise.is_settled or at > promise.due else replace(promise, moved=at)
