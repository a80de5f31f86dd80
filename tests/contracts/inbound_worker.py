"""Takes in mail in a process that dies at one step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from bot.adapters.inbound_mail.isolation import MailParser
from bot.adapters.inbound_mail.receiver import Receiver
from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.inbound_mail.source import Arrived, ImapSource
from bot.adapters.store import open_engine
from bot.adapters.store.connection_protocol import Connection
from bot.adapters.store.database import DatabaseStore
from bot.adapters.store.engine_protocol import Engine
from bot.conversation.mail import InboundMail, UnreadableMail
from bot.model.conversation import Entry
from tests.contracts.inbound_desk import desk_on
from tests.contracts.processes import print_line
from tests.doubles.imap_hosts import PASSWORD, USER
from tests.factories import NOW
from tests.timeouts import TIMEOUT

STEPS = ("parsed", "saving", "taken_in", "marked", "kept")
"""Steps: after parsing, within the transaction, after it, after the mark on the server, after the cursor."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingEngine:
    """An engine whose process is killed before the first commit of a mail."""

    def __init__(self, inner: Engine, step: str) -> None:
        self._inner = inner
        self.is_armed = False
        self._step = step

    async def change(self, work: Callable[[Connection], Any], /) -> Any:
        def worked(db: Connection) -> Any:
            result = work(db)
            if self.is_armed and self._step == "saving":
                die()
            return result

        return await self._inner.change(worked)

    save = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class DyingStore(DatabaseStore):
    """Dies after the cursor of the first mail was kept."""

    step = ""

    async def keep(self, name: str, value: str) -> None:
        await super().keep(name, value)
        engine: Any = self._engine
        if engine.is_armed:
            if self.step == "kept":
                die()
            print_line(value)


class DyingSource(ImapSource):
    """Dies after the first mail was marked."""

    step = ""

    async def mark(self, mail: Arrived) -> None:
        await super().mark(mail)
        if self.step == "marked":
            die()


class Dying:
    """Takes in, and dies before or after."""

    def __init__(self, store: DyingStore, engine: DyingEngine, step: str) -> None:
        self._desk = desk_on(store)
        self._engine = engine
        self._step = step

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None:
        if self._step == "parsed":
            die()
        self._engine.is_armed = True
        entry = await self._desk.take(mail, raw)
        if self._step == "taken_in":
            die()
        return entry


async def main(url: str, port: str, step: str) -> None:
    engine = DyingEngine(await open_engine(url, busy=TIMEOUT), step)
    store = DyingStore(engine, lambda: NOW)
    store.step = step
    source = DyingSource(ImapServer("127.0.0.1", int(port), "none", USER, PASSWORD), clock=lambda: NOW)
    source.step = step
    receiver = Receiver(
        source, MailParser(), store, Dying(store, engine, step), mailbox="box", clock=lambda: NOW, pause=0.05
    )
    await receiver.run()
