"""Backup of an embedded desk's files, and what a restored database needs so that nothing is sent twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.adapters.store import outbox_sql
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.rows import ms
from bot.core.errors import Misconfigured
from bot.model.notice import BY_MAIL

_PAGES = 2000
"""Pages copied at a time; writers continue in between."""
_NUMBERS_LEFT_OUT = 100
"""Ticket numbers that may have been given between the backup and the restoration."""


@dataclass(frozen=True)
class UncertainDeliveries:
    """Notices that were waiting when the backup was taken, and may have been delivered since."""

    messages: int
    """Number of notices that are searched for in Slack before they are posted."""
    mails: int
    """Number of notices that wait for a person."""


def copy(source: Path, target: Path) -> None:
    """Copies a database while others write to it, as of one moment, to one file. `Misconfigured` if it fails."""
    try:
        with (
            closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new, pages=_PAGES)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise Misconfigured(f"The database {source} cannot be copied ({error}).") from error
    check(target)


def check(path: Path) -> None:
    """`Misconfigured` where a database file is damaged."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            found = str(db.execute("PRAGMA integrity_check").fetchone()[0])
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise Misconfigured(f"The database {path} is damaged: {found.splitlines()[0]}.")


def hold_back(db: Connection, at: datetime, reason: str) -> UncertainDeliveries:
    """Makes a restored database safe: what waited in it may have been delivered after the backup.

    Messages count as begun, so that the next attempt looks for them in Slack first. Nobody can look for an e-mail:
    it becomes a dead letter with the sentence `reason`, and a person decides.
    """
    kinds = tuple(sorted(kind.value for kind in BY_MAIL))
    named = {f"k{number}": kind for number, kind in enumerate(kinds)}
    mails = db.execute(outbox_sql.hold_back_mails(tuple(named)), {"at": ms(at), "why": reason, **named}).fetchall()
    for lane in sorted({str(row[0]) for row in mails}):
        db.execute(outbox_sql.PROMOTE, {"lane": lane})
    messages = db.execute(outbox_sql.COUNT_AS_BEGUN, {"at": ms(at)}).fetchall()
    db.execute(outbox_sql.LEAVE_NUMBERS_OUT, {"numbers": _NUMBERS_LEFT_OUT})
    return UncertainDeliveries(len(messages), len(mails))
