"""The statements of the outbox.

A lane has at most one head: the notice that may be claimed. A change that ends a head's wait promotes the next in line.
As in sql.py, values an index depends on stand in the text.
"""

from __future__ import annotations

from typing import Final, Literal

from bot.model.notice import NoticeKind
from bot.tickets.notifications import TO_RETARUS

State = Literal["waiting", "sent", "dead", "dropped"]

LANES: Final = "SELECT DISTINCT lane FROM notices WHERE key IN $listed"

INSERT_NOTICE: Final = """
    INSERT INTO notices
        (key, ticket_id, lane, state, head, due, next_at, planned_at, changed_at, doc, say, recipient, delivery_rank)
    VALUES (:key, :ticket_id, :lane, 'waiting',
        CASE WHEN EXISTS (SELECT 1 FROM notices WHERE lane = :lane AND head = 1) THEN 0 ELSE 1 END,
        :due, :due, :at, :at, :doc, :say, :recipient, :delivery_rank)
    ON CONFLICT (key) DO NOTHING"""

PROMOTE: Final = """
    UPDATE notices SET head = 1
    WHERE seq = (SELECT MIN(seq) FROM notices WHERE lane = :lane AND state = 'waiting')
        AND NOT EXISTS (SELECT 1 FROM notices WHERE lane = :lane AND head = 1)"""

_KNOWN: Final = f" AND say IN ('', {', '.join(repr(kind.value) for kind in NoticeKind)})"
"""Kinds of notices this release can deliver; a newer release's wait for it. Empty: written by the first release."""

_NOT_HELD: Final = " AND say NOT IN $kinds AND recipient NOT IN $recipients"


def claim(*, is_held: bool) -> str:
    """Claims what is due, lowest rank first; takes the moments, `:limit`, and if held `:kinds` and `:recipients`.

    A lease or retry beyond any backoff counts as due: the clock was set back after it was written.
    `settled` is the last attempt whose end was written down. An earlier one that is missing there broke off.
    """
    return f"""
    WITH ready AS (
        SELECT seq FROM notices WHERE head = 1
            AND ($unindexed next_at <= :at OR $unindexed next_at > :beyond AND attempts > 0)
            {_KNOWN}{_NOT_HELD if is_held else ""}
        ORDER BY delivery_rank, next_at, seq LIMIT :limit $skip_locked
    )
    UPDATE notices SET attempts = attempts + 1, next_at = :until, planned_at = :at
    WHERE seq IN (SELECT seq FROM ready)
    RETURNING delivery_rank, seq, attempts, settled, progress, doc"""  # noqa: S608  own words only


RESTART_WAITS: Final = """
    UPDATE notices SET planned_at = :at, next_at = :at + CASE
        WHEN attempts = 0 OR next_at <= planned_at THEN 0
        WHEN next_at - planned_at > :longest THEN :longest
        ELSE next_at - planned_at END
    WHERE seq IN (
        SELECT seq FROM notices WHERE state = 'waiting'
            AND (planned_at > :ahead AND (attempts > 0 OR next_at <= planned_at) OR :has_jumped = 1 AND attempts > 0)
        $skip_locked)"""
"""Restarts leases and retries at the moment `:at`. What was due at once is due; what is scheduled stays as it is."""

FINISH: Final = """
    UPDATE notices SET state = :state, head = 0, why = CASE WHEN :why = '' THEN why ELSE :why END, changed_at = :at,
        settled = attempts, progress = :progress
    WHERE key = :key AND attempts = :attempt AND state = 'waiting'
    RETURNING lane"""

POSTPONE: Final = """
    UPDATE notices SET next_at = :next_at, planned_at = :at, why = :why, settled = attempts, progress = :progress
    WHERE key = :key AND attempts = :attempt AND state = 'waiting'
    RETURNING lane"""

DROP: Final = """
    UPDATE notices SET state = 'dropped', head = 0, changed_at = :at
    WHERE key IN $listed AND (state = 'dead' OR state = 'waiting' AND attempts = 0)
    RETURNING lane"""

REVIVE: Final = """
    UPDATE notices SET state = 'waiting', next_at = :at, planned_at = :at, changed_at = :at, progress = :progress,
        head = CASE WHEN EXISTS (SELECT 1 FROM notices AS other WHERE other.lane = notices.lane AND other.head = 1)
            THEN 0 ELSE 1 END
    WHERE key = :key AND state = 'dead'
    RETURNING lane"""

NEXT_DUE: Final = f"SELECT MIN(next_at) FROM notices WHERE head = 1{_KNOWN}"  # noqa: S608  own words only
NEXT_DUE_NOT_HELD: Final = NEXT_DUE + _NOT_HELD


PROGRESS: Final = "SELECT progress, why, changed_at FROM notices WHERE key = :key AND state = 'dead'"
LETTER: Final = "SELECT doc, state, attempts, why, changed_at, progress FROM notices WHERE key = :key"


def letters(state: State | None, ticket_id: str) -> str:
    """Rows of the outbox, newest first; takes `:ticket_id` and `:limit`."""
    parts = [f"state = '{state}'"] if state else []
    parts += ["ticket_id = :ticket_id"] if ticket_id else []
    where = " AND ".join(parts) or "1 = 1"
    return (
        f"SELECT doc, state, attempts, why, changed_at, progress FROM notices WHERE {where}"  # noqa: S608  own words only
        " ORDER BY seq DESC LIMIT :limit"
    )


_RESCUED: Final = f"""
    say IN ({", ".join(repr(kind.value) for kind in sorted(TO_RETARUS))}) AND EXISTS (
        SELECT 1 FROM notices AS other WHERE other.ticket_id = notices.ticket_id AND other.state IN ('waiting', 'sent')
            AND REPLACE(other.doc, '"instead_of":"' || notices.key || '"', '') <> other.doc)"""  # noqa: S608  own words only
"""Condition of a dead letter to Retarus that goes, or went, by the other way."""

UNDELIVERED: Final = f"""
    SELECT doc, state, attempts, why, changed_at, progress FROM notices WHERE state = 'dead' AND NOT ({_RESCUED})
    ORDER BY seq DESC LIMIT :limit"""  # noqa: S608  own words only
COUNT_UNDELIVERED: Final = f"SELECT COUNT(*) FROM notices WHERE state = 'dead' AND NOT ({_RESCUED})"  # noqa: S608  own words only


BACKLOG: Final = """
    SELECT COUNT(CASE WHEN state = 'waiting' AND due <= :at THEN 1 END),
        MIN(CASE WHEN state = 'waiting' AND due <= :at THEN due END),
        COUNT(CASE WHEN state = 'dead' THEN 1 END)
    FROM notices WHERE state = 'waiting' OR state = 'dead'"""

# --- after a restoration


def hold_back_mails(kinds: tuple[str, ...]) -> str:
    """Gives up the mails that wait; takes `:at`, `:why`, and a value for each name of `kinds`."""
    named = ", ".join(f":{name}" for name in kinds)
    return f"""
    UPDATE notices SET state = 'dead', head = 0, why = :why, changed_at = :at
    WHERE state = 'waiting' AND say IN ({named})
    RETURNING lane"""  # noqa: S608  own words only


COUNT_AS_BEGUN: Final = """
    UPDATE notices SET attempts = attempts + 1, next_at = CASE WHEN due > :at THEN due ELSE :at END, planned_at = :at
    WHERE state = 'waiting'
    RETURNING seq"""

LEAVE_NUMBERS_OUT: Final = "UPDATE counters SET last = last + :numbers WHERE name IN ('ticket', 'note')"
