"""Inbound mail from an IMAP folder, as an asynchronous stream.

The caller takes in each mail in one transaction, then marks it, then saves its cursor. Whatever dies in between, the
mail comes again after a restart; `InboundMail.identity` tells that it was taken in before.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, ParamSpec, TypeVar

from imapclient.exceptions import LoginError

from bot.adapters.inbound_mail import faults
from bot.adapters.inbound_mail.after import After, Keep, MoveToFolder
from bot.adapters.inbound_mail.connection import FAILURES, ImapConnection
from bot.adapters.inbound_mail.raw_mail import LIMIT
from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.mail.oauth import NoToken, TokenSource
from bot.core.i18n import t

log = logging.getLogger(__name__)

CATCH_UP: Final = timedelta(days=30)
"""Age of mails that are examined when the server has renumbered the folder."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
KnownIds = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""The subset of these Message-IDs that was taken in before."""


class LineDown(Exception):
    """The connection was lost. Begin again from the saved cursor."""


@dataclass(frozen=True)
class MailboxCursor:
    """Everything up to this UID was taken in, as long as the folder has this UIDVALIDITY."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True)
class Arrived:
    """One mail. `cursor`: to be saved after it was taken in and marked; none: the saved one stays."""

    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    cursor: MailboxCursor | None

    @property
    def is_cut(self) -> bool:
        """Only the first bytes were fetched: it is bigger than the limit."""
        return self.size > len(self.raw)


@dataclass(frozen=True)
class Position:
    """Progress without a mail: save the cursor."""

    cursor: MailboxCursor


@dataclass(frozen=True)
class PollingPace:
    """Time-outs in seconds. A dead line is noticed after `idle` + `read`; a lost one is back within `longest`."""

    idle: float = 300.0
    poll: float = 60.0
    read: float = 30.0
    shortest: float = 1.0
    longest: float = 60.0


@dataclass(frozen=True)
class MailboxCheck:
    """Outcome of a check: a sentence on the fault, or nothing; and whether new mail is announced at once."""

    fault: str | None
    has_idle: bool = False


