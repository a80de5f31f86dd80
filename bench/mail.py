"""Measures inbound mail: python -m bench.mail [--mails 20] [--burst 1000] [--old 10000] [--big 3]

The whole desk with the local Slack, and Dovecot with IDLE, all on this machine. Prints a table for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

from bot.adapters.inbound_mail.isolation import MailParser
from bot.adapters.inbound_mail.receiver import Receiver
from bot.adapters.inbound_mail.server import ImapServer
from bot.adapters.inbound_mail.source import ImapSource, PollingPace
from bot.adapters.store import open_store
from bot.model.conversation import ConversationChanges, MessageId
from bot.model.notice import NoticeKind
from bot.model.ticket import Ticket
from bot.tickets.ports import Batch
from tests.adapters.inbound_mail.mails import LETTER, mail, multipart, part
from tests.contracts.inbound_desk import desk_on, save_escalated
from tests.doubles.imap_hosts import PASSWORD, USER, ImapHost, dovecot
from tests.factories import NOW
from tests.handlers.world import DESK, World, world

RITA = "Rita Retarus <rita@retarus.example>"
BIG = 24 * 1024 * 1024
ENCODED = "Content-Transfer-Encoding: base64"


def percentile(found: list[float], share: float) -> float:
    return sorted(found)[min(len(found) - 1, int(len(found) * share))]


def append(host: ImapHost, numbers: range) -> None:
    with host.client() as client:
        for number in numbers:
            client.append("INBOX", mail("Re: letter", f"Answer {number}.", answers=LETTER, sender=RITA, number=number))


async def taken_in(w: World, ticket: Ticket, count: int) -> None:
    """Waits until the store has this number of mails."""
    while len(await w.running.store.entries_of(ticket.id)) < count:  # noqa: ASYNC110 (the store has no event for it)
        await asyncio.sleep(0.5)


async def latencies(w: World, host: ImapHost, card: dict[str, object], count: int) -> list[float]:
    """Times from the server to the thread, one mail after the other."""
    found = []
    for number in range(count):
        started = perf_counter()
        await asyncio.to_thread(append, host, range(number, number + 1))
        await w.ben.reply(card, f"Answer {number}.")
        found.append(perf_counter() - started)
    return found


async def commands(w: World, until: asyncio.Task[None]) -> list[float]:
    """Times of commands meanwhile."""
    found = []
    while not until.done():
        started = perf_counter()
        await w.anna.command(DESK, "/retarus-ticket", "all")
        found.append(perf_counter() - started)
        await asyncio.sleep(0.2)
    return found


@asynccontextmanager
async def desk(host: ImapHost) -> AsyncIterator[World]:
    """The whole desk with the local Slack, on this mailbox."""
    url = f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@127.0.0.1:{host.port}/INBOX"
    with tempfile.TemporaryDirectory() as folder:
        async with world(Path(folder), imap=url, mail={"allowed": ("@retarus.example",)}) as w:
            yield w


async def delivered(w: World) -> None:
    """Waits until all posts are in Slack."""
    while await w.running.store.letters(state="waiting", limit=1):  # noqa: ASYNC110 (the store tells nobody)
        await asyncio.sleep(0.2)


async def traffic(mails: int, burst: int) -> list[str]:
    """Mails one by one, then many at once while somebody uses commands."""
    async with dovecot() as host, desk(host) as w:
        card, ticket = await w.escalated(), await w.ticket()
        sent = MessageId(message_id=LETTER, ticket_id=ticket.id, is_sent=True, at=ticket.raised_at)
        await w.running.store.apply(Batch(conversation=ConversationChanges(message_ids=(sent,))))
        found = await latencies(w, host, card, mails)
        putting = asyncio.create_task(asyncio.to_thread(append, host, range(mails, mails + burst)))
        started = perf_counter()
        all_in = asyncio.create_task(taken_in(w, ticket, mails + burst))
        asked = await commands(w, all_in)
        took = perf_counter() - started
        await putting
        await delivered(w)
        posted = perf_counter() - started
    one_by_one = f"{statistics.median(found):.2f} s, {percentile(found, 0.95):.2f} s"
    meanwhile = f"{statistics.median(asked):.2f} s, {max(asked):.2f} s"
    return [
        f"| server to thread, {mails} mails one by one: median, p95 | {one_by_one} |",
        f"| {burst} mails at once, as they are put in: all taken in; all shown | {took:.0f} s; {posted:.0f} s |",
        f"| … posts in a second (Slack allows one to a channel) | {burst / posted:.1f} |",
        f"| … a command meanwhile: median, slowest | {meanwhile} |",
    ]


async def first_start(mails: int) -> list[str]:
    """Time of the first start with a mailbox full of old mails."""
    async with dovecot(mailboxes="maildir") as host:
        box = host.base / "mail" / "cur"
        box.mkdir(mode=0o777)
        box.chmod(0o777)
        for number in range(mails):
            raw = mail("Re: letter", f"Old answer {number}.", answers=LETTER, sender=RITA, number=number)
            (box / f"{number}.M1.h:2,").write_bytes(raw)
        started = perf_counter()
        async with desk(host) as w:
            while not await w.running.store.value(f"cursor:{USER}@127.0.0.1/INBOX"):  # noqa: ASYNC110 (the same)
                await asyncio.sleep(0.05)
            ready = perf_counter() - started
            rows = await w.running.store.letters(limit=1000)
            posted = len([row for row in rows if row.notice.kind in {NoticeKind.ENTRY, NoticeKind.WORD}])
    return [
        f"| first start on {mails:,} old mails: ready after; messages in Slack about them | {ready:.1f} s; {posted} |"
    ]


class Cut:
    """A proxy in front of the IMAP server, whose connections can be broken or silenced."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines = list[tuple[asyncio.StreamWriter, asyncio.StreamWriter]]()
        self.is_silent = False

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._through, "127.0.0.1", 0)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_silent:
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._lines.append((writer, back))
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer), return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.is_silent:
                writer.write(data)
                await writer.drain()
        writer.close()

    def cut(self) -> None:
        for each in self._lines:
            for writer in each:
                writer.close()
        self._lines.clear()


