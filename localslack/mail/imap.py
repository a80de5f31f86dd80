"""A small IMAP server over the mailbox: one folder, one login, IDLE. As much of RFC 3501 as a reading client needs."""

import asyncio
import hmac
import re
import shlex
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from localslack.mail.letter import Mail
from localslack.mail.mailbox import Mailbox

UIDVALIDITY: Final = 1
"""Mails keep their numbers as long as the mailbox's folder is there."""
_CAPABILITIES: Final = "IMAP4rev1 IDLE LITERAL+"
_BODY: Final = re.compile(rb"BODY(?:\.PEEK)?\[([^\]]*)\](?:<(\d+)\.(\d+)>)?", re.IGNORECASE)
_LONGEST: Final = 64 * 1024


class ImapServer:
    """Serves the mails that went to one address. UIDs are the numbers of the mailbox."""

    def __init__(self, mailbox: Mailbox, address: str, password: str) -> None:
        self._mailbox = mailbox
        self._address = address.lower()
        self._password = password
        self._seen: set[int] = set()
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self.faults = mailbox.faults
        self._unsubscribe = self.faults.subscribe(self._drop_sessions)
        self.port = 0

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._unsubscribe()
        if self._server:
            self._server.close()
        self._end_sessions()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def _end_sessions(self) -> None:
        for session in tuple(self._sessions):
            session.cancel()

    def _drop_sessions(self) -> None:
        """Ends all sessions when that was ordered."""
        if self.faults.is_on("imap_down"):
            self._end_sessions()

    def accepts(self, user: str, password: str) -> bool:
        if self.faults.next("imap_login_refused"):
            return False
        return user.lower() == self._address and hmac.compare_digest(password.encode(), self._password.encode())

    def mails(self) -> list[Mail]:
        """Oldest first."""
        found = (mail for mail in self._mailbox.messages() if self._address in {each.lower() for each in mail.to})
        return sorted(found, key=lambda mail: int(mail.id))

    def mark_seen(self, uids: Iterable[int]) -> None:
        self._seen.update(uids)

    def flags(self, uid: int) -> str:
        return r"\Seen" if uid in self._seen else ""

    def on_arrival(self, tell: Callable[[], None]) -> Callable[[], None]:
        return self._mailbox.subscribe(lambda _mail: tell())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        if self.faults.next("imap_down"):
            writer.close()
            return
        self._sessions.add(task)
        try:
            await _Session(self, reader, writer).run()
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone or speaks something else, or the server is closed
        finally:
            self._sessions.discard(task)
            writer.close()