class ImapSource:
    """One folder of one mailbox. Only the process that holds the lease may iterate."""

    def __init__(
        self,
        server: ImapServer,
        *,
        clock: Callable[[], datetime],
        after: After | None = None,
        token: TokenSource | None = None,
        pace: PollingPace | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`after`: what happens to a mail on the server. `token`: OAuth2. `trust`: other certificates."""
        self._server = server
        self._clock = clock
        self._after = after or Keep()
        self._token = token
        self._pace = pace or PollingPace()
        self._trust = trust
        self._connection: ImapConnection | None = None
        self.down_since: datetime | None = None
        """The time since which there is no connection; None while there is one, or before the first attempt."""
        self.fault = ""
        """The reason, in a sentence for an admin."""

    async def arrivals(
        self, cursor: MailboxCursor | None, *, known: KnownIds, since: datetime | None = None
    ) -> AsyncGenerator[Arrived | Position, None]:
        """Every mail after the cursor, then each new one as it arrives; reconnects automatically, for ever.

        Without a cursor (first start) mails received before `since` are not taken in; without `since` no old mail is.
        When the folder was renumbered, mails of the last 30 days come that are not `known`.
        """
        place, wait = cursor, self._pace.shortest
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="imap")
        try:
            while True:
                try:
                    self._connection = await self._open()
                    wait = self._pace.shortest
                    async for each in self._stream(self._connection, place, known, since):
                        yield each
                        place = each.cursor or place
                        del each  # a big mail: the next one is read now
                except (*FAILURES, NoToken) as error:
                    self._note(error)
                finally:
                    self._drop()
                await asyncio.sleep(wait)
                wait = min(wait * 2, self._pace.longest)
        finally:
            self._thread.shutdown(wait=False)

    async def mark(self, mail: Arrived) -> None:
        """Marks or moves it on the server; idempotent. Call it before asking for the next mail."""
        connection = self._connection
        if connection is None:
            raise LineDown
        if connection.uidvalidity != mail.uidvalidity:
            return  # the UID means another mail by now
        try:
            await self._run(connection.mark, mail.uid, self._after)
        except FAILURES as error:
            raise LineDown from error

    async def check(self) -> MailboxCheck:
        """Tests login, folder and rights over a connection of its own."""
        try:
            token = await self._token.token() if self._token else ""
            return await asyncio.to_thread(self._checked, token)
        except (*FAILURES, NoToken) as error:
            self._forget_token(error)
            return MailboxCheck(faults.sentence(error, self._server))

    # --- inside

    async def _stream(
        self, connection: ImapConnection, place: MailboxCursor | None, known: KnownIds, since: datetime | None
    ) -> AsyncGenerator[Arrived | Position, None]:
        if place is None or place.uidvalidity != connection.uidvalidity:
            begin = since if place is None else self._clock() - CATCH_UP
            for uid in await self._unknown(connection, begin, known):
                if mail := await self._fetched(connection, uid, None):
                    yield mail
            place = MailboxCursor(connection.uidvalidity, connection.uidnext - 1)
            yield Position(place)
        while True:
            uids = await self._run(connection.uids_after, place.uid)
            for uid in uids:
                place = MailboxCursor(connection.uidvalidity, uid)
                yield await self._fetched(connection, uid, place) or Position(place)
            if not uids:
                await self._wait(connection)

    async def _unknown(self, connection: ImapConnection, begin: datetime | None, known: KnownIds) -> list[int]:
        """UIDs of mails since then whose Message-ID is unknown; those without one are known by their bytes."""
        if begin is None:
            return []
        uids = await self._run(connection.uids_since, begin)
        ids = dict(await self._run(lambda: list(connection.message_ids(uids))))
        taken = set(await known([each for each in ids.values() if each]))
        return [uid for uid in uids if ids.get(uid, "") not in taken]

    async def _fetched(self, connection: ImapConnection, uid: int, cursor: MailboxCursor | None) -> Arrived | None:
        """The mail; None when it was deleted or moved meanwhile."""
        found = await self._run(connection.fetch, uid, LIMIT)
        return Arrived(connection.uidvalidity, uid, *found, cursor) if found else None

    async def _wait(self, connection: ImapConnection) -> None:
        """Waits until there may be new mail."""
        if connection.has("IDLE"):
            await self._run(connection.wait, self._pace.idle)
        else:
            await asyncio.sleep(self._pace.poll)
            await self._run(connection.noop)

    async def _open(self) -> ImapConnection:
        token = await self._token.token() if self._token else ""
        job = asyncio.get_running_loop().run_in_executor(self._thread, self._connect, token)
        try:
            connection = await asyncio.shield(job)
        except asyncio.CancelledError:
            job.add_done_callback(_closed)
            raise
        self.down_since, self.fault = None, ""
        return connection

    def _connect(self, token: str) -> ImapConnection:
        return ImapConnection(self._server, token, trust=self._trust, read_timeout=self._pace.read)

    async def _run(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Runs a call in the connection's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(call, *args, **kwargs))

    def _checked(self, token: str) -> MailboxCheck:
        connection = self._connect(token)
        try:
            return MailboxCheck(self._wrong(connection), has_idle=connection.has("IDLE"))
        finally:
            connection.leave()

    def _wrong(self, connection: ImapConnection) -> str | None:
        if isinstance(self._after, Keep):
            return None
        if not connection.is_writable():
            return t(faults.READ_ONLY, folder=self._server.folder)
        return t(faults.NO_MOVE) if isinstance(self._after, MoveToFolder) and not connection.can_move() else None

    def _note(self, error: BaseException) -> None:
        """Remembers the start and the reason of an outage; writes one log line per outage."""
        self.fault = faults.sentence(error, self._server)
        self._forget_token(error)
        if self.down_since is None:
            self.down_since = self._clock()
            log.warning("No connection to the mailbox: %s", type(error).__name__)

    def _forget_token(self, error: BaseException) -> None:
        if self._token and isinstance(error, LoginError):
            self._token.forget()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.interrupt()
            self._thread.submit(connection.close)


def _closed(job: asyncio.Future[ImapConnection]) -> None:
    if not job.cancelled() and job.exception() is None:
        job.result().interrupt()