SCALE = 100
"""The time-outs of the silent connection are shorter by this factor than in production."""


async def none_known(_: Sequence[str]) -> list[str]:
    return []


async def broken_connection() -> list[str]:
    """Times until a broken connection is restored, and until a silent one is detected."""
    async with dovecot() as host:
        proxy = Cut(host.port)
        server = await proxy.serve()
        port = server.sockets[0].getsockname()[1]
        usual = PollingPace()
        pace = PollingPace(idle=usual.idle / SCALE, read=usual.read / SCALE)
        source = ImapSource(host.server(port=port), clock=lambda: datetime.now(UTC), pace=pace)
        async with aclosing(source.arrivals(None, known=none_known)) as stream:
            await anext(stream)
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(1)
            started = perf_counter()
            proxy.cut()
            await asyncio.to_thread(append, host, range(1))
            await waiting
            back = perf_counter() - started
            waiting = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(1)
            started, proxy.is_silent = perf_counter(), True
            while source.down_since is None:  # noqa: ASYNC110 (the source has no event for it)
                await asyncio.sleep(0.01)
            noticed = perf_counter() - started
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        proxy.cut()
        server.close()
    figure = (usual.idle + usual.read) / 60
    silent = f"a line that goes silent, with waits {SCALE} times shorter: noticed after (in production: at most)"
    return [
        f"| a line that is cut: the next mail arrives after | {back:.1f} s |",
        f"| {silent} | {noticed:.1f} s ({figure:.1f} min) |",
    ]


async def big_mails(count: int) -> list[str]:
    """Seconds for a big mail, and memory of the receiving process and of the parser."""
    raws = [
        multipart(
            "mixed",
            part("text/plain", "See the file."),
            part("application/zip", base64.encodebytes(random.Random(number).randbytes(BIG * 3 // 4)), ENCODED),
        )
        for number in range(count)
    ]
    parser, took = MailParser(), []
    for raw in raws:
        started = perf_counter()
        await parser.read(raw)
        took.append(perf_counter() - started)
    await parser.close()
    code = "import sys; from bench.mail import receive_from; receive_from(int(sys.argv[1]), int(sys.argv[2]))"
    async with dovecot() as host:
        for raw in raws:
            await asyncio.to_thread(put, host, raw)
        arguments = ("-c", code, str(host.port), str(count))
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)
        posted, _ = await process.communicate()
    before, own, child = posted.decode().split()
    size, figure = len(raws[0]) >> 20, f"{own} MB ({before} MB); {child} MB"
    return [
        f"| {count} mails of {size} MB: the slowest parsed in | {max(took):.1f} s |",
        f"| … memory of the process that takes them in (before the first), and of the one that parses | {figure} |",
    ]


def put(host: ImapHost, raw: bytes) -> None:
    with host.client() as client:
        client.append("INBOX", raw)


def receive_from(port: int, count: int) -> None:
    """Runs in a separate process: receives mails by IMAP, and prints its memory and that of its child in MB."""

    before = peak()

    async def work(folder: str) -> None:
        store, parser = await open_store(f"sqlite:///{Path(folder) / 'desk.sqlite3'}"), MailParser()
        await save_escalated(store)
        server = ImapServer("127.0.0.1", port, "none", USER, PASSWORD)
        await store.keep("cursor:x", json.dumps({"uidvalidity": await uidvalidity(server), "uid": 0}))
        source = ImapSource(server, clock=lambda: NOW)
        receiver = Receiver(source, parser, store, desk_on(store), mailbox="x", clock=lambda: NOW)
        task = asyncio.create_task(receiver.run())
        while not (stored := await store.value("cursor:x")) or json.loads(stored)["uid"] < count:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert parser._process  # noqa: SLF001 (its memory is measured)
        print(before, peak(), peak(parser._process.pid))  # noqa: SLF001 (the same)
        await parser.close()
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(work(folder))


def peak(process: int | str = "self") -> int:
    """Peak memory of a process in MB, without its children (`VmHWM` of Linux)."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


async def uidvalidity(server: ImapServer) -> int:
    async with aclosing(ImapSource(server, clock=lambda: NOW).arrivals(None, known=none_known)) as stream:
        first = await anext(stream)
    assert first.cursor
    return first.cursor.uidvalidity


async def measured(mails: int, burst: int, old: int, big: int) -> list[str]:
    parts = [await big_mails(big), await broken_connection(), await first_start(old), await traffic(mails, burst)]
    return ["| inbound mail | |", "|---|---|", *(line for part in reversed(parts) for line in part)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=20)
    parser.add_argument("--burst", type=int, default=1000)
    parser.add_argument("--old", type=int, default=10_000)
    parser.add_argument("--big", type=int, default=3)
    chosen = parser.parse_args()
    for line in asyncio.run(measured(chosen.mails, chosen.burst, chosen.old, chosen.big)):
        print(line)


if __name__ == "__main__":
    main()