class _Session:
    """One connection."""

    def __init__(self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._is_known = False

    async def run(self) -> None:
        await self._send("* OK ready")
        while line := (await self._reader.readline()).decode("utf-8", "replace").strip():
            tag, _, rest = line.partition(" ")
            name, _, arguments = rest.partition(" ")
            if name.upper() == "UID":
                name, _, arguments = arguments.partition(" ")
            if not await self._answer(tag, name.upper(), arguments):
                return

    async def _answer(self, tag: str, name: str, arguments: str) -> bool:
        """False when the session is over."""
        if name == "LOGIN":
            self._is_known = self._server.accepts(*shlex.split(arguments)[:2])
            await self._send(f"{tag} OK done" if self._is_known else f"{tag} NO [AUTHENTICATIONFAILED] wrong login")
        elif name == "LOGOUT":
            await self._send("* BYE bye", f"{tag} OK done")
            return False
        elif name == "CAPABILITY":
            await self._send(f"* CAPABILITY {_CAPABILITIES}", f"{tag} OK done")
        elif not self._is_known:
            await self._send(f"{tag} NO log in first")
        else:
            await self._known(tag, name, arguments)
        return True

    async def _known(self, tag: str, name: str, arguments: str) -> None:
        if name in {"SELECT", "EXAMINE"}:
            await self._select(tag, arguments)
        elif name == "SEARCH":
            await self._send(f"* SEARCH {' '.join(map(str, self._found(arguments)))}".rstrip(), f"{tag} OK done")
        elif name == "FETCH":
            await self._fetch(tag, arguments)
        elif name == "STORE":
            self._server.mark_seen(_uids(arguments.partition(" ")[0], self._all()))
            await self._send(f"{tag} OK done")
        elif name == "IDLE":
            await self._idle(tag)
        else:
            await self._send(f"{tag} {'OK done' if name in {'NOOP', 'CHECK', 'CLOSE'} else 'BAD not known here'}")

    async def _select(self, tag: str, folder: str) -> None:
        if folder.strip('"').upper() != "INBOX":
            await self._send(f"{tag} NO Mailbox doesn't exist")
            return
        last = max(self._all(), default=0)
        await self._send(
            f"* {len(self._all())} EXISTS",
            r"* OK [PERMANENTFLAGS (\Seen)] limited",
            f"* OK [UIDVALIDITY {UIDVALIDITY}] valid",
            f"* OK [UIDNEXT {last + 1}] next",
            f"{tag} OK [READ-WRITE] selected",
        )

    def _all(self) -> list[int]:
        return [int(mail.id) for mail in self._server.mails()]

    def _found(self, asked: str) -> list[int]:
        """Searches by UID; any other criterion finds all."""
        named = re.search(r"UID (\S+)", asked, re.IGNORECASE)
        return _uids(named[1], self._all()) if named else self._all()

    async def _fetch(self, tag: str, arguments: str) -> None:
        asked, _, items = arguments.partition(" ")
        wanted = set(_uids(asked, self._all()))
        for number, mail in enumerate(self._server.mails(), 1):
            if int(mail.id) in wanted:
                answer = b"* %d FETCH (" % number + self._parts(mail, items.encode()) + b")\r\n"
                if self._server.faults.next("imap_break"):
                    self._writer.write(answer[: len(answer) // 2])
                    raise ConnectionAbortedError
                self._writer.write(answer)
        await self._send(f"{tag} OK done")

    def _parts(self, mail: Mail, items: bytes) -> bytes:
        parts = [f"UID {mail.id}"]
        if b"RFC822.SIZE" in items.upper():
            parts.append(f"RFC822.SIZE {len(mail.raw)}")
        if b"FLAGS" in items.upper():
            parts.append(f"FLAGS ({self._server.flags(int(mail.id))})")
        if b"INTERNALDATE" in items.upper():
            at = datetime.fromtimestamp(mail.received, UTC)
            parts.append(f'INTERNALDATE "{at:%d-%b-%Y %H:%M:%S} +0000"')
        text = " ".join(parts).encode()
        body = _BODY.search(items)
        return text + b" " + _body(mail.raw, body) if body else text

    async def _idle(self, tag: str) -> None:
        arrived = asyncio.Event()
        stop = self._server.on_arrival(arrived.set)
        done = asyncio.ensure_future(self._reader.readline())
        waiting = asyncio.ensure_future(arrived.wait())
        try:
            await self._send("+ idling")
            while not done.done():
                await asyncio.wait({done, waiting}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    arrived.clear()
                    waiting = asyncio.ensure_future(arrived.wait())
                    await self._send(f"* {len(self._all())} EXISTS")
        finally:
            stop()
            for task in (done, waiting):
                task.cancel()
            await asyncio.gather(done, waiting, return_exceptions=True)
        await self._send(f"{tag} OK done")

    async def _send(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def _body(raw: bytes, asked: re.Match[bytes]) -> bytes:
    """A section of the mail as a literal: all of it, its beginning, or some of its headers."""
    section, name = raw, b"BODY[" + asked[1].upper() + b"]"
    if asked[1].upper().startswith(b"HEADER"):
        head = raw.partition(b"\r\n\r\n")[0]
        fields = {each.lower() for each in re.findall(rb"[\w-]+", asked[1].partition(b"(")[2])}
        lines = re.split(rb"\r\n(?![ \t])", head)
        section = b"\r\n".join([*(one for one in lines if one.partition(b":")[0].lower() in fields), b"", b""])
    elif asked[3]:
        start, length = int(asked[2]), int(asked[3])
        section, name = raw[start : start + length], name + b"<%d>" % start
    return name + b" {%d}\r\n" % len(section) + section


def _uids(asked: str, known: list[int]) -> list[int]:
    """The UIDs of a set that exist: `3`, `1,4`, `2:5`, `7:*`. `*` is the last one, whatever stands before it."""
    last = max(known, default=0)
    wanted: set[int] = set()
    for part in asked.split(","):
        low, _, high = part.partition(":")
        ends = sorted(last if end == "*" else int(end) for end in (low, high or low))
        wanted.update(uid for uid in known if ends[0] <= uid <= ends[1])
    return sorted(wanted)


async def serve_imap(mailbox: Mailbox, address: str, password: str, *, port: int = 0) -> ImapServer:
    """Serve this address's mail on the running loop; port 0 takes a free one."""
    server = ImapServer(mailbox, address, password)
    await server.listen(port=port)
    return server
