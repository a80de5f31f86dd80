"""Receives mail as long as the program runs: one process at a time, each mail once.

For each mail, in this order: it is taken in (one transaction), it is marked on the server, the cursor is saved.
Whatever dies in between, the mail comes again from the saved cursor and is recognised.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.adapters.inbound_mail.isolation import ATTEMPTS, MailParser, ParserDown
from bot.adapters.inbound_mail.raw_mail import raw_identity
from bot.adapters.inbound_mail.source import Arrived, ImapSource, LineDown, MailboxCursor, Position
from bot.conversation.mail import InboundMail, UnreadableMail
from bot.conversation.ports import ConversationStore
from bot.core.errors import Conflict, StoreDown, described
from bot.model.conversation import Entry
from bot.tickets.ports import Maintenance

log = logging.getLogger(__name__)

LEASE: Final = "inbound mail"
SILENT: Final = timedelta(minutes=15)
"""Time the mailbox may be unreachable before a warning."""
_PAUSE: Final = 1.0
"""Seconds before a retry after a fault of ours, and before the lease is requested again."""
_INTERVAL: Final = 60.0


class ReceiverStore(ConversationStore, Maintenance, Protocol):
    """Store of the receiver, and the lease."""


class InboundService(Protocol):
    """Takes in a mail, in one transaction."""

    async def take(self, mail: InboundMail | UnreadableMail, raw: bytes) -> Entry | None: ...


@dataclass
class OutageWarnings:
    """Decides when to warn of a mailbox that cannot be reached: once per outage, after `SILENT`."""

    warned_for: datetime | None = None
    """Start of the last outage that was warned of."""

    def started(self, down: datetime | None, now: datetime) -> datetime | None:
        """The start of this outage; now, where the wall clock was set back behind it."""
        if down is None or down <= now:
            return down
        if down == self.warned_for:
            self.warned_for = now
        return now

    def due(self, down: datetime | None, now: datetime) -> datetime | None:
        """The start of the outage that is to be warned of; None when there is nothing to say."""
        return down if down and down != self.warned_for and now - down >= SILENT else None


class Receiver:
    """Reads one folder, as long as `run` runs."""

    def __init__(
        self,
        source: ImapSource,
        parser: MailParser,
        store: ReceiverStore,
        inbound: InboundService,
        *,
        mailbox: str,
        clock: Callable[[], datetime],
        pause: float = _PAUSE,
    ) -> None:
        """`mailbox`: names the folder, for its cursor."""
        self._source = source
        self._parser = parser
        self._store = store
        self._inbound = inbound
        self._name = f"cursor:{mailbox}"
        self._clock = clock
        self._pause = pause
        self._failures = Counter[tuple[int, int]]()
        """Failed attempts to save a mail, by its place on the server. One that is never saved must hold up no other."""

    async def run(self) -> None:
        """Runs until cancelled. A fault never ends it."""
        while True:
            try:
                async with self._store.lease(LEASE) as is_ours:
                    if is_ours:
                        await self._receive()
            except LineDown:
                continue  # from the saved cursor
            except (StoreDown, ParserDown) as error:
                log.warning("No mail is taken in for a moment: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001  a receiver that has died takes nothing in
                log.error("Taking in mail failed: %s", described(error))  # noqa: TRY400  a traceback would quote the mail
            await asyncio.sleep(self._pause)

    async def watch(self, warn: Callable[[str, str], Awaitable[object]]) -> None:
        """Runs until cancelled: reports once per outage that the mailbox has been unreachable for long, and why."""
        outages = OutageWarnings()
        while True:
            self._source.down_since = outages.started(self._source.down_since, self._clock())
            if down := outages.due(self._source.down_since, self._clock()):
                with suppress(StoreDown):
                    await warn(f"{down:%Y%m%d%H%M}", self._source.fault)
                    outages.warned_for = down
            await asyncio.sleep(_INTERVAL)

    async def _receive(self) -> None:
        arrivals = self._source.arrivals(await self._cursor(), known=self._store.taken_in)
        try:
            async for each in arrivals:
                if isinstance(each, Arrived):
                    await self._take(each)
                else:
                    await self._save(each)
                del each  # a big mail: the next one is read now
        finally:
            await arrivals.aclose()

    async def _take(self, mail: Arrived) -> None:
        read = await self._parser.read(mail.raw, is_cut=mail.is_cut)
        if self._failures[mail.uidvalidity, mail.uid] >= ATTEMPTS:
            identity = await asyncio.to_thread(raw_identity, mail.raw)
            read = UnreadableMail(identity=identity, size=mail.size, attempts=ATTEMPTS, reason="not saved")
        try:
            await self._inbound.take(read, mail.raw)
        except (StoreDown, Conflict):
            raise  # not the mail's fault
        except Exception:
            self._failures[mail.uidvalidity, mail.uid] += 1
            raise
        await self._source.mark(mail)
        if mail.cursor:
            await self._store.keep(self._name, json.dumps(asdict(mail.cursor)))

    async def _save(self, position: Position) -> None:
        await self._store.keep(self._name, json.dumps(asdict(position.cursor)))

    async def _cursor(self) -> MailboxCursor | None:
        stored = await self._store.value(self._name)
        return MailboxCursor(**json.loads(stored)) if stored else None
