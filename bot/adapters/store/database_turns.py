"""Turns of rate limits in a table, so that all replicas keep to one rate limit together.

Times are of the server's clock, in milliseconds: the replicas' clocks need not agree. A turn that is booked ahead
stands in the table with a minus sign, until its process confirms it at its moment. One that is not confirmed by then
belongs to a process that was killed, and no longer counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bot.adapters.store import sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.engine_protocol import Engine
from bot.core.rate_limiter import SharedTurn

_GRACE = 2000
"""Milliseconds by which a process may be late to confirm its turn."""


class DatabaseTurns:
    """`bot.core.rate_limiter.SharedTurns` on an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def take(self, key: str, limit: int, window: float, longest_wait: float) -> SharedTurn:
        return await self._engine.change(lambda db: _take(db, key, limit, _ms(window), _ms(longest_wait)))

    async def confirm(self, key: str, taken: int, limit: int, window: float) -> tuple[float, int]:
        return await self._engine.change(lambda db: _confirm(db, key, taken, limit, _ms(window)))

    async def end(self, key: str, taken: int) -> None:
        def counted_from(now: int, turns: Sequence[int]) -> list[int]:
            return [now if abs(turn) == taken else turn for turn in turns]

        await self._engine.change(lambda db: _change(db, key, counted_from))

    async def hold(self, key: str, seconds: float) -> None:
        def unchanged(_: int, turns: Sequence[int]) -> list[int]:
            return list(turns)

        await self._engine.change(lambda db: _change(db, key, unchanged, _ms(seconds)))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _take(db: Connection, key: str, limit: int, window: int, longest_wait: int) -> SharedTurn:
    now, turns, held = _locked(db, key)
    # later ones: the server's clock was set back; much older ones concern nobody
    turns = [turn for turn in turns if now - 2 * window <= abs(turn) <= now + longest_wait]
    at = max(now, _earliest(turns, limit, window), held)
    is_taken = at - now <= longest_wait
    if is_taken:
        turns = [*turns, -at if at > now else at]
        _save(db, key, now, turns, held)
    ahead = [(abs(turn) - now) / 1000 for turn in turns]
    return SharedTurn((at - now) / 1000, at if is_taken else 0, ahead, (held - now) / 1000)


def _confirm(db: Connection, key: str, taken: int, limit: int, window: int) -> tuple[float, int]:
    now, turns, held = _locked(db, key)
    place = turns.index(-taken) if -taken in turns else len(turns)  # this process was so late that it lost its place
    counted = [*turns[:place], *(turn for turn in turns[place:] if turn > 0)]  # a later one may have been used earlier
    at = max(now, _earliest(counted, limit, window), held)
    turns[place : place + 1] = [-at if at > now else at]
    _save(db, key, now, turns, held)
    return (at - now) / 1000, at


def _earliest(turns: Sequence[int], limit: int, window: int) -> int:
    """When the next turn after these may come."""
    return sorted(map(abs, turns))[-limit] + window if len(turns) >= limit else 0


def _change(db: Connection, key: str, change: Callable[[int, Sequence[int]], list[int]], hold: int = 0) -> None:
    now, turns, held = _locked(db, key)
    _save(db, key, now, change(now, turns), max(held, now + hold) if hold else held)


def _locked(db: Connection, key: str) -> tuple[int, list[int], int]:
    """The time now, the latest turns, and until when the key is held. Others who want its turns wait."""
    db.lock([f"turns:{key}"])
    now, turns, held, changed = db.execute(sql.TURNS, {"key": key}).fetchone()
    held = int(held or 0)
    if changed and changed > now:  # the server's clock was set back: it is held for as long as it was to be then
        held = max(held - changed, 0) + now
    return int(now), [turn for turn in json.loads(turns or "[]") if turn > 0 or now + turn <= _GRACE], held


def _save(db: Connection, key: str, now: int, turns: Sequence[int], held: int) -> None:
    db.execute(sql.SAVE_TURNS, {"key": key, "turns": json.dumps(turns), "held": held, "at": now})
