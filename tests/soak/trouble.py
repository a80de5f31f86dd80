"""Faults a soak orders: of Slack, of the mail servers, of tokens, of the database and of the disk."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass

import psycopg

from localslack import PersonDriver
from tests.soak.processes import Replica

FAULTS = (
    ("reset", "before"),
    ("reset", "after"),
    ("http_500", "before"),
    ("http_503", "after"),
    ("ratelimited", "before"),
    ("slow", "before"),
    ("hang", "after"),
    ("truncated", "after"),
    ("garbage", "after"),
    ("fatal_error", "before"),
)
METHODS = (
    "chat.postMessage",
    "chat.postMessage",
    "chat.update",
    "chat.*",
    "conversations.*",
    "views.*",
    "users.info",
    "*",
)
PAYLOADS = ("block_actions", "view_submission", "slash_command", "event:*")
MAIL: tuple[dict[str, str | float], ...] = (
    {},
    {},
    {"fault": "smtp_down", "for_seconds": 1.5},
    {"fault": "greylisted", "for_seconds": 3, "seconds": 0.2},
    {"fault": "login_refused", "for_seconds": 1},
    {"fault": "recipient_refused", "code": 450, "for_seconds": 2},
    {"fault": "recipient_refused", "for_seconds": 2},
    {"fault": "refused"},
    {"fault": "refused", "code": 554},
    {"fault": "refused", "code": 421},
    {"fault": "break_before"},
    {"fault": "break_after"},
    {"fault": "imap_down", "for_seconds": 2},
    {"fault": "imap_login_refused", "for_seconds": 1},
    {"fault": "imap_break"},
)
_FULL = 64 * 1024
"""Bytes beyond which no file grows on a full disk."""


@dataclass
class Trouble:
    """Orders faults at random."""

    control: PersonDriver
    dice: random.Random
    database: str
    replicas: Sequence[Replica]

    async def order(self) -> None:
        """Orders one of Slack's faults, one of its deliveries, and now and then others."""
        fault, when = self.dice.choice(FAULTS)
        method, times = self.dice.choice(METHODS), self.dice.randint(1, 4)
        await self.control.control("POST", "faults", method=method, fault=fault, when=when, times=times, seconds=0.3)
        payload = {"method": self.dice.choice(PAYLOADS), "fault": self.dice.choice(["doubled", "dropped", "late"])}
        await self.control.control("POST", "faults", **payload, seconds=0.5)
        if mail := self.dice.choice(MAIL):
            await self.control.control("POST", "mail/faults", **mail)
        if self.dice.random() < 0.1:
            broken = {"error": "token_revoked", "which": "bot", "seconds": 1}
            await self.control.control("POST", "apps/Partner Desk/token", **broken)
        if self.dice.random() < 0.1:
            reason = self.dice.choice(["warning", "refresh_requested", "silent", "abrupt"])
            await self.control.control("POST", "apps/Partner Desk/disconnect", reason=reason)
        if self.dice.random() < 0.15:
            await self.lock_database(self.dice.uniform(0.1, 2.5))
        if self.dice.random() < 0.1 and self.is_sqlite:
            await self.fill_disk(self.dice.uniform(0.2, 1.5))

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite:///")

    async def lock_database(self, seconds: float) -> None:
        """Holds the lock that every write needs, as another program."""
        if self.is_sqlite:
            with closing(_connect(self.database)) as other:
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(seconds)
        else:
            async with await psycopg.AsyncConnection.connect(self.database) as other_session:
                await other_session.execute("LOCK TABLE tickets, events, notices IN SHARE ROW EXCLUSIVE MODE")
                await asyncio.sleep(seconds)
                await other_session.rollback()

    async def fill_disk(self, seconds: float) -> None:
        """Stops all files of the desk from growing."""
        for replica in self.replicas:
            replica.limit_files(_FULL)
        await asyncio.sleep(seconds)
        for replica in self.replicas:
            replica.limit_files(-1)

    async def end(self) -> None:
        """Cancels all orders."""
        await self.control.control("DELETE", "faults")
        await self.control.control("DELETE", "mail/faults")
        await self.control.control("POST", "apps/Partner Desk/token")


def _connect(database: str) -> sqlite3.Connection:
    return sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None, timeout=0.05)
