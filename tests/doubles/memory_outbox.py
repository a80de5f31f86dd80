"""The outbox's part of the in-memory store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.core.backoff import AHEAD, LONGEST
from bot.core.clock import as_utc
from bot.model.backlog import Backlog
from bot.model.notice import (
    BLOCKED,
    NOTHING_HELD,
    Blocked,
    Claim,
    Dead,
    Gone,
    Held,
    Letter,
    Notice,
    Outcome,
    Place,
    Progress,
    Retry,
    Sent,
)


@dataclass
class OutboxRow:
    """A notice with the state of its delivery."""

    notice: Notice
    next_at: datetime
    planned_at: datetime
    """Time at which `next_at` was set."""
    changed_at: datetime
    state: Literal["waiting", "sent", "dead", "dropped"] = "waiting"
    head: bool = False
    attempts: int = 0
    settled: int = 0
    progress: Progress = field(default_factory=Progress)
    reason: str = ""

    def restarts(self, ahead: datetime, *, has_jumped: bool) -> bool:
        was_due = self.next_at <= self.planned_at
        return (self.planned_at > ahead and (self.attempts > 0 or was_due)) or (has_jumped and self.attempts > 0)

    def is_claimable(self, held: Held) -> bool:
        return self.head and not held.holds(self.notice)


class MemoryOutbox:
    """`bot.outbox.OutboxStore`."""

    def _outbox_rows(self) -> dict[str, OutboxRow]:
        raise NotImplementedError

    def _put_places(self, places: Iterable[Place]) -> None:
        raise NotImplementedError

    def _bounce(self, bounced: Mapping[str, str], at: datetime) -> None:
        for key, reason in bounced.items():
            row = self._outbox_rows().get(key)
            if row and row.state == "sent":
                row.state, row.reason, row.changed_at = "dead", reason, at

    def _drop(self, key: str, at: datetime) -> None:
        row = self._outbox_rows().get(key)
        if row and (row.state == "dead" or (row.state == "waiting" and row.attempts == 0)):
            self._finish(row, "dropped", at)

    def _finish(self, row: OutboxRow, state: Literal["sent", "dead", "dropped"], at: datetime) -> None:
        row.state, row.head, row.changed_at = state, False, at
        self._promote(row.notice.lane)

    def _promote(self, lane: str) -> None:
        waiting = [row for row in self._outbox_rows().values() if row.notice.lane == lane and row.state == "waiting"]
        if waiting and not any(row.head for row in waiting):
            waiting[0].head = True

    def _enqueue(self, notices: Sequence[Notice], at: datetime) -> None:
        for notice in notices:
            if notice.key not in self._outbox_rows():
                self._outbox_rows()[notice.key] = OutboxRow(notice, notice.due, at, at)
                self._promote(notice.lane)

    async def claim(self, at: datetime, lease: timedelta, limit: int, held: Held = NOTHING_HELD) -> list[Claim]:
        heads = [row for row in self._outbox_rows().values() if row.is_claimable(held)]
        ready = [row for row in heads if row.next_at <= at or (row.attempts and row.next_at > at + LONGEST)]
        taken = sorted(ready, key=lambda row: (row.notice.rank, row.next_at))[:limit]
        claims = []
        for row in sorted(taken, key=lambda row: (row.notice.rank, ready.index(row))):
            progress = row.progress
            if row.settled != row.attempts:
                progress = progress.model_copy(update={"unsure": True})
            row.attempts, row.next_at, row.planned_at = row.attempts + 1, as_utc(at + lease), at
            claims.append(Claim(notice=row.notice, attempt=row.attempts, progress=progress))
        return claims

    async def restart_waits(self, at: datetime, longest: timedelta, *, has_jumped: bool) -> int:
        ahead = at if has_jumped else at + AHEAD
        waiting = [row for row in self._outbox_rows().values() if row.state == "waiting"]
        found = [row for row in waiting if row.restarts(ahead, has_jumped=has_jumped)]
        for row in found:
            wait = max(row.next_at - row.planned_at, timedelta()) if row.attempts else timedelta()
            row.next_at, row.planned_at = as_utc(at + min(wait, longest)), at
        return len(found)

    async def settle(self, claim: Claim, outcome: Outcome, at: datetime, then: Sequence[Notice] = ()) -> bool:
        row = self._outbox_rows().get(claim.notice.key)
        if row is None or row.state != "waiting" or row.attempts != claim.attempt:
            return False
        row.settled, row.planned_at = row.attempts, at
        row.progress = claim.progress if isinstance(outcome, Sent | Gone) else outcome.progress or claim.progress
        match outcome:
            case Retry():
                row.next_at, row.reason = as_utc(outcome.at), outcome.reason
            case Blocked():
                row.next_at, row.reason = as_utc(at + BLOCKED), outcome.reason
            case Dead():
                row.reason = outcome.reason
                self._finish(row, "dead", as_utc(at))
            case Gone():
                self._finish(row, "dropped", as_utc(at))
            case Sent():
                self._finish(row, "sent", as_utc(at))
                self._put_places([*([outcome.place] if outcome.place else []), *outcome.places])
        self._enqueue(then, as_utc(at))
        return True

    async def revive(self, key: str, at: datetime) -> bool:
        row = self._outbox_rows().get(key)
        if row is None or row.state != "dead":
            return False
        at = as_utc(at)
        row.progress = row.progress.with_failed(row.changed_at, row.reason)
        row.state, row.next_at, row.planned_at, row.changed_at = "waiting", at, at, at
        if not any(other.head for other in self._outbox_rows().values() if other.notice.lane == row.notice.lane):
            row.head = True
        return True

    async def next_due(self, after: datetime, held: Held = NOTHING_HELD) -> datetime | None:
        heads = [row.next_at for row in self._outbox_rows().values() if row.is_claimable(held)]
        return max(min(heads), after) if heads else None

    async def backlog(self, at: datetime) -> Backlog:
        rows = self._outbox_rows().values()
        due = [row.notice.due for row in rows if row.state == "waiting" and row.notice.due <= at]
        return Backlog(len(due), min(due, default=None), sum(row.state == "dead" for row in rows))

    async def letters(
        self,
        *,
        state: Literal["waiting", "sent", "dead", "dropped"] | None = None,
        ticket_id: str = "",
        limit: int = 50,
    ) -> list[Letter]:
        rows = [
            row
            for row in reversed(self._outbox_rows().values())
            if state in {None, row.state} and ticket_id in {"", row.notice.ticket_id}
        ]
        return [_letter(row) for row in rows[:limit]]

    async def undelivered(self, limit: int) -> list[Letter]:
        rows = list(self._outbox_rows().values())
        instead = {row.notice.body.get("instead_of") for row in rows if row.state in {"waiting", "sent"}}
        return [_letter(row) for row in reversed(rows) if row.state == "dead" and row.notice.key not in instead][:limit]

    async def count_undelivered(self) -> int:
        return len(await self.undelivered(len(self._outbox_rows())))

    async def letter(self, key: str) -> Letter | None:
        row = self._outbox_rows().get(key)
        return _letter(row) if row else None


def _letter(row: OutboxRow) -> Letter:
    return Letter(
        notice=row.notice,
        state=row.state,
        attempts=row.attempts,
        reason=row.reason,
        at=row.changed_at,
        failed=row.progress.failed,
    )
