"""One IMAP connection. Blocking calls, for a thread of its own; every call has a read timeout."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from imapclient import DELETED, SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from bot.adapters.inbound_mail.after import After, Keep, MoveToFolder
from bot.adapters.inbound_mail.headers import Headers
from bot.adapters.inbound_mail.server import ImapServer

FAILURES: Final = (
    IMAPClientError,
    OSError,
    ValueError,
    AssertionError,
    AttributeError,
)  # the last three: of a closed line
CONNECT: Final = 20.0
_BATCH: Final = 500
_PIECE: Final = 4 * 1024 * 1024
"""Bytes of one answer: the libraries need several times as much memory while they read it."""


class ImapConnection:
    """Logged in, the folder selected."""

    def __init__(self, server: ImapServer, token: str, *, trust: ssl.SSLContext | None, read_timeout: float) -> None:
        """`token`: for XOAUTH2; if it is empty, the password is used."""
        self._client = IMAPClient(
            server.host,
            server.port,
            ssl=server.tls == "tls",
            ssl_context=(trust or ssl.create_default_context()) if server.tls == "tls" else None,
            timeout=SocketTimeout(CONNECT, read_timeout),
        )
        self._client.normalise_times = False  # dates with their zones
        try:
            self._begin(server, token, trust)
        except BaseException:
            self.close()
            raise

    def _begin(self, server: ImapServer, token: str, trust: ssl.SSLContext | None) -> None:
        client = self._client
        if server.tls == "starttls":
            client.starttls(trust or ssl.create_default_context())
        if token:
            client.oauth2_login(server.username, token)
        else:
            client.login(server.username, server.password)
        self._capabilities = {each.upper() for each in client.capabilities()}
        self._folder = server.folder
        self._select(server.folder)

    def _select(self, folder: str, *, readonly: bool = False) -> None:
        answer = self._client.select_folder(folder, readonly=readonly)
        self.uidvalidity = int(answer[b"UIDVALIDITY"])
        self.uidnext = int(answer.get(b"UIDNEXT") or 0) or self._highest() + 1

    def has(self, capability: str) -> bool:
        return capability.encode() in self._capabilities

    def _highest(self) -> int:
        return max(self._client.search("ALL"), default=0)

    def uids_after(self, uid: int) -> list[int]:
        """UIDs in ascending order. A server answers `n:*` with its last mail even when that is older than n.

        A server may tell of a new mail together with an answer that does not have it yet, and IDLE then tells nothing
        more: so the search is repeated as long as the server reported new mail meanwhile.
        """
        while True:
            self._has_news()
            found = sorted(each for each in self._client.search(["UID", f"{uid + 1}:*"]) if each > uid)
            if found or not self._has_news():
                return found

    def _has_news(self) -> bool:
        """True if the server reported new mail since the last call; imaplib keeps that aside."""
        return bool(self._client._imap.response("EXISTS")[1] != [None])  # noqa: SLF001  IMAPClient shows it during IDLE only

    def uids_since(self, moment: datetime) -> list[int]:
        """Mails that reached the server at that moment or later, below UIDNEXT as it was when the folder was opened."""
        day = (moment - timedelta(days=1)).date()  # SINCE goes by days in the server's own zone
        uids = sorted(uid for uid in self._client.search(["SINCE", day]) if uid < self.uidnext)
        found = list[int]()
        for at in range(0, len(uids), _BATCH):
            dates = self._client.fetch(uids[at : at + _BATCH], ["INTERNALDATE"])
            found += [uid for uid, data in dates.items() if _is_since(data.get(b"INTERNALDATE"), moment)]
        return sorted(found)

    def message_ids(self, uids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """UID and Message-ID (empty when there is none), by batch."""
        field = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
        for at in range(0, len(uids), _BATCH):
            for uid, data in self._client.fetch(uids[at : at + _BATCH], [field]).items():
                block = next((value for key, value in data.items() if key.startswith(b"BODY[")), b"")
                yield uid, next(iter(Headers(block).ids("message-id")), "")

    def fetch(self, uid: int, limit: int) -> tuple[bytes, int] | None:
        """The raw mail, at most that many bytes, and its full size; None when it is gone. Sets no flag."""
        sizes = self._client.fetch([uid], ["RFC822.SIZE"])
        if uid not in sizes:
            return None
        size = int(sizes[uid].get(b"RFC822.SIZE", 0))
        if size <= _PIECE:
            raw = self._body(uid, "BODY.PEEK[]")
            return None if raw is None else (raw, max(size, len(raw)))
        pieces = list[bytes]()
        for at in range(0, min(size, limit), _PIECE):
            piece = self._body(uid, f"BODY.PEEK[]<{at}.{min(_PIECE, limit - at)}>")
            if piece is None:
                return None
            pieces.append(piece)
        raw = b"".join(pieces)
        return raw, max(size, len(raw))

    def _body(self, uid: int, wanted: str) -> bytes | None:
        """The mail or a part of it; none when it is gone."""
        data: dict[bytes, Any] = self._client.fetch([uid], [wanted]).get(uid, {})
        raw = next((value for key, value in data.items() if key.startswith(b"BODY[]")), None)
        return raw if isinstance(raw, bytes) else None

    def wait(self, seconds: float) -> None:
        """IDLE until the server says something or the time is over. A broken line is noticed in `idle_done` only."""
        self._client.idle()
        self._client.idle_check(timeout=seconds)
        self._client.idle_done()

    def noop(self) -> None:
        self._client.noop()

    def mark(self, uid: int, after: After) -> None:
        """Idempotent. Nothing is deleted: a move by copy needs UIDPLUS, so that only this mail leaves the folder."""
        if isinstance(after, Keep):
            return
        self._client.add_flags([uid], [SEEN], silent=True)
        if not isinstance(after, MoveToFolder):
            return
        if not self._client.folder_exists(after.folder):
            self._client.create_folder(after.folder)
        if self.has("MOVE"):
            self._client.move([uid], after.folder)
        elif self.has("UIDPLUS"):
            self._client.copy([uid], after.folder)
            self._client.add_flags([uid], [DELETED], silent=True)
            self._client.expunge([uid])

    def can_move(self) -> bool:
        return self.has("MOVE") or self.has("UIDPLUS")

    def is_writable(self) -> bool:
        """True if flags can be set in the folder."""
        answer = self._client.select_folder(self._folder)
        return b"READ-ONLY" not in answer and bool(answer.get(b"PERMANENTFLAGS", (SEEN,)))

    def interrupt(self) -> None:
        """Interrupts whatever another thread waits for on this connection, with an error there."""
        with suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes the connection without waiting for the server."""
        with suppress(*FAILURES):
            self._client.shutdown()

    def leave(self) -> None:
        with suppress(*FAILURES):
            self._client.logout()


def _is_since(received: object, moment: datetime) -> bool:
    return not isinstance(received, datetime) or received.astimezone(UTC) >= moment
